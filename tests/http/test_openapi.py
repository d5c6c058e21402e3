"""drf-spectacular knows our paths and authentication where the host has installed it; nothing is asked of others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Api
from tests.contract.test_map import OPERATIONS as CONTRACT
from tests.contract.test_map import STILL_TO_COME, stories
from tests.described import operations, schema

ROOT = Path(__file__).parents[2]
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
import sys
print(sorted(name for name in sys.modules if name.startswith("drf_spectacular")))
"""


def component(reference: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = schema()["components"]["schemas"][reference["$ref"].rpartition("/")[2]]
    return found


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
    assert len(ours) == 60
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


def test_host_without_drf_spectacular_does_not_load_it(tmp_path: Path) -> None:
    assert run(host() + ABSENT, tmp_path) == "[]\n"


def test_every_story_of_the_map_is_an_operation() -> None:
    told = [story.operation for (method, _), story in stories() if method != "HEAD"]
    assert len(told) == len(set(told)) == 64
    assert set(operations()) == {*told, "convertAnonymous"}


@pytest.mark.parametrize(
    "row", [row for row in CONTRACT if row["operation"] not in STILL_TO_COME], ids=lambda row: row["operation"]
)
def test_operation_has_the_name_that_the_client_has(row: dict[str, Any]) -> None:
    named = {where: story.operation for where, story in stories()}
    assert named[row["method"], row["path"]] == row["operation"]


def test_request_body_is_what_the_input_takes() -> None:
    body = operations()["signUpEmailPassword"]["requestBody"]
    assert body["required"] is True
    shape = component(body["content"]["application/json"]["schema"])
    assert shape["additionalProperties"] is False
    assert shape["required"] == ["email", "password"]
    properties = shape["properties"]
    assert properties["email"] == {"type": "string", "format": "email"}
    assert properties["password"] == {"type": "string", "minLength": 3, "maxLength": 50}
    assert properties["codeChallenge"]["pattern"] == "^[A-Za-z0-9_-]{43}$"
    assert component(properties["options"])["properties"]["locale"] == {
        "type": "string",
        "minLength": 2,
        "maxLength": 3,
    }


def test_blank_part_of_a_name_is_one_that_the_schema_takes() -> None:
    body = operations()["convertAnonymous"]["requestBody"]["content"]["application/json"]["schema"]
    assert component(body)["properties"]["firstName"]["pattern"].endswith(r"|^\s*$")


def test_body_that_may_be_left_out_is_not_required() -> None:
    assert operations()["signInAnonymous"]["requestBody"]["required"] is False


def test_body_that_may_hold_more_is_not_closed() -> None:
    body = operations()["signOut"]["requestBody"]["content"]["application/json"]["schema"]
    assert "additionalProperties" not in component(body)


def test_form_is_a_form() -> None:
    assert list(operations()["signInProviderCallbackPost"]["requestBody"]["content"]) == [
        "application/x-www-form-urlencoded"
    ]


def test_parameters_are_those_of_path_query_and_turnstile() -> None:
    start = {part["name"]: part for part in operations()["signInProviderURL"]["parameters"]}
    assert start["provider"] == {"name": "provider", "in": "path", "required": True, "schema": {"type": "string"}}
    assert start["allowedRoles"]["schema"] == {"type": "array", "items": {"type": "string"}}
    assert start["allowedRoles"]["explode"] is False
    ticket = operations()["verifyTicketURL"]["parameters"][0]
    assert ticket == {"name": "ticket", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}}
    assert operations()["endSession"]["parameters"][0]["schema"] == {"type": "string", "format": "uuid"}
    (header,) = operations()["sendPasswordResetEmail"]["parameters"]
    assert (header["name"], header["in"]) == ("x-cf-turnstile-response", "header")


@pytest.mark.parametrize(
    ("operation", "security"),
    [
        ("getVersion", []),
        ("getUser", [{"BearerAuth": []}]),
        ("signOut", [{}, {"BearerAuth": []}]),
        ("createPAT", [{"BearerAuthElevated": []}]),
        ("changeUserPassword", [{}, {"BearerAuthElevated": []}]),
    ],
)
def test_security_is_the_guard(operation: str, security: list[Any]) -> None:
    assert operations()[operation]["security"] == security


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("getVersion", {"200", "429", "500"}),
        ("signInEmailPassword", {"200", "400", "401", "403", "429", "500", "503"}),
        ("verifySignInMfaTotp", {"200", "400", "401", "403", "409", "429", "500", "503"}),
        ("verifyTicketURL", {"200", "302", "400", "429", "500"}),
        ("followTicket", {"302", "400", "404", "429", "500"}),
        ("endSession", {"200", "400", "401", "403", "404", "429", "500"}),
        ("convertAnonymous", {"200", "400", "401", "429", "500", "503"}),
        ("sendPasswordResetEmail", {"200", "400", "403", "429", "500"}),
    ],
)
def test_answers_are_those_of_the_story(operation: str, statuses: set[str]) -> None:
    assert set(operations()[operation]["responses"]) == statuses


def test_refusal_names_its_codes() -> None:
    refusal = operations()["tokenExchange"]["responses"]["401"]
    assert refusal["description"] == "disabled-user, invalid-email-password, unverified-user"
    codes = refusal["content"]["application/json"]["schema"]["properties"]["error"]["enum"]
    assert codes == ["disabled-user", "invalid-email-password", "unverified-user"]


def test_turnstile_refuses_in_a_shape_of_its_own() -> None:
    only = operations()["sendPasswordResetEmail"]["responses"]["403"]["content"]["application/json"]["schema"]
    assert component(only)["required"] == ["error"]
    beside = operations()["signUpEmailPassword"]["responses"]["403"]["content"]["application/json"]["schema"]
    assert len(beside["anyOf"]) == 2


def test_answer_that_the_schema_does_not_tell_of_is_noticed(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    told = operations()["getVersion"]["responses"]
    monkeypatch.setitem(operations()["getVersion"], "responses", {key: told[key] for key in told if key != "200"})
    with pytest.raises(AssertionError, match="getVersion 200"):
        api.get("/version")
