"""POST /signup/otp/email (accounts.md 3.8 with the steps of 3.7)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Account, OneTimeCode
from tests.conftest import Api, Inbox, account

SIGN_UP, VERIFY = "/signup/otp/email", "/signin/otp/email/verify"
ANN = {"email": "ann@example.com"}

# Every reason to refuse, in the order of the specification's list: settings, options, answer.
FAULTS: list[tuple[dict[str, Any], dict[str, Any], tuple[int, str]]] = [
    ({"AUTH_OTP_EMAIL_ENABLED": False}, {}, (409, "disabled-endpoint")),
    ({"AUTH_DISABLE_SIGNUP": True}, {}, (403, "signup-disabled")),
    ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAIL_DOMAINS": ["example.com"]}, {}, (401, "invalid-email-password")),
    ({}, {"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
    ({}, {"allowedRoles": ["admin"]}, (400, "role-not-allowed")),
    ({}, {"defaultRole": "admin"}, (400, "default-role-must-be-in-allowed-roles")),
    ({"AUTH_DISABLE_NEW_USERS": True}, {}, (401, "disabled-user")),
]


def put_from(settings: Any, first: int) -> dict[str, Any]:
    """Makes the faults from the first one on apply; the options that do their part."""
    options: dict[str, Any] = {}
    for switch, change, _ in FAULTS[first:]:
        for name, value in switch.items():
            setattr(settings, name, value)
        options |= change
    return options


def test_new_address_is_stored_and_gets_a_code(api: Api, inbox: Inbox) -> None:
    reply = api.post(SIGN_UP, {"email": "Ann@Example.com"})
    assert (reply.status, reply.text) == (200, '"OK"\n')
    mail = inbox.last()
    assert (mail.template, mail.link, mail.message.to) == ("signin-otp", "", ["Ann@Example.com"])
    assert len(mail.ticket) == 6
    stored = Account.objects.get()
    assert (stored.email, stored.email_verified, stored.user.last_login) == ("Ann@Example.com", False, None)
    assert stored.user.has_usable_password() is False


def test_code_opens_the_first_session_and_proves_the_address(api: Api, inbox: Inbox) -> None:
    api.post(SIGN_UP, ANN)
    reply = api.post(VERIFY, {**ANN, "otp": inbox.last().ticket})
    assert (reply.user["email"], reply.user["emailVerified"]) == ("ann@example.com", True)
    assert reply.user["roles"] == ["editor", "me", "user"]


def test_code_lives_ten_minutes(api: Api, inbox: Inbox) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        api.post(SIGN_UP, ANN)
        body = {**ANN, "otp": inbox.last().ticket}
        clock.shift(599)
        assert api.post(VERIFY, body).status == 200
        api.post(SIGN_UP, {"email": "bob@example.com"})
        clock.shift(601)
        late = {"email": "bob@example.com", "otp": inbox.last().ticket}
        assert api.post(VERIFY, late).outcome == (400, "invalid-otp")


def test_options_are_stored(api: Api) -> None:
    options = {"displayName": "Ann", "locale": "fr", "allowedRoles": ["me"], "defaultRole": "me", "metadata": {"a": 1}}
    assert api.post(SIGN_UP, {**ANN, "options": options}).status == 200
    stored = Account.objects.find_by_email("ann@example.com")
    assert stored is not None
    assert (stored.display_name, stored.locale, stored.metadata) == ("Ann", "fr", {"a": 1})
    assert (stored.default_role_id, stored.role_names) == ("me", ["me"])


def test_redirect_target_goes_with_the_mail(api: Api, inbox: Inbox) -> None:
    api.post(SIGN_UP, {**ANN, "options": {"redirectTo": "https://app.example.com/in"}})
    assert inbox.last().message.extra_headers["X-Redirect-To"] == "https://app.example.com/in"


@pytest.mark.parametrize("verified", [True, False])
def test_known_address_gets_the_same_answer_and_nothing_happens(api: Api, inbox: Inbox, verified: bool) -> None:
    stored = account(api.sign_up())
    stored.email_verified = verified
    stored.save()
    fresh = api.post(SIGN_UP, {"email": "bob@example.com"})
    known = api.post(SIGN_UP, {"email": "ANN@example.com", "options": {"displayName": "Other", "locale": "fr"}})
    assert (known.status, known.text) == (fresh.status, fresh.text)
    assert inbox.to("ANN@example.com") + inbox.to("ann@example.com") == []
    assert not OneTimeCode.objects.filter(account=stored).exists()
    stored.refresh_from_db()
    assert (stored.display_name, stored.locale, stored.email) == ("ann@example.com", "en", "ann@example.com")


def test_known_address_keeps_the_code_it_has(api: Api, inbox: Inbox) -> None:
    api.post(SIGN_UP, ANN)
    api.post(SIGN_UP, ANN)
    assert len(inbox) == 1
    assert api.post(VERIFY, {**ANN, "otp": inbox.last().ticket}).status == 200


def test_options_are_checked_for_a_known_address_too(api: Api) -> None:
    api.sign_up()
    assert api.post(SIGN_UP, {**ANN, "options": {"allowedRoles": ["admin"]}}).outcome == (400, "role-not-allowed")


def test_known_disabled_user_is_told_so(api: Api, inbox: Inbox) -> None:
    user = account(api.sign_up()).user
    user.is_active = False
    user.save()
    assert api.post(SIGN_UP, ANN).outcome == (401, "disabled-user")
    assert len(inbox) == 0


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_of_the_list_decides(api: Api, inbox: Inbox, settings: Any, first: int) -> None:
    options = put_from(settings, first)
    assert api.post(SIGN_UP, {**ANN, "options": options}).outcome == FAULTS[first][2]
    stored = int(FAULTS[first][2][1] == "disabled-user")
    assert (Account.objects.count(), OneTimeCode.objects.count(), len(inbox)) == (stored, 0, 0)


def test_new_users_can_be_stored_disabled(api: Api, settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    api.post(SIGN_UP, ANN)
    assert Account.objects.get().disabled is True
    settings.AUTH_DISABLE_NEW_USERS = False
    assert api.post(SIGN_UP, ANN).outcome == (401, "disabled-user")


def test_it_is_the_way_to_register_where_signing_in_registers_nobody(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_DISABLE_AUTO_SIGNUP = True
    assert api.post("/signin/otp/email", ANN).status == 200
    assert Account.objects.count() == 0
    assert api.post(SIGN_UP, ANN).status == 200
    assert api.post(VERIFY, {**ANN, "otp": inbox.last().ticket}).user["email"] == "ann@example.com"


@pytest.mark.parametrize("switch", ["AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED", "AUTH_ANONYMOUS_USERS_ENABLED"])
@pytest.mark.parametrize("value", [True, False])
def test_switches_that_do_not_concern_it(api: Api, inbox: Inbox, settings: Any, switch: str, value: bool) -> None:
    setattr(settings, switch, value)
    api.post(SIGN_UP, ANN)
    assert api.post(VERIFY, {**ANN, "otp": inbox.last().ticket}).status == 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, 'property "email" is missing'),
        ({**ANN, "codeChallenge": "x" * 43}, 'property "codeChallenge" is unsupported'),
        ({**ANN, "password": "Correct-horse-7"}, 'property "password" is unsupported'),
    ],
    ids=str,
)
def test_body_holds_an_address_and_options_and_nothing_else(api: Api, body: dict[str, Any], reason: str) -> None:
    reply = api.post(SIGN_UP, body)
    assert (reply.outcome, reply.json["reason"]) == ((400, "schema-validation-error"), reason)
    assert Account.objects.count() == 0


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_concealment(api: Api, settings: Any, first: int) -> None:
    options = put_from(settings, first)
    settings.AUTH_CONCEAL_ERRORS = True
    open_codes = {"disabled-endpoint", "redirectTo-not-allowed", "default-role-must-be-in-allowed-roles"}
    plain = FAULTS[first][2]
    expected = plain if plain[1] in open_codes else (400, "invalid-request")
    assert api.post(SIGN_UP, {**ANN, "options": options}).outcome == expected
