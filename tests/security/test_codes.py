"""Codes and links: drawn well, good for a while, guessed a few times (OWASP ASVS 5.0, 6.5 and 6.6; RFC 6238).

Use once: test_once.py. Vectors of RFC 6238: tests/infra/test_totp.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

import nhost_auth
from nhost_auth.flows.links import FOLLOWED
from nhost_auth.models import Account, OneTimeCode, Ticket
from tests.conftest import Api, Inbox, Reply, account
from tests.endpoints.totp_app import code_of, enrol
from tests.security.people import open_every_way
from tests.sms_inbox import CHANGE, CHANGE_VERIFY, OTHER_NUMBER, OTP, SEND, code, wrong
from tests.ways import ANN, NEW_PHONE, PHONE, TARGET, known, told

DRAWN = 100_000
CRITICAL = 60.0
"""Chi-square of nine degrees of freedom exceeds it once in a billion times."""


@pytest.fixture
def ann(api: Api, settings: Any) -> Reply:
    open_every_way(settings)
    session = known(api)
    Account.objects.update(email_verified=True)
    return session


@pytest.fixture
def clock(ann: Reply) -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as travelling:
        yield travelling


def test_21_clock_is_the_server_s_whatever_a_request_says(api: Api, ann: Reply) -> None:
    secret = enrol(api, ann)
    body, later = {"otp": code_of(secret, steps=10)}, timezone.now().timestamp() + 300
    headers = {"Date": formatdate(later, usegmt=True), "X-Timestamp": str(int(later))}
    assert api.post("/elevate/totp", body, token=ann.token, headers=headers).outcome == (401, "invalid-totp")


def test_23_every_digit_of_a_hundred_thousand_codes_is_as_frequent_as_the_others() -> None:
    codes = [OneTimeCode.objects.draw() for _ in range(DRAWN)]
    assert all(re.fullmatch(r"\d{6}", drawn, re.ASCII) for drawn in codes)
    for place in range(6):
        counted = Counter(drawn[place] for drawn in codes)  # the first may be a zero as often as any other digit
        expected = DRAWN / 10
        square = sum((counted[digit] - expected) ** 2 / expected for digit in "0123456789")
        assert square < CRITICAL, (place, counted)
    assert len(set(codes)) > DRAWN * 0.94  # of a million: 95,163 are expected to differ


def test_23_code_with_leading_zeros_is_mailed_and_taken_with_them(
    api: Api, inbox: Inbox, ann: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nhost_auth.models.one_time_codes.secrets.randbelow", lambda _: 42)
    api.post("/signin/otp/email", ANN)
    assert inbox.last().ticket == "000042"
    assert "000042" in inbox.last().html
    assert api.post("/signin/otp/email/verify", {**ANN, "otp": "42"}).outcome == (400, "invalid-otp")
    assert api.post("/signin/otp/email/verify", {**ANN, "otp": "000042"}).status == 200


def test_23_no_source_of_ours_draws_from_another_generator() -> None:
    root = Path(nhost_auth.__file__).parent
    other = re.compile(r"^\s*(import random|from random import)|\bnumpy\.random\b|\buuid1\(|get_random_string", re.M)
    assert [str(path.relative_to(root)) for path in sorted(root.rglob("*.py")) if other.search(path.read_text())] == []


Attempt = Callable[[], Reply]
Lives = Callable[[Api, Inbox, Reply], Attempt]


def mailed(api: Api, inbox: Inbox, ann: Reply) -> Attempt:
    api.post("/signin/otp/email", ANN)
    body = {**ANN, "otp": inbox.last().ticket}
    return lambda: api.post("/signin/otp/email/verify", body)


def mailed_to_elevate(api: Api, inbox: Inbox, ann: Reply) -> Attempt:
    api.post("/elevate/otp/email", token=ann.token)
    body = {"otp": inbox.last().ticket}
    return lambda: api.post("/elevate/otp/email/verify", body, token=ann.token)


def texted(api: Api, inbox: Inbox, ann: Reply) -> Attempt:
    api.post(SEND, PHONE)
    body = {**PHONE, "otp": code()}
    return lambda: api.post(OTP, body)


def texted_to_change(api: Api, inbox: Inbox, ann: Reply) -> Attempt:
    api.post(CHANGE, NEW_PHONE, token=ann.token)
    body = {**NEW_PHONE, "otp": code(OTHER_NUMBER)}
    return lambda: api.post(CHANGE_VERIFY, body, token=ann.token)


def second_step(api: Api, inbox: Inbox, ann: Reply) -> Attempt:
    secret = enrol(api, ann)
    ticket = api.sign_in().json["mfa"]["ticket"]
    return lambda: api.post("/signin/mfa/totp", {"ticket": ticket, "otp": code_of(secret, steps=1)})


def link(kind: str) -> Lives:
    def issue(api: Api, inbox: Inbox, ann: Reply) -> Attempt:
        ticket = Ticket.objects.issue(account(ann), kind, {"newEmail": "new@example.com"})
        return lambda: api.post("/verify", query={"ticket": ticket, "redirectTo": TARGET})

    return issue


HOUR, DAY = 3600, 24 * 3600
LIVES: dict[str, tuple[int, Lives]] = {
    "mailed code": (600, mailed),
    "mailed code to elevate": (600, mailed_to_elevate),
    "SMS code": (300, texted),
    "SMS code for a new number": (300, texted_to_change),
    "ticket of the second step": (300, second_step),
    **{f"link {kind}": (30 * DAY if kind == Ticket.Kind.VERIFY_EMAIL else HOUR, link(kind)) for kind in FOLLOWED},
}


@pytest.mark.parametrize("late", [-1, 0, 1], ids=["a second early", "on the second", "a second late"])
@pytest.mark.parametrize("secret", LIVES)
def test_24_secret_lives_to_the_second(
    api: Api, inbox: Inbox, settings: Any, ann: Reply, clock: Any, secret: str, late: int
) -> None:
    settings.AUTH_ACCESS_TOKEN_EXPIRES_IN = HOUR
    life, prepare = LIVES[secret]
    attempt = prepare(api, inbox, api.sign_in())
    clock.shift(life + late)
    assert (told(attempt())[1] is None) is (late < 0)


def test_25_sixth_guess_is_refused_though_it_is_right_and_the_day_s_budget_outlives_a_new_code(
    api: Api, inbox: Inbox, ann: Reply, settings: Any
) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 7

    def guess(*codes: str) -> list[str | None]:
        return [api.post("/signin/otp/email/verify", {**ANN, "otp": otp}).error for otp in codes]

    api.post("/signin/otp/email", ANN)
    first = inbox.last().ticket
    assert guess(*[wrong(first)] * 5, first) == ["invalid-otp"] * 4 + ["otp-too-many-attempts"] * 2
    api.post("/signin/otp/email", ANN)
    second = inbox.last().ticket
    assert guess(*[wrong(second)] * 2, second) == ["invalid-otp", "otp-too-many-attempts", "otp-too-many-attempts"]
    api.post("/signin/otp/email", ANN)
    assert guess(inbox.last().ticket) == ["otp-too-many-attempts"]
