"""What POST /user/webauthn/verify takes as a body (identity.md 1.4, accounts.md 1.2)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nhost_auth.models import SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator, encode
from tests.conftest import Api, Reply
from tests.webauthn_page import ADD, ADD_VERIFY, enable

INVALID, BAD_SHAPE = (400, "invalid-request"), (400, "schema-validation-error")
MISSING, NO_TEXT, NOT_NULLABLE = 'property "{}" is missing', "value must be a string", "Value is not nullable"
TOO_LONG = "maximum string length is 255"

# What is put into a good body and then refused: its member, by the way to it, and the reason. ... takes it out.
WRONG: list[tuple[str, Any, str]] = [
    ("credential", ..., MISSING.format("credential")),
    ("credential", None, NOT_NULLABLE),
    ("credential", "text", "value must be an object"),
    ("credential", [], "value must be an object"),
    *((f"credential.{name}", ..., MISSING.format(name)) for name in ("id", "rawId", "type", "response")),
    *((f"credential.{name}", None, NOT_NULLABLE) for name in ("id", "rawId", "type", "response")),
    *((f"credential.{name}", 1, NO_TEXT) for name in ("id", "rawId", "type", "authenticatorAttachment")),
    ("credential.clientExtensionResults", [], "value must be an object"),
    ("credential.response", "text", "value must be an object"),
    *(
        (f"credential.response.{name}", value, reason.format(name))
        for name in ("clientDataJSON", "attestationObject")
        for value, reason in ((..., MISSING), (None, NOT_NULLABLE), (1, NO_TEXT))
    ),
    ("credential.response.transports", "usb", "value must be an array"),
    ("credential.response.transports", [1], NO_TEXT),
    ("credential.response.transports", [None], NOT_NULLABLE),
    ("nickname", None, NOT_NULLABLE),
    ("nickname", 1, NO_TEXT),
    ("nickname", "x" * 256, TOO_LONG),
    ("nickname", "🔑" * 128, TOO_LONG),
    ("nickname", "nul\0", "string holds characters that cannot be stored"),
    ("nickname", "half\ud83d", "string holds characters that cannot be stored"),
    ("email", "ann@example.com", 'property "email" is unsupported'),
    ("options", {}, 'property "options" is unsupported'),
]

# What has the right type and is nevertheless no answer of a browser.
NO_CLIENT_DATA = [
    *("", "not base64!", "é"),
    *(encode(text) for text in (b"\xff", b"{", b"[]", b"null", b"{}", b'"text"', b"[" * 100_000)),
    *(encode(json.dumps({"challenge": value}).encode()) for value in (None, 1, [], {}, "", "unknown", "\0")),
]
NONSENSE: list[tuple[str, str]] = [
    *((f"credential.{name}", value) for name in ("id", "rawId") for value in ("", "x", "é", "====", "A" * 2000)),
    *(("credential.type", value) for value in ("", "password")),
    *(("credential.response.clientDataJSON", value) for value in NO_CLIENT_DATA),
    *(("credential.response.attestationObject", value) for value in ("", "!", "é", encode(b"\xff"), encode(b"\xa0"))),
]


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    enable(settings)


@pytest.fixture
def ann(api: Api) -> Reply:
    return api.sign_up()


@pytest.fixture
def body(api: Api, ann: Reply) -> dict[str, Any]:
    """A good one."""
    return {"credential": Authenticator().create(api.post(ADD, token=ann.token).json), "nickname": "key"}


def put(body: dict[str, Any], way: str, value: Any) -> None:
    """Set the member of a body that a dotted way leads to; `...` takes it out."""
    *objects, name = way.split(".")
    for each in objects:
        body = body[each]
    body[name] = value
    if value is ...:
        del body[name]


def refused(api: Api, ann: Reply, body: dict[str, Any]) -> Reply:
    reply = api.post(ADD_VERIFY, body, token=ann.token)
    assert not SecurityKey.objects.exists()
    return reply


@pytest.mark.parametrize(("way", "value", "reason"), WRONG, ids=lambda given: ascii(given)[:40])
def test_wrong_types_are_told(api: Api, ann: Reply, body: dict[str, Any], way: str, value: Any, reason: str) -> None:
    put(body, way, value)
    reply = refused(api, ann, body)
    assert (reply.outcome, reply.json["reason"]) == (BAD_SHAPE, reason)


@pytest.mark.parametrize(("way", "value"), NONSENSE, ids=lambda given: ascii(given)[:60])
def test_nonsense_of_the_right_types_is_an_invalid_request(
    api: Api, ann: Reply, body: dict[str, Any], way: str, value: str
) -> None:
    put(body, way, value)
    assert refused(api, ann, body).outcome == INVALID


def test_challenge_that_is_no_text_is_an_invalid_request(api: Api, ann: Reply, body: dict[str, Any]) -> None:
    put(body, "credential.response.clientDataJSON", encode(b'{"challenge": "\\ud800"}'))
    assert refused(api, ann, body).outcome == INVALID


@pytest.mark.parametrize("way", ["credential.made_up", "credential.response.made_up", "credential.response.publicKey"])
def test_members_of_browsers_to_come_are_tolerated(api: Api, ann: Reply, body: dict[str, Any], way: str) -> None:
    put(body, way, {"of": ["any", "kind"]})
    assert api.post(ADD_VERIFY, body, token=ann.token).status == 200


@pytest.mark.parametrize(
    "way",
    [
        "nickname",
        "credential.authenticatorAttachment",
        "credential.clientExtensionResults",
        "credential.response.transports",
    ],
)
def test_what_is_optional_may_be_left_out(api: Api, ann: Reply, body: dict[str, Any], way: str) -> None:
    put(body, way, ...)
    assert api.post(ADD_VERIFY, body, token=ann.token).status == 200


@pytest.mark.parametrize("nickname", ["", "x" * 255, "🔑" * 127 + "x"], ids=len)
def test_nickname_has_255_utf_16_units_at_most(api: Api, ann: Reply, body: dict[str, Any], nickname: str) -> None:
    assert api.post(ADD_VERIFY, body | {"nickname": nickname}, token=ann.token).json["nickname"] == nickname
    assert SecurityKey.objects.get().nickname == nickname


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff"])
def test_body_has_to_be_json(api: Api, ann: Reply, content: bytes | None) -> None:
    assert api.post(ADD_VERIFY, content=content, token=ann.token).outcome == (400, "request-validation-error")


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"user": "somebody else"}'])
def test_nothing_is_read_where_nothing_is_asked_for(api: Api, ann: Reply, content: bytes | None) -> None:
    reply = api.post(ADD, content=content, token=ann.token)
    assert (reply.status, reply.json["user"]["id"]) == (200, ann.user["id"])


def test_token_is_looked_at_before_the_body_and_the_switch_after_it(api: Api, ann: Reply, settings: Any) -> None:
    settings.AUTH_WEBAUTHN_ENABLED = False
    assert api.post(ADD_VERIFY, {}).outcome == (401, "unauthorized")
    assert api.post(ADD_VERIFY, {}, token=ann.token).outcome == BAD_SHAPE
