"""drf-spectacular knows our paths and authentication where the host has installed it; nothing is asked of others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contract.test_map import OPERATIONS as CONTRACT
from tests.contract.test_map import stories
from tests.described import operations

ROOT = Path(__file__).parents[3]
HOST = """


import django
from django.conf import settings

settings.configure(
    SECRET_KEY="k" * 50,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "nhost_auth", *{further!r}],
    ROOT_URLCONF="__main__",
    REST_FRAMEWORK={{"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}} if {further!r} else {{}},
    SPECTACULAR_SETTINGS={spectacular!r},
)
django.setup()
"""
SCHEMA = """
import json
import sys

from django.core.management import call_command
from django.urls import include, path
from rest_framework import generics, serializers

from nhost_auth.rest import BearerAuthentication, HasRole, IsElevated, StatelessBearerAuthentication

class Note(serializers.Serializer):
    text = serializers.CharField()
    userVerification = serializers.ChoiceField(["required", "preferred", "discouraged"])

class User(serializers.Serializer):
    id = serializers.IntegerField()

class Users(generics.ListAPIView):
    serializer_class = User
    authentication_classes = []

class Notes(generics.ListAPIView):
    serializer_class = Note
    authentication_classes = [BearerAuthentication]
    permission_classes = [HasRole.named("editor") | IsElevated]

class Stateless(Notes):
    authentication_classes = [StatelessBearerAuthentication]

class Own(BearerAuthentication):
    pass

class OwnNotes(Notes):
    authentication_classes = [Own]

class Open(Notes):
    authentication_classes = []
    permission_classes = []

urlpatterns = [
    path("notes", Notes.as_view()),
    path("users", Users.as_view()),
    path("stateless", Stateless.as_view()),
    path("own", OwnNotes.as_view()),
    path("open", Open.as_view()),
    path("v1/", include("nhost_auth.urls")),
]
call_command("spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn")
"""
ABSENT = """
import pathlib
import sys
from django.core.management import call_command
call_command("auth_openapi", file=pathlib.Path("schema.json"))
print(sorted(name for name in sys.modules if name.startswith("drf_spectacular")))
"""


CASES: dict[str, dict[str, str]] = {"3.0.3": {}, "3.1.0": {"OAS_VERSION": "3.1.0"}}


def host(*further: str, **spectacular: str) -> str:
    return HOST.format(further=list(further), spectacular=spectacular)


def run(script: str, tmp_path: Path) -> str:
    file = tmp_path / "host.py"
    file.write_text(script)
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    ended = subprocess.run(
        [sys.executable, file], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    return ended.stdout


@pytest.mark.parametrize("version", CASES)
def test_schema_of_a_host_has_its_views_and_ours_without_a_warning(version: str, tmp_path: Path) -> None:
    script = host("rest_framework", "drf_spectacular", **CASES[version]) + SCHEMA
    schema = json.loads(run(script, tmp_path))
    assert schema["openapi"] == version
    assert set(schema["components"]["securitySchemes"]) == {"BearerAuth", "BearerAuthElevated"}
    ours = {path: operations for path, operations in schema["paths"].items() if path.startswith("/v1/")}
    assert len(ours) == 76
    theirs = {path: told["get"].get("security") for path, told in schema["paths"].items() if path not in ours}
    asking = [{"BearerAuth": []}]
    assert theirs == {"/notes": asking, "/users": [{}], "/stateless": asking, "/own": asking, "/open": None}
    assert set(schema["components"]["schemas"]["User"]["properties"]) == {"id"}
    metadata = schema["components"]["schemas"]["NhostUser"]["properties"]["metadata"]
    assert (
        metadata
        == {
            "3.0.3": {"type": "object", "nullable": True},
            "3.1.0": {"oneOf": [{"type": "object"}, {"type": "null"}]},
        }[version]
    )


def test_host_without_drf_spectacular_does_not_load_it_and_writes_the_schema_all_the_same(tmp_path: Path) -> None:
    assert run(host() + ABSENT, tmp_path) == "[]\n"


def test_every_story_of_the_map_is_an_operation() -> None:
    told = [story.operation for (method, _), story in stories() if method != "HEAD"]
    assert len(told) == len(set(told)) == 85
    assert set(operations()) == {*told, "convertAnonymous"}


@pytest.mark.parametrize("row", CONTRACT, ids=lambda row: row["operation"])
def test_operation_has_the_name_that_the_client_has(row: dict[str, Any]) -> None:
    named = {where: story.operation for where, story in stories()}
    assert named[row["method"], row["path"]] == row["operation"]
