"""Bodies that are refused before any endpoint sees them (accounts.md 1.2, security.md 70)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from nhost_auth.models import Account
from tests.conftest import PASSWORD, PREFIX, Api, Reply

SIGN_UP = "/signup/email-password"
ANN: dict[str, Any] = {"email": "ann@example.com", "password": PASSWORD}
GOOD = json.dumps(ANN).encode()
FAULT, SCHEMA_FAULT = "request-validation-error", "schema-validation-error"


def with_metadata(raw: str) -> bytes:
    """A sign-up that would do but for the JSON text of its metadata."""
    return json.dumps({**ANN, "options": {"metadata": {"x": "RAW"}}}).replace('"RAW"', raw).encode()


def nested(depth: int) -> str:
    """A list in a list in a list, as deep as that."""
    return "[" * depth + "]" * depth


def assert_refused(reply: Reply, error: str, reason: str) -> None:
    assert reply.status == 400
    assert set(reply.json) == {"status", "message", "error", "reason"}
    assert (reply.json["status"], reply.json["error"]) == (400, error)
    assert reply.json["message"] == reply.json["reason"]
    assert reason in reply.json["reason"]
    assert PASSWORD not in reply.text
    assert Account.objects.count() == 0


@pytest.mark.parametrize("content", [None, b""])
def test_body_is_missing(api: Api, content: bytes | None) -> None:
    assert_refused(api.post(SIGN_UP, content=content), FAULT, "value is required but missing")


@pytest.mark.parametrize("content", [None, b""])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_optional_body_may_be_missing(api: Api, content: bytes | None, content_type: str) -> None:
    assert api.post("/signin/anonymous", content=content, content_type=content_type).status == 200


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "text/json", "application/json2", "application/x-www-form-urlencoded", "json", "charset=utf-8"],
)
@pytest.mark.parametrize("path", [SIGN_UP, "/signin/anonymous"])
def test_content_type_is_another(api: Api, path: str, content_type: str) -> None:
    reply = api.post(path, content=GOOD, content_type=content_type)
    assert_refused(reply, FAULT, f'header Content-Type has unexpected value "{content_type}"')


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json;charset=utf-8",
        "application/json ; charset=UTF-8; x=y",
        "Application/JSON",
        "application/json;",
    ],
)
def test_content_type_may_have_parameters_in_any_case(api: Api, content_type: str) -> None:
    assert api.post(SIGN_UP, content=GOOD, content_type=content_type).status == 200


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b" ",
        b"nonsense",
        GOOD[:-1],
        GOOD + b"x",
        GOOD + GOOD,
        b"{'email': 'ann@example.com'}",
        b'{"email": "ann@example.com",}',
        b"email=ann%40example.com&password=" + PASSWORD.encode(),
        b"/**/" + GOOD,
        b"\x00" + GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        GOOD.decode().encode("utf-32-be"),
        with_metadata("NaN"),
        with_metadata("Infinity"),
        with_metadata("-Infinity"),
        with_metadata("1e400"),
        with_metadata("-1e400"),
        with_metadata("1" * 5000),
        with_metadata("01"),
        with_metadata("+1"),
        with_metadata('"\t"'),
        with_metadata('"\0"'),
        with_metadata('"\\x41"'),
        with_metadata('"RAW"').replace(b"RAW", b"\xff"),
        with_metadata('"RAW"').replace(b"RAW", b"\xc0\xaf"),
        with_metadata('"RAW"').replace(b"RAW", b"\xed\xa0\x80"),
        with_metadata('"RAW"').replace(b"RAW", b"\xf4\x90\x80\x80"),
        b"[" * 100_000,
        with_metadata(nested(50_000)),
        b'{"a":' * 40_000,
    ],
    ids=lambda content: repr(content[:24]) + str(len(content)),
)
def test_body_is_not_json(api: Api, content: bytes) -> None:
    assert_refused(api.post(SIGN_UP, content=content), FAULT, "failed to decode request body")


@pytest.mark.parametrize("content", [b"null", b"[]", b'"text"', b"5", b"true"])
def test_body_is_json_but_no_object(api: Api, content: bytes) -> None:
    reply = api.post(SIGN_UP, content=content)
    assert reply.outcome == (400, SCHEMA_FAULT)
    assert Account.objects.count() == 0


@pytest.mark.parametrize(
    "text",
    ["\\u0000", "a\\u0000b", "\\ud800", "\\udfff", "\\ude00\\ud83d", "a\\ud83d", "\\ud83d\\ud83d\\ude00"],
)
@pytest.mark.parametrize("place", ["email", "password", "key", "displayName", "metadata", "metadata key", "list"])
def test_70_text_that_no_database_stores(api: Api, text: str, place: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "email": {**ANN, "email": "annRAW@example.com"},
        "password": {**ANN, "password": "Correct-RAW"},
        "key": {**ANN, "RAW": 1},
        "displayName": {**ANN, "options": {"displayName": "RAW"}},
        "metadata": {**ANN, "options": {"metadata": {"x": "RAW"}}},
        "metadata key": {**ANN, "options": {"metadata": {"x": {"RAW": 1}}}},
        "list": {**ANN, "options": {"metadata": {"x": [[1, "RAW"]]}}},
    }
    content = json.dumps(bodies[place]).replace("RAW", text).encode()
    assert_refused(api.post(SIGN_UP, content=content), SCHEMA_FAULT, "cannot be stored")


@pytest.mark.parametrize(
    "text", ["😀", "\\ud83d\\ude00", "\\u00e9", "\\\\u0000", "\\\\ud800", "\\u0001", "\ufeff", "\U0010ffff"]
)
def test_text_that_every_database_stores(api: Api, text: str) -> None:
    reply = api.post(SIGN_UP, content=with_metadata(f'"{text}"'))
    assert reply.status == 200
    assert api.get("/user", token=reply.token).json["metadata"] == {"x": json.loads(f'"{text}"')}


@pytest.mark.parametrize("number", ["0", "-0.0", "1.5", "1e3", "9" * 400, "-" + "9" * 400, "1e22", "1e-400"])
def test_numbers_that_fit_come_back(api: Api, number: str) -> None:
    reply = api.post(SIGN_UP, content=with_metadata(number))
    assert reply.status == 200
    assert api.get("/user", token=reply.token).json["metadata"] == {"x": json.loads(number)}


# The body, its options and its metadata are three levels themselves.
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_70_depth_is_bounded(api: Api, opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    for depth, status in ((29, 400), (28, 200)):
        text = opening * (depth - 1) + opening[0] + closing + closing * (depth - 1)
        reply = api.post(SIGN_UP, content=with_metadata(text))
        assert reply.status == status
        assert status == 200 or "nested deeper than 31" in reply.json["reason"]
        assert Account.objects.count() == (status == 200)


STORED = {
    SIGN_UP: {**ANN, "options": {"metadata": "DEEP"}},
    "/signup/webauthn": {"email": "ann@example.com", "options": {"metadata": "DEEP"}},
    "/signin/anonymous": {"metadata": "DEEP"},
    "/signin/otp/email": {"email": "ann@example.com", "options": {"metadata": "DEEP"}},
    "/signin/passwordless/sms": {"phoneNumber": "+12025550100", "options": {"metadata": "DEEP"}},
}


@pytest.mark.parametrize("path", STORED)
def test_deepest_body_can_be_stored(api: Api, settings: Any, path: str) -> None:
    """MariaDB's JSON goes no deeper."""
    settings.AUTH_WEBAUTHN_ENABLED = settings.AUTH_SMS_PASSWORDLESS_ENABLED = True
    settings.AUTH_SMS_PROVIDER = "memory"
    depth = 31 - (2 if "options" in STORED[path] else 1)
    for levels, status in ((depth + 1, 400), (depth, 200)):
        deep = '{"x":' * levels + "1" + "}" * levels
        assert api.post(path, content=json.dumps(STORED[path]).replace('"DEEP"', deep).encode()).status == status


def test_depth_is_a_setting(api: Api, settings: Any) -> None:
    settings.AUTH_REQUEST_MAX_DEPTH = 4
    assert_refused(api.post(SIGN_UP, content=with_metadata(nested(2))), SCHEMA_FAULT, "nested deeper than 4")
    assert api.post(SIGN_UP, content=with_metadata(nested(1))).status == 200


def test_many_brackets_side_by_side_are_not_deep(api: Api) -> None:
    assert api.post(SIGN_UP, content=with_metadata(f"[{','.join(['[{}]'] * 500)}]")).status == 200


@pytest.mark.parametrize(
    "content", [b"x" * 1024 * 1024, with_metadata(f'"{"x" * 1024 * 1024}"'), b" " * 300_000 + GOOD]
)
@pytest.mark.parametrize("path", [SIGN_UP, "/signin/anonymous"])
def test_70_body_is_too_large(api: Api, path: str, content: bytes) -> None:
    assert_refused(api.post(path, content=content), FAULT, "large")


def test_greatest_size_is_a_setting(api: Api, settings: Any) -> None:
    settings.AUTH_REQUEST_MAX_BYTES = len(GOOD) - 1
    assert_refused(api.post(SIGN_UP, content=GOOD), FAULT, "large")
    settings.AUTH_REQUEST_MAX_BYTES = len(GOOD)
    assert api.post(SIGN_UP, content=GOOD).status == 200


def test_smaller_limit_of_the_host_is_a_400_too(api: Api, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = len(GOOD) - 1
    assert_refused(api.post(SIGN_UP, content=GOOD), FAULT, "large")


class BrokenConnection:
    """The input of a client that went away in the middle of its body."""

    def read(self, *_size: int) -> bytes:
        raise ConnectionResetError

    readline = read

    def close(self) -> None:
        pass


def test_connection_that_breaks_is_no_crash(api: Api) -> None:
    lost: Any = {"wsgi.input": BrokenConnection()}
    response = Client().generic("POST", PREFIX + SIGN_UP, GOOD, "application/json", **lost)
    assert_refused(Reply(response), FAULT, "failed to read request body")


@pytest.mark.parametrize("length", ["abc", "-5", "1.5", "\u00b2"])
def test_length_that_is_no_number_is_no_crash(api: Api, length: str) -> None:
    response = Client().generic("POST", PREFIX + SIGN_UP, GOOD, "application/json", CONTENT_LENGTH=length)
    assert Reply(response).outcome == (400, FAULT)
