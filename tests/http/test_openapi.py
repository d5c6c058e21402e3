"""drf-spectacular knows our authentication classes where the host has installed it, and nothing is asked of others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOST = """


import django
from django.conf import settings

settings.configure(
    SECRET_KEY="k" * 50,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "nhost_auth", *{further!r}],
    ROOT_URLCONF="__main__",
    REST_FRAMEWORK={{"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}} if {further!r} else {{}},
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
    path("stateless", Stateless.as_view()),
    path("own", OwnNotes.as_view()),
    path("open", Open.as_view()),
    path("v1/", include("nhost_auth.urls")),
]
call_command("spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn")
"""
ABSENT = """
import sys
print(sorted(name for name in sys.modules if name.startswith("drf_spectacular")))
"""


def run(script: str, tmp_path: Path) -> str:
    host = tmp_path / "host.py"
    host.write_text(script)
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    ended = subprocess.run(
        [sys.executable, host], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    return ended.stdout


def test_schema_names_one_bearer_scheme_for_all_our_classes(tmp_path: Path) -> None:
    schema = json.loads(run(HOST.format(further=["rest_framework", "drf_spectacular"]) + SCHEMA, tmp_path))
    assert schema["components"]["securitySchemes"] == {
        "BearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    security = {path: operations["get"].get("security") for path, operations in schema["paths"].items()}
    asking = [{"BearerAuth": []}]
    assert security == {"/notes": asking, "/stateless": asking, "/own": asking, "/open": None}


def test_host_without_drf_spectacular_does_not_load_it(tmp_path: Path) -> None:
    assert run(HOST.format(further=[]) + ABSENT, tmp_path) == "[]\n"
