"""POST /signup/passwordless/sms (accounts.md 3.11, completed in 3.12)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, OneTimeCode
from tests.conftest import Api, account
from tests.sms_inbox import NUMBER, SEND, code, open_inbox, sign_in, texts, use

SIGN_UP = "/signup/passwordless/sms"
PHONE = {"phoneNumber": NUMBER}
OPTIONS = {"displayName": "Ann", "locale": "fr", "allowedRoles": ["me"], "defaultRole": "me", "metadata": {"a": 1}}

# Every reason to refuse, in the order of the specification's list: settings, options, answer.
FAULTS: list[tuple[dict[str, Any], dict[str, Any], tuple[int, str]]] = [
    ({"AUTH_SMS_PASSWORDLESS_ENABLED": False}, {}, (409, "disabled-endpoint")),
    ({"AUTH_DISABLE_SIGNUP": True}, {}, (403, "signup-disabled")),
    ({}, {"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
    ({}, {"allowedRoles": ["admin"]}, (400, "role-not-allowed")),
    ({}, {"defaultRole": "admin"}, (400, "default-role-must-be-in-allowed-roles")),
    ({"AUTH_DISABLE_NEW_USERS": True}, {}, (401, "disabled-user")),
]


@pytest.fixture(autouse=True)
def sms(settings: Any) -> None:
    open_inbox(settings)


def put_from(settings: Any, first: int) -> dict[str, Any]:
    """Makes the faults from the first one on apply; the body that does its part."""
    options: dict[str, Any] = {}
    for switch, change, _ in FAULTS[first:]:
        for name, value in switch.items():
            setattr(settings, name, value)
        options |= change
    return {**PHONE, "options": options}


def test_new_number_gets_a_code_and_waits_to_be_owned(api: Api) -> None:
    reply = api.post(SIGN_UP, PHONE)
    assert (reply.status, reply.text) == (200, '"OK"\n')
    assert texts() == [f"Your code is {code()}."]
    waiting = Account.objects.get()
    assert (waiting.phone_number, waiting.phone_number_verified, waiting.email) == (None, False, None)
    assert (waiting.is_anonymous, waiting.user.last_login) == (False, None)


def test_code_opens_the_first_session_and_proves_the_number(api: Api) -> None:
    api.post(SIGN_UP, PHONE)
    user = use(api, code()).user
    assert (user["phoneNumber"], user["phoneNumberVerified"], user["displayName"]) == (NUMBER, True, NUMBER)
    assert (user["roles"], user["isAnonymous"]) == (["editor", "me", "user"], False)


def test_options_are_the_new_users(api: Api) -> None:
    api.post(SIGN_UP, {**PHONE, "options": OPTIONS})
    assert texts() == [f"Votre code est {code()}."]
    user = use(api, code()).user
    assert (user["displayName"], user["locale"], user["metadata"]) == ("Ann", "fr", {"a": 1})
    assert (user["defaultRole"], user["roles"]) == ("me", ["me"])


def test_code_lives_five_minutes(api: Api) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        api.post(SIGN_UP, PHONE)
        clock.shift(301)
        assert use(api, code()).outcome == (400, "invalid-otp")
        api.post(SIGN_UP, PHONE)
        clock.shift(299)
        assert use(api, code()).status == 200


@pytest.mark.parametrize("proven", [True, False])
def test_known_number_gets_the_same_answer_and_nothing_happens(api: Api, proven: bool) -> None:
    fresh = api.post(SIGN_UP, PHONE)
    owner = account(use(api, code()))
    Account.objects.update(phone_number_verified=proven)
    memory.outbox.clear()
    known = api.post(SIGN_UP, {**PHONE, "options": OPTIONS})
    assert (known.status, known.text) == (fresh.status, fresh.text)
    assert (memory.outbox, OneTimeCode.objects.count(), Account.objects.count()) == ([], 0, 1)
    owner.refresh_from_db()
    assert (owner.display_name, owner.locale, owner.phone_number_verified) == (NUMBER, "en", proven)


def test_known_number_keeps_the_code_it_has(api: Api) -> None:
    sign_in(api)
    api.post(SEND, PHONE)
    waiting = code()
    api.post(SIGN_UP, PHONE)
    assert len(texts()) == 2
    assert use(api, waiting).status == 200


@pytest.mark.parametrize(
    ("change", "outcome"), [("disabled", (401, "disabled-user")), ("anonymous", (403, "forbidden-anonymous"))]
)
def test_owner_who_may_not_come_in_is_told_so(api: Api, change: str, outcome: tuple[int, str]) -> None:
    user = account(sign_in(api)).user
    user.is_active = change != "disabled"
    user.save()
    Account.objects.update(is_anonymous=change == "anonymous")
    assert (api.post(SIGN_UP, PHONE).outcome, len(texts())) == (outcome, 1)


def test_options_are_checked_for_a_known_number_too(api: Api) -> None:
    sign_in(api)
    assert api.post(SIGN_UP, {**PHONE, "options": {"allowedRoles": ["admin"]}}).outcome == (400, "role-not-allowed")


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_of_the_list_decides_and_no_sms_is_wasted(
    api: Api, settings: Any, first: int
) -> None:
    body = put_from(settings, first)
    assert api.post(SIGN_UP, body).outcome == FAULTS[first][2]
    stored = int(FAULTS[first][2][1] == "disabled-user")
    assert (Account.objects.count(), list(memory.outbox)) == (stored, [])
    assert all(found.disabled for found in Account.objects.all())


@pytest.mark.parametrize("before", [SIGN_UP, SEND])
def test_asking_again_takes_the_newest_request_and_adds_no_rows(api: Api, before: str) -> None:
    api.post(before, {**PHONE, "options": {"displayName": "Bob", "metadata": {"b": 2}}})
    old = code()
    api.post(SIGN_UP, {**PHONE, "options": {"displayName": "Ann"}})
    assert Account.objects.count() == get_user_model().objects.count() == 1
    if code() != old:  # once in a million they are one
        assert use(api, old).outcome == (400, "invalid-otp")
    user = use(api, code()).user
    assert (user["displayName"], user["metadata"]) == ("Ann", {})


def test_asking_again_where_new_users_are_disabled_adds_no_rows(api: Api, settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    assert [api.post(SIGN_UP, PHONE).outcome for _ in range(3)] == [(401, "disabled-user")] * 3
    assert (Account.objects.count(), texts()) == (1, [])


def test_it_is_the_way_to_register_where_signing_in_registers_nobody(api: Api, settings: Any) -> None:
    settings.AUTH_DISABLE_AUTO_SIGNUP = True
    assert (api.post(SEND, PHONE).status, Account.objects.count()) == (200, 0)
    assert api.post(SIGN_UP, PHONE).status == 200
    assert use(api, code()).user["phoneNumber"] == NUMBER


@pytest.mark.parametrize(
    "switch",
    [
        {"AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED": True},
        {"AUTH_ANONYMOUS_USERS_ENABLED": False},
        {"AUTH_ACCESS_CONTROL_ALLOWED_EMAILS": ["ann@example.com"]},
    ],
    ids=str,
)
def test_switches_that_do_not_concern_it(api: Api, settings: Any, switch: dict[str, Any]) -> None:
    for name, value in switch.items():
        setattr(settings, name, value)
    api.post(SIGN_UP, PHONE)
    session = use(api, code())
    assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, 'property "phoneNumber" is missing'),
        ({"phoneNumber": 1}, "value must be a string"),
        ({"phoneNumber": "1" * 65}, "maximum string length is 64"),
        ({**PHONE, "codeChallenge": "x" * 43}, 'property "codeChallenge" is unsupported'),
        ({**PHONE, "email": "ann@example.com"}, 'property "email" is unsupported'),
    ],
    ids=str,
)
def test_body_holds_a_number_and_options_and_nothing_else(api: Api, body: dict[str, Any], reason: str) -> None:
    reply = api.post(SIGN_UP, body)
    assert (reply.outcome, reply.json["reason"]) == ((400, "schema-validation-error"), reason)
    assert (Account.objects.count(), memory.outbox) == (0, [])


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_concealment(api: Api, settings: Any, first: int) -> None:
    body = put_from(settings, first)
    settings.AUTH_CONCEAL_ERRORS = True
    open_codes = {"disabled-endpoint", "redirectTo-not-allowed", "default-role-must-be-in-allowed-roles"}
    plain = FAULTS[first][2]
    expected = plain if plain[1] in open_codes else (400, "invalid-request")
    assert api.post(SIGN_UP, body).outcome == expected
