"""Codes by e-mail beyond one code's own rules: the day's guesses, one slot, other secrets (accounts.md 1.16, 3.9).

What holds for a single code is proven in tests/endpoints/test_signin_otp_email.py.
"""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from nhost_auth.infra.sms import memory
from nhost_auth.models import OneTimeCode, Ticket
from tests.conftest import Api, Inbox, account

SEND, VERIFY = "/signin/otp/email", "/signin/otp/email/verify"
ANN = {"email": "ann@example.com"}
WRONG, EXHAUSTED = (400, "invalid-otp"), (400, "otp-too-many-attempts")
MORNING, TOMORROW = "2030-01-01T08:00:00Z", "2030-01-02T00:00:01Z"


def fresh_code(api: Api, inbox: Inbox, email: str = "ann@example.com") -> str:
    assert api.post(SEND, {"email": email}).status == 200
    return inbox.last().ticket


def guess(api: Api, code: str, email: str = "ann@example.com") -> tuple[int, str | None]:
    return api.post(VERIFY, {"email": email, "otp": code}).outcome


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_wrong_guesses_of_a_day_are_counted_across_codes(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 7
    with time_machine.travel(MORNING, tick=False):
        for answers in ([WRONG] * 4, [WRONG] * 2 + [EXHAUSTED]):
            code = fresh_code(api, inbox)
            assert [guess(api, wrong(code)) for _ in answers] == answers
        assert guess(api, code) == EXHAUSTED
        assert guess(api, fresh_code(api, inbox)) == EXHAUSTED


def test_next_day_begins_anew(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 2
    with time_machine.travel(MORNING, tick=False) as clock:
        code = fresh_code(api, inbox)
        assert [guess(api, wrong(code)) for _ in range(2)] == [WRONG, EXHAUSTED]
        clock.move_to("2030-01-01T23:59:59Z")
        assert guess(api, fresh_code(api, inbox)) == EXHAUSTED
        clock.move_to(TOMORROW)
        code = fresh_code(api, inbox)
        assert [guess(api, wrong(code)), guess(api, code)] == [WRONG, (200, None)]


def test_guesses_at_one_account_do_not_lock_another(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 1
    guess(api, wrong(fresh_code(api, inbox)))
    assert guess(api, fresh_code(api, inbox, "bob@example.com"), "bob@example.com") == (200, None)


def test_locked_account_still_gets_in_by_password_and_by_link(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 1
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    api.sign_up()
    assert guess(api, wrong(fresh_code(api, inbox))) == EXHAUSTED
    assert api.sign_in().status == 200
    api.post("/signin/passwordless/email", ANN)
    assert "refreshToken" in api.get("/verify", query=inbox.last().query).query


def test_without_a_budget_every_new_code_has_its_five_guesses(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 0
    for _ in range(3):
        code = fresh_code(api, inbox)
        assert [guess(api, wrong(code)) for _ in range(5)] == [WRONG] * 4 + [EXHAUSTED]
    assert guess(api, fresh_code(api, inbox)) == (200, None)


def test_default_budget_is_a_hundred(api: Api, inbox: Inbox) -> None:
    with time_machine.travel(MORNING, tick=False):
        code = fresh_code(api, inbox)
        assert guess(api, wrong(code)) == WRONG
        OneTimeCode.objects.update(failures=98)
        assert guess(api, wrong(code)) == WRONG
        assert guess(api, wrong(code)) == EXHAUSTED


def test_code_by_sms_takes_the_place_of_one_by_mail_and_the_reverse(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_SMS_PASSWORDLESS_ENABLED, settings.AUTH_SMS_PROVIDER = True, "memory"
    token, number = api.sign_up().token, {"newPhoneNumber": "+12025550100"}
    mailed = fresh_code(api, inbox)
    api.post("/user/phone-number/change", number, token=token)
    assert guess(api, mailed) == WRONG
    by_sms = {**number, "otp": memory.outbox[-1].text[-7:-1]}
    assert guess(api, by_sms["otp"]) == WRONG
    mailed = fresh_code(api, inbox)
    assert api.post("/user/phone-number/change/verify", by_sms, token=token).outcome == WRONG
    assert guess(api, mailed) == (200, None)


@pytest.mark.parametrize("kind", Ticket.Kind.values)
def test_ticket_of_a_link_is_no_code(api: Api, inbox: Inbox, kind: str) -> None:
    owner = account(api.sign_up())
    code = fresh_code(api, inbox)
    ticket = Ticket.objects.issue(owner, kind, {"newEmail": "new@example.com"})
    for text in (ticket, ticket.partition(":")[2], f"otp:{code}"):
        assert guess(api, text) == WRONG
    assert guess(api, code) == (200, None)


def test_code_is_no_ticket(api: Api, inbox: Inbox) -> None:
    code = fresh_code(api, inbox)
    for ticket in (code, f"otp:{code}", f"passwordlessEmail:{code}"):
        query = {"ticket": ticket, "redirectTo": "https://app.example.com"}
        assert api.get("/verify", query=query).query["error"] == "invalid-ticket"
    assert guess(api, code) == (200, None)


def test_right_code_is_spent_though_something_stands_against_the_user(api: Api, inbox: Inbox, settings: Any) -> None:
    code = fresh_code(api, inbox)
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"]
    assert guess(api, code) == (401, "invalid-email-password")
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = []
    assert guess(api, code) == WRONG


def test_signing_in_by_code_is_possible_where_asking_for_one_was_switched_off(
    api: Api, inbox: Inbox, settings: Any
) -> None:
    code = fresh_code(api, inbox)
    settings.AUTH_OTP_EMAIL_ENABLED = False
    assert api.post(SEND, ANN).outcome == (409, "disabled-endpoint")
    assert guess(api, code) == (200, None)
