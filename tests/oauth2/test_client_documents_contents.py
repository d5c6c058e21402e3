"""Documents of applications: what they may say (identity.md 7.9)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nhost_auth.models import OAuth2Client
from tests.conftest import Reply
from tests.internet import Internet
from tests.oauth2.application import LOGIN, Application
from tests.oauth2.documents import BACK, HOST, INVALID, PATH, SCOPE, URL, ask, client, description, document
from tests.tls_proxy import Told


@pytest.mark.parametrize("kind", ["text/html", "text/plain; charset=utf-8", "image/png", "", "application/jsonx"])
def test_what_is_not_served_as_json_is_no_document(app: Application, internet: Internet, kind: str) -> None:
    text = json.dumps(document()).encode()
    internet.answer(HOST, PATH, value=Told(200, text, {"Content-Type": kind}))
    assert description(ask(app)) == "The client metadata document is not served as JSON"


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", "application/x.client+json"])
def test_every_name_of_json_is_good(app: Application, internet: Internet, kind: str) -> None:
    text = json.dumps(document()).encode()
    internet.answer(HOST, PATH, value=Told(200, text, {"Content-Type": kind}))
    assert ask(app).status == 302


WRONG: list[tuple[str, str]] = [
    ("", "is not JSON"),
    ("<html>", "is not JSON"),
    ("{", "is not JSON"),
    ('{"client_id": NaN}', "is not JSON"),
    ('{"logo_uri": "\\u0000"}', "is not JSON"),
    ("[" * 2000, "is not JSON"),
    ("[" * 40 + "]" * 40, "is not JSON"),
    ("[]", "is not an object"),
    ("null", "is not an object"),
    ('"x"', "is not an object"),
]


@pytest.mark.parametrize(("text", "expected"), WRONG, ids=lambda value: value[:12])
def test_what_is_no_json_object_is_no_document(app: Application, internet: Internet, text: str, expected: str) -> None:
    internet.answer(HOST, PATH, value=Told(200, text.encode(), {"Content-Type": "application/json"}))
    assert description(ask(app)) == f"The client metadata document {expected}"


NEEDS_SECRET = "must not need a secret"
NUMBER, NOT_ALLOWED = "has to list 1 to 50 redirect_uris", "has a redirect URI that is not allowed"
ELSEWHERE = "has a redirect URI of another origin"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_id": None}, "client_id"),
        ({"client_id": URL + "/"}, "client_id"),
        ({"client_id": URL.upper()}, "client_id"),
        ({"client_id": [URL]}, "client_id"),
        ({"client_secret": "x"}, NEEDS_SECRET),
        ({"client_secret": ""}, NEEDS_SECRET),
        ({"client_secret_expires_at": 0}, NEEDS_SECRET),
        ({"token_endpoint_auth_method": "client_secret_basic"}, NEEDS_SECRET),
        ({"redirect_uris": None}, NUMBER),
        ({"redirect_uris": []}, NUMBER),
        ({"redirect_uris": BACK}, NUMBER),
        ({"redirect_uris": {BACK: 1}}, NUMBER),
        ({"redirect_uris": [BACK] * 51}, NUMBER),
        ({"redirect_uris": [5]}, NOT_ALLOWED),
        ({"redirect_uris": [BACK, ""]}, NOT_ALLOWED),
        ({"redirect_uris": [BACK.ljust(2049, "x")]}, NOT_ALLOWED),
        ({"redirect_uris": [BACK + "#x"]}, NOT_ALLOWED),
        ({"redirect_uris": [f"https://ann@{HOST}/back"]}, NOT_ALLOWED),
        ({"redirect_uris": ["javascript:alert(1)"]}, NOT_ALLOWED),
        ({"redirect_uris": [f"http://{HOST}/back"]}, NOT_ALLOWED),
        ({"redirect_uris": [f"https://{HOST}\\@evil.example/"]}, NOT_ALLOWED),
        ({"redirect_uris": ["http://127.0.0.1/back"]}, ELSEWHERE),
        ({"redirect_uris": ["com.example.app:/back"]}, ELSEWHERE),
        ({"redirect_uris": [BACK, "https://evil.example/back"]}, ELSEWHERE),
        ({"redirect_uris": [f"https://{HOST}.evil.example/back"]}, ELSEWHERE),
        ({"redirect_uris": [f"https://{HOST}:8443/back"]}, ELSEWHERE),
        ({"redirect_uris": [f"https://sub.{HOST}/back"]}, ELSEWHERE),
        ({"scope": ["openid"]}, "scope"),
        ({"scope": 5}, "scope"),
        ({"client_name": 5}, "client_name"),
        ({"grant_types": 5}, "grant_types"),
        ({"grant_types": "authorization_code"}, "grant_types"),
        ({"grant_types": [5]}, "grant_types"),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_document_has_to_be_good(app: Application, internet: Internet, changes: Any, expected: str) -> None:
    internet.answer(HOST, PATH, value=document(**changes))
    assert expected in description(ask(app))
    assert not OAuth2Client.objects.exists()


@pytest.mark.parametrize("member", ["client_secret", "client_secret_expires_at", "grant_types", "redirect_uris"])
def test_null_is_not_the_same_as_nothing(app: Application, internet: Internet, member: str) -> None:
    internet.answer(HOST, PATH, value=document() | {member: None})
    assert ask(app).outcome == INVALID


@pytest.mark.parametrize("scope", ["admin", "openid admin", "graphql:role:admin", "OPENID"])
def test_unknown_scope_is_refused(app: Application, internet: Internet, scope: str) -> None:
    internet.answer(HOST, PATH, value=document(scope=scope))
    assert ask(app).outcome == SCOPE
    assert not OAuth2Client.objects.exists()


def test_application_gets_the_scopes_of_its_document_alone(app: Application, internet: Internet) -> None:
    internet.answer(HOST, PATH, value=document(scope="openid  email openid"))
    assert ask(app, scope="openid email").status == 302
    assert ask(app, scope="openid profile").query["error"] == "invalid_scope"
    assert client().scopes == ["openid", "email"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("x" * 300, "x" * 200), (" Caf\u00e9 ", "Caf\u00e9"), ("Bank\u202e\u200b\n!", "Bank!"), (None, "")],
    ids=["long", "blank", "turned", "none"],
)
def test_name_is_short_and_reads_as_it_is_written(app: Application, internet: Internet, name: Any, shown: str) -> None:
    internet.answer(HOST, PATH, value=document(client_name=name))
    assert ask(app).status == 302
    assert client().name == shown


def test_page_shows_the_name(app: Application, ann: Reply) -> None:
    asked = ask(app).query["request_id"]
    shown = app.api.get(LOGIN, query={"request_id": asked}, token=ann.token).json
    assert (shown["clientId"], shown["clientName"]) == (URL, "Shop")
