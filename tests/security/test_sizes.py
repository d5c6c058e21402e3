"""Too much, too deep, or not to be stored: refused before anything costly happens (OWASP ASVS 5.0, 2.2 and 15.2).

Costly is hashing, so no hasher may have been asked; no statement may have been sent either.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.models import Account, Role
from tests.conftest import PASSWORD, Api, Reply
from tests.security.people import open_every_way
from tests.security.test_guessing import CountingHasher
from tests.ways import NEW_PHONE

NEW = {"email": "new@example.com"}
MEGABYTE = 1024 * 1024
MANY = 100_000

BODIES: dict[str, dict[str, Any]] = {
    "/signup/email-password": {**NEW, "password": PASSWORD},
    "/signup/passwordless/email": NEW,
    "/signup/otp/email": NEW,
    "/signup/passwordless/sms": {"phoneNumber": "+12025550155"},
    "/signup/webauthn": NEW,
    "/signin/email-password": {**NEW, "password": PASSWORD},
    "/signin/passwordless/email": NEW,
    "/signin/otp/email": NEW,
    "/signin/anonymous": {},
    "/user/deanonymize": {**NEW, "password": PASSWORD, "signInMethod": "email-password"},
    "/user/password": {"newPassword": "Another-horse-8"},
    "/user/phone-number/change": NEW_PHONE,
    "/pat": {"expiresAt": "2090-01-01T00:00:00Z"},
}
PLACES = {"/signin/anonymous": "metadata", "/pat": "metadata"}
"""Where metadata stands by itself, not among options."""


def big(value: str) -> Callable[[str, dict[str, Any]], bytes]:
    """The body with a JSON text in its metadata, or where it has none beside what it has."""

    def make(path: str, body: dict[str, Any]) -> bytes:
        placed = {"metadata": {"x": "RAW"}}
        whole = {**body, **(placed if path in PLACES else {"options": placed})}
        return json.dumps(whole).replace('"RAW"', value).encode()

    return make


def roles(path: str, body: dict[str, Any]) -> bytes:
    return json.dumps({**body, "options": {"allowedRoles": [f"role{n}" for n in range(MANY)]}}).encode()


ABUSES: dict[str, Callable[[str, dict[str, Any]], bytes]] = {
    "a megabyte of metadata": big(json.dumps("x" * MEGABYTE)),
    "a megabyte of keys": big(json.dumps({f"{number:07}": 1 for number in range(80_000)})),
    "deep lists": big("[" * MANY + "]" * MANY),
    "deep objects": big('{"a":' * 40_000 + "1" + "}" * 40_000),
    "lists a little too deep": big("[" * 40 + "]" * 40),
    "a hundred thousand roles": roles,
    "NUL": big('"a\\u0000b"'),
    "NUL in a key": big('{"a\\u0000b": 1}'),
    "NUL itself": big('"a\0b"'),
    "lone surrogate": big('"\\ud800"'),
    "lone surrogate in a key": big('{"\\udfff": 1}'),
    "lone surrogate in UTF-8": lambda path, body: big('"RAW"')(path, body).replace(b"RAW", b"\xed\xa0\x80"),
    "a number of a megabyte": big("9" * MEGABYTE),
    "a number of five thousand digits": big("9" * 5000),
    "infinity": big("1e999"),
}


@pytest.fixture
def tokens(api: Api, settings: Any) -> dict[str, str]:
    open_every_way(settings)
    found = {"/user/deanonymize": api.anonymous().token, "": api.sign_up().token}
    settings.PASSWORD_HASHERS = [f"{CountingHasher.__module__}.CountingHasher"]
    CountingHasher.calls = 0
    return found


@pytest.mark.parametrize("path", BODIES)
def test_70_abuse_of_size_is_refused_before_anything_is_hashed_or_asked(
    api: Api, tokens: dict[str, str], path: str
) -> None:
    accounts, token = Account.objects.count(), tokens.get(path, tokens[""])

    def ask(content: bytes) -> Reply:
        return api.post(path, content=content, token=token)

    with CaptureQueriesContext(connection) as asked:
        replies = {name: ask(make(path, BODIES[path])) for name, make in ABUSES.items()}
    assert {name: reply.outcome for name, reply in replies.items() if reply.status != 400} == {}
    assert (CountingHasher.calls, asked.captured_queries) == (0, [])
    assert Account.objects.count() == accounts


def test_70_roles_that_fit_into_a_body_are_refused_without_being_stored(api: Api, tokens: dict[str, str]) -> None:
    many = {"options": {"allowedRoles": [f"r{number}" for number in range(20_000)]}}
    with CaptureQueriesContext(connection) as asked:
        reply = api.post("/signup/email-password", {**BODIES["/signup/email-password"], **many})
    assert reply.status == 400
    assert (CountingHasher.calls, asked.captured_queries) == (0, [])
    assert not Role.objects.filter(name__startswith="r1").exists()
    assert api.sign_up("other@example.com").status == 200
    assert CountingHasher.calls > 0
