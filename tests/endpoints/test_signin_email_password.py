"""POST /signin/email-password (accounts.md 3.2, 1.8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Account, RefreshToken
from tests.conftest import PASSWORD, Api, Inbox, account

SIGN_IN = "/signin/email-password"
WRONG = (401, "invalid-email-password")

# What stands against a user, in the order of the specification.
FAULTS = [("blocked", WRONG), ("disabled", (401, "disabled-user")), ("unverified", (401, "unverified-user"))]


def spoil(settings: Any, fault: str) -> None:
    if fault == "blocked":
        settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"]
    elif fault == "disabled":
        user = Account.objects.get().user
        user.is_active = False
        user.save()
    else:
        settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True


def test_right_password_opens_a_session_of_its_own(api: Api) -> None:
    first = api.sign_up()
    second = api.sign_in()
    assert second.status == 200
    assert list(second.json) == ["session"]
    assert second.user["id"] == first.user["id"]
    assert second.user["roles"] == ["editor", "me", "user"]
    assert second.session["refreshTokenId"] != first.session["refreshTokenId"]
    for session in (first, second):
        assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200


def test_address_is_looked_up_in_any_case_and_shown_as_stored(api: Api) -> None:
    api.sign_up("Ann@Example.com")
    assert api.sign_in("aNN@eXAMPLE.COM").user["email"] == "Ann@Example.com"


def test_signing_in_is_noted_as_the_last_login(api: Api) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = account(api.sign_up()).user.last_login
        clock.shift(60)
        assert account(api.sign_in()).user.last_login == first + timedelta(seconds=60)


def test_wrong_password_changes_nothing(api: Api) -> None:
    seen = account(api.sign_up()).user.last_login
    assert api.sign_in(password="Wrong-horse-7").outcome == WRONG
    assert Account.objects.get().user.last_login == seen
    assert RefreshToken.objects.count() == 1


def test_unknown_address_and_wrong_password_answer_the_same(api: Api) -> None:
    api.sign_up()
    known, unknown = api.sign_in(password="Wrong-horse-7"), api.sign_in("bob@example.com")
    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert known.outcome == WRONG


@pytest.mark.parametrize("password", [PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1], "\\x00\\x00", "' or 1=1 --"])
def test_password_has_to_be_the_very_same(api: Api, password: str) -> None:
    api.sign_up()
    assert api.sign_in(password=password).outcome == WRONG


@pytest.mark.parametrize("password", ["пароль-密码-🔑", "x" * 50, "abc", "  a  "])
def test_any_characters_and_lengths_up_to_fifty_serve(api: Api, password: str) -> None:
    assert api.sign_up(password=password).status == 200
    assert api.sign_in(password=password).status == 200


@pytest.mark.parametrize("stored", ["", "!", "!unusable-and-long"])
def test_account_without_a_password_matches_none(api: Api, inbox: Inbox, stored: str) -> None:
    api.post("/signin/otp/email", {"email": "ann@example.com"})
    user = Account.objects.get().user
    for password in ("!!!", user.password[:50], "None"):
        assert api.sign_in(password=password).outcome == WRONG
    user.password = stored
    user.save()
    assert api.sign_in(password="!unusable-and-long").outcome == WRONG


@pytest.mark.parametrize("password", [PASSWORD, "Wrong-horse-7"])
@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_what_stands_against_the_user_is_told_before_the_password(
    api: Api, settings: Any, password: str, first: int
) -> None:
    api.sign_up()
    for fault, _ in FAULTS[first:]:
        spoil(settings, fault)
    assert api.sign_in(password=password).outcome == FAULTS[first][1]
    assert RefreshToken.objects.count() == 1


def test_refused_user_gets_in_again_when_nothing_stands_against_it(api: Api) -> None:
    user = account(api.sign_up()).user
    user.is_active = False
    user.save()
    assert api.sign_in().outcome == (401, "disabled-user")
    user.is_active = True
    user.save()
    assert api.sign_in().status == 200


def test_unverified_address_serves_where_verification_is_not_required(api: Api) -> None:
    api.sign_up()
    assert api.sign_in().user["emailVerified"] is False


@pytest.mark.parametrize(
    "switch", ["AUTH_DISABLE_SIGNUP", "AUTH_DISABLE_AUTO_SIGNUP", "AUTH_DISABLE_NEW_USERS", "AUTH_MFA_ENABLED"]
)
def test_no_switch_closes_it_for_those_who_have_an_account(api: Api, settings: Any, switch: str) -> None:
    api.sign_up()
    setattr(settings, switch, True)
    assert api.sign_in().status == 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"password": PASSWORD}, 'property "email" is missing'),
        ({"email": "ann@example.com"}, 'property "password" is missing'),
        ({"email": "ann@example.com", "password": "ab"}, "minimum string length is 3"),
        ({"email": "ann@example.com", "password": "x" * 51}, "maximum string length is 50"),
        ({"email": "ann@example.com", "password": PASSWORD, "options": {}}, 'property "options" is unsupported'),
        ({"email": {"$ne": ""}, "password": PASSWORD}, "value must be a string"),
    ],
    ids=str,
)
def test_body_holds_an_address_and_a_password_and_nothing_else(api: Api, body: dict[str, Any], reason: str) -> None:
    api.sign_up()
    reply = api.post(SIGN_IN, body)
    assert (reply.outcome, reply.json["reason"]) == ((400, "schema-validation-error"), reason)


@pytest.mark.parametrize("fault", ["blocked", "disabled", "unverified", "wrong", "unknown"])
def test_concealment_hides_what_is_wrong(api: Api, settings: Any, fault: str) -> None:
    api.sign_up()
    settings.AUTH_CONCEAL_ERRORS = True
    if fault in ("blocked", "disabled", "unverified"):
        spoil(settings, fault)
    email = "bob@example.com" if fault == "unknown" else "ann@example.com"
    assert api.sign_in(email, "Wrong-horse-7").outcome == (400, "invalid-request")
