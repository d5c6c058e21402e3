"""No answer tells whether an address has an account, or in what state it is (OWASP ASVS 5.0, 6.3.8).

Under what `check --deploy` recommends (tests/strict_settings.py): at Nhost some answers tell. How long they take is
measured in benchmarks/; here the statements are counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.models import Account
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import Api, Inbox, Reply
from tests.security.people import open_every_way
from tests.sms_inbox import NUMBER, SEND
from tests.strict_settings import be_strict
from tests.webauthn_page import ORIGIN, SIGN_IN, add_key

PEOPLE = ("known", "disabled", "unverified", "unknown")
NUMBERS = {name: f"{NUMBER[:-1]}{place}" for place, name in enumerate(PEOPLE)}
TARGETS = {"options": {"redirectTo": "https://app.example.com/in"}}


def address(name: str) -> str:
    return f"{name}@example.com"


@pytest.fixture
def town(api: Api, settings: Any) -> None:
    """One of each kind, with a password, a number and a key."""
    open_every_way(settings)
    for name in PEOPLE[:-1]:
        session = api.sign_up(address(name))
        assert add_key(api, session.token, Authenticator(ORIGIN)).status == 200
        Account.objects.filter(email=address(name)).update(
            email_verified=name != "unverified", phone_number=NUMBERS[name], phone_number_verified=True
        )
    get_user_model().objects.filter(account__email=address("disabled")).update(is_active=False)
    be_strict(settings)
    settings.AUTH_RATE_LIMIT_ENABLE = settings.AUTH_PASSWORD_HIBP_ENABLED = False
    settings.AUTH_WEBAUTHN_CONCEAL_KEYS = True


Ask = Callable[[Api, str], Reply]


def posting(path: str, **more: Any) -> Ask:
    return lambda api, name: api.post(path, {"email": address(name), **more})


OPERATIONS: dict[str, Ask] = {
    "sign-in": posting("/signin/email-password", password="Wrong-horse-7"),
    "code": posting("/signin/otp/email"),
    "code, where to": posting("/signin/otp/email", **TARGETS),
    "wrong code": posting("/signin/otp/email/verify", otp="000000"),
    "link": posting("/signin/passwordless/email"),
    "SMS": lambda api, name: api.post(SEND, {"phoneNumber": NUMBERS[name]}),
    "reset": posting("/user/password/reset"),
    "verification mail": posting("/user/email/send-verification-email"),
    "passkey": posting(SIGN_IN),
    "sign-up by link": posting("/signup/passwordless/email"),
    "sign-up by code": posting("/signup/otp/email"),
}


def without_secrets(reply: Reply) -> bytes:
    """The body, but for challenges, which are random, and for keys, of which people have several, and of several sizes.

    That made-up ones are as true ones are: tests/security/test_key_concealment.py.
    """
    if not isinstance(reply.json, dict) or "challenge" not in reply.json:
        return bytes(reply.response.content)
    keys = {json.dumps({**key, "id": "a key"}) for key in reply.json["allowCredentials"]}
    challenge = "x" * len(reply.json["challenge"])
    return json.dumps({**reply.json, "challenge": challenge, "allowCredentials": sorted(keys)}).encode()


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_10_answers_are_the_same_to_the_byte(api: Api, operation: str) -> None:
    replies = {name: OPERATIONS[operation](api, name) for name in PEOPLE}
    answers = {(reply.status, str(reply.headers), without_secrets(reply)) for reply in replies.values()}
    assert len(answers) == 1, {name: (reply.outcome, reply.text) for name, reply in replies.items()}


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("switch", ["AUTH_DISABLE_SIGNUP", "AUTH_DISABLE_AUTO_SIGNUP", "AUTH_DISABLE_NEW_USERS"])
@pytest.mark.parametrize("operation", ["code", "link", "SMS"])
def test_10_neither_where_nobody_is_registered(api: Api, settings: Any, switch: str, operation: str) -> None:
    setattr(settings, switch, True)
    assert {OPERATIONS[operation](api, name).text for name in PEOPLE} == {'"OK"\n'}


@pytest.mark.usefixtures("town")
def test_10_mails_go_to_whom_they_are_of_use_alone(api: Api, inbox: Inbox) -> None:
    for operation in ("code", "link", "reset", "verification mail"):
        OPERATIONS[operation](api, "disabled")
    assert inbox.to(address("disabled")) == []
    OPERATIONS["verification mail"](api, "known")
    assert inbox.to(address("known")) == []
    OPERATIONS["verification mail"](api, "unverified")
    assert [mail.template for mail in inbox.to(address("unverified"))] == ["email-verify"]


def test_10_as_at_nhost_it_is_told_who_is_disabled(api: Api, settings: Any, town: None) -> None:
    settings.AUTH_CONCEAL_ERRORS = settings.AUTH_CONCEAL_ACCOUNTS = False
    assert OPERATIONS["link"](api, "disabled").outcome == (401, "disabled-user")
    settings.AUTH_CONCEAL_ERRORS = True
    assert OPERATIONS["link"](api, "disabled").outcome == (400, "invalid-request")


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("operation", ["sign-in", "wrong code", "passkey"])
def test_11_as_many_statements_are_sent_for_an_unknown_address_as_for_a_known_one(
    api: Api, settings: Any, operation: str
) -> None:
    def statements(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            OPERATIONS[operation](api, name)
        return len(captured)

    assert statements("unknown") == statements("known")
