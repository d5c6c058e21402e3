"""POST /signin/otp/email and /verify (accounts.md 3.8, 3.9, 1.16)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Account
from tests.conftest import Api, Inbox

SEND, VERIFY = "/signin/otp/email", "/signin/otp/email/verify"
ANN = {"email": "ann@example.com"}


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_unknown_address_makes_an_account_and_sends_a_code(api: Api, inbox: Inbox) -> None:
    reply = api.post(SEND, ANN)
    assert (reply.status, reply.text) == (200, '"OK"\n')
    mail = inbox.last()
    assert mail.template == "signin-otp"
    assert mail.link == ""
    assert mail.ticket.isdigit()
    assert len(mail.ticket) == 6
    assert mail.message.subject == "Your verification code"
    assert mail.ticket in mail.message.body
    assert mail.ticket in mail.html
    session = api.post(VERIFY, {**ANN, "otp": mail.ticket})
    assert session.user["email"] == "ann@example.com"
    assert session.user["emailVerified"] is True


def test_known_address_gets_a_code_for_its_account(api: Api, inbox: Inbox) -> None:
    user = api.sign_up().user
    api.post(SEND, {"email": "Ann@Example.com"})
    assert inbox.last().message.to == ["Ann@Example.com"]
    assert api.post(VERIFY, {**ANN, "otp": inbox.last().ticket}).user["id"] == user["id"]


def test_options_of_a_known_address_are_checked_but_not_applied(api: Api) -> None:
    api.sign_up()
    assert api.post(SEND, {**ANN, "options": {"allowedRoles": ["admin"]}}).outcome == (400, "role-not-allowed")
    api.post(SEND, {**ANN, "options": {"displayName": "Other"}})
    assert Account.objects.get().display_name == "ann@example.com"


def test_code_works_once(api: Api, inbox: Inbox) -> None:
    api.post(SEND, ANN)
    body = {**ANN, "otp": inbox.last().ticket}
    assert api.post(VERIFY, body).status == 200
    assert api.post(VERIFY, body).outcome == (400, "invalid-otp")


def test_fifth_wrong_guess_burns_the_code(api: Api, inbox: Inbox) -> None:
    api.post(SEND, ANN)
    code = inbox.last().ticket
    for _ in range(4):
        assert api.post(VERIFY, {**ANN, "otp": wrong(code)}).outcome == (400, "invalid-otp")
    for guess in (wrong(code), code):
        assert api.post(VERIFY, {**ANN, "otp": guess}).outcome == (400, "otp-too-many-attempts")
    api.post(SEND, ANN)
    assert api.post(VERIFY, {**ANN, "otp": inbox.last().ticket}).status == 200


def test_24_code_lives_ten_minutes(api: Api, inbox: Inbox) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        api.post(SEND, ANN)
        clock.shift(601)
        assert api.post(VERIFY, {**ANN, "otp": inbox.last().ticket}).outcome == (400, "invalid-otp")
        api.post(SEND, ANN)
        clock.shift(599)
        assert api.post(VERIFY, {**ANN, "otp": inbox.last().ticket}).status == 200


def test_code_is_not_stored_in_clear(api: Api, inbox: Inbox) -> None:
    api.post(SEND, ANN)
    stored = Account.objects.get().one_time_code
    assert inbox.last().ticket not in f"{stored.hash} {stored.method}"
    assert len(stored.hash) == 64


def test_unknown_address_at_verify_is_a_wrong_code(api: Api) -> None:
    assert api.post(VERIFY, {**ANN, "otp": "123456"}).outcome == (400, "invalid-otp")


def test_disabled_user_is_told_so(api: Api, inbox: Inbox) -> None:
    api.sign_up()
    api.post(SEND, ANN)
    user = Account.objects.get().user
    user.is_active = False
    user.save()
    assert api.post(VERIFY, {**ANN, "otp": inbox.last().ticket}).outcome == (401, "disabled-user")
    assert api.post(SEND, ANN).outcome == (401, "disabled-user")
    assert len(inbox) == 1


@pytest.mark.parametrize(
    ("switch", "outcome", "accounts"),
    [
        ({"AUTH_OTP_EMAIL_ENABLED": False}, (409, "disabled-endpoint"), 0),
        ({"AUTH_DISABLE_AUTO_SIGNUP": True}, (200, None), 0),
        ({"AUTH_DISABLE_SIGNUP": True}, (403, "signup-disabled"), 0),
        ({"AUTH_DISABLE_SIGNUP": True, "AUTH_DISABLE_AUTO_SIGNUP": True}, (200, None), 0),
        ({"AUTH_DISABLE_NEW_USERS": True}, (401, "disabled-user"), 1),
        ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAILS": ["ann@example.com"]}, (401, "invalid-email-password"), 0),
    ],
    ids=str,
)
def test_switches_for_an_unknown_address(
    api: Api, inbox: Inbox, settings: Any, switch: dict[str, Any], outcome: tuple[int, str | None], accounts: int
) -> None:
    for name, value in switch.items():
        setattr(settings, name, value)
    assert api.post(SEND, ANN).outcome == outcome
    assert (Account.objects.count(), len(inbox)) == (accounts, 0)


def test_known_address_where_signing_up_is_off(api: Api, inbox: Inbox, settings: Any) -> None:
    api.sign_up()
    settings.AUTH_DISABLE_SIGNUP = settings.AUTH_DISABLE_AUTO_SIGNUP = True
    assert api.post(SEND, ANN).status == 200
    assert len(inbox) == 1
