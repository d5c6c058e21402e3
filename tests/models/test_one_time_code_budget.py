"""AUTH_OTP_DAILY_WRONG_GUESSES: what an account takes in a day, beside a code's five guesses (accounts.md 1.16)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from nhost_auth.conf import conf
from tests.conftest import Api, Inbox, Reply
from tests.sms_inbox import CHANGE, CHANGE_VERIFY, NUMBER, SEND, change_number, code, open_inbox, use, wrong

ANN, NEW = {"email": "ann@example.com"}, {"newPhoneNumber": "+12025550177"}
RIGHT, WRONG, EXHAUSTED = (200, None), (400, "invalid-otp"), (400, "otp-too-many-attempts")
DAY = 24 * 3600


@dataclass(frozen=True)
class Codes:
    """One kind of code of one account: having it sent, and trying it."""

    ask: Callable[[], str]
    use: Callable[[str], Reply]

    def miss(self, times: int) -> list[tuple[int, str | None]]:
        """The answers to a new code's wrong guesses."""
        sent = self.ask()
        return [self.use(wrong(sent)).outcome for _ in range(times)]


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    """Noon: a few minutes more or less are the same day."""
    open_inbox(settings)
    with time_machine.travel(datetime(2030, 6, 1, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def mailed(api: Api, inbox: Inbox) -> Codes:
    def ask() -> str:
        assert api.post("/signin/otp/email", ANN).status == 200
        return inbox.last().ticket

    return Codes(ask, lambda otp: api.post("/signin/otp/email/verify", {**ANN, "otp": otp}))


@pytest.fixture
def texted(api: Api) -> Codes:
    def ask() -> str:
        assert api.post(SEND, {"phoneNumber": NUMBER}).status == 200
        return code()

    return Codes(ask, lambda otp: use(api, otp))


@pytest.fixture
def changing(api: Api) -> Codes:
    api.sign_up()

    def ask() -> str:
        assert api.post(CHANGE, NEW, token=api.sign_in().token).status == 200
        return code(NEW["newPhoneNumber"])

    return Codes(ask, lambda otp: api.post(CHANGE_VERIFY, {**NEW, "otp": otp}, token=api.sign_in().token))


@pytest.fixture
def guest(api: Api) -> Codes:
    sessions = [api.anonymous()]

    def ask() -> str:
        sessions.append(api.post("/token", {"refreshToken": sessions[-1].refresh_token}))
        assert api.post("/user/deanonymize/sms", {"phoneNumber": NUMBER}, token=sessions[-1].token).status == 200
        return code()

    return Codes(ask, lambda otp: use(api, otp))


@pytest.fixture
def codes(request: pytest.FixtureRequest) -> Codes:
    found: Codes = request.getfixturevalue(request.param)
    return found


every_kind = pytest.mark.parametrize("codes", ["mailed", "texted", "changing", "guest"], indirect=True)


@every_kind
@pytest.mark.parametrize("budget", [0, 100])
def test_25_sixth_guess_is_refused_even_when_right(codes: Codes, settings: Any, budget: int) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = budget
    sent = codes.ask()
    assert [codes.use(wrong(sent)).outcome for _ in range(5)] == [WRONG] * 4 + [EXHAUSTED]
    assert codes.use(sent).outcome == EXHAUSTED
    assert codes.use(codes.ask()).outcome == RIGHT


@every_kind
def test_25_new_code_has_five_guesses_of_its_own_but_not_a_day_of_its_own(codes: Codes, settings: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 7
    assert codes.miss(4) == [WRONG] * 4
    assert codes.miss(3) == [WRONG, WRONG, EXHAUSTED]
    for _ in range(2):
        assert codes.use(codes.ask()).outcome == EXHAUSTED


@every_kind
def test_budget_that_is_not_used_up_leaves_the_code_good(codes: Codes, settings: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 7
    assert codes.miss(4) + codes.miss(2) == [WRONG] * 6
    assert codes.use(codes.ask()).outcome == RIGHT


@every_kind
def test_next_day_is_open_again_and_counts_from_one(codes: Codes, settings: Any, clock: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 3
    for _ in range(2):
        assert codes.miss(3) == [WRONG, WRONG, EXHAUSTED]
        clock.shift(DAY)
    assert codes.miss(2) == [WRONG, WRONG]
    assert codes.use(codes.ask()).outcome == RIGHT


@every_kind
def test_later_on_the_same_day_it_is_still_closed(codes: Codes, settings: Any, clock: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 3
    codes.miss(3)
    clock.shift(3600)
    assert codes.use(codes.ask()).outcome == EXHAUSTED


@every_kind
def test_code_that_outlives_the_day_is_good_again(codes: Codes, settings: Any, clock: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 2
    clock.move_to(datetime(2030, 6, 1, 23, 58, tzinfo=UTC))
    sent = codes.ask()
    assert [codes.use(wrong(sent)).outcome for _ in range(2)] == [WRONG, EXHAUSTED]
    clock.shift(180)
    assert codes.use(sent).outcome == RIGHT


@every_kind
def test_zero_is_no_budget(codes: Codes, settings: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 0
    for _ in range(6):
        assert codes.miss(5) == [WRONG] * 4 + [EXHAUSTED]
    assert codes.use(codes.ask()).outcome == RIGHT


def test_a_hundred_wrong_guesses_are_the_default(mailed: Codes) -> None:
    for _ in range(24):
        mailed.miss(4)
    assert mailed.miss(3) == [WRONG] * 3
    sent = mailed.ask()
    assert mailed.use(wrong(sent)).outcome == EXHAUSTED
    assert mailed.use(sent).outcome == EXHAUSTED
    assert conf.AUTH_OTP_DAILY_WRONG_GUESSES == 100


@every_kind
def test_guesses_at_what_is_closed_or_expired_are_not_counted(codes: Codes, settings: Any, clock: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 6
    codes.miss(9)  # five count
    clock.shift(3600)
    sent = codes.ask()
    clock.shift(3600)
    assert codes.use(wrong(sent)).outcome == WRONG
    assert codes.use(codes.ask()).outcome == RIGHT


def test_right_codes_are_not_counted(mailed: Codes, texted: Codes, settings: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 1
    for codes in (mailed, texted):
        assert [codes.use(codes.ask()).outcome for _ in range(3)] == [RIGHT] * 3


def test_codes_by_mail_and_by_sms_share_the_accounts_budget(
    api: Api, mailed: Codes, texted: Codes, settings: Any
) -> None:
    change_number(api, api.sign_up().token)
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 3
    assert mailed.miss(2) == [WRONG, WRONG]
    assert texted.miss(1) == [EXHAUSTED]
    for codes in (mailed, texted):
        assert codes.use(codes.ask()).outcome == EXHAUSTED


def test_accounts_have_budgets_of_their_own(mailed: Codes, texted: Codes, settings: Any) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 3
    mailed.miss(3)
    assert texted.use(texted.ask()).outcome == RIGHT
    assert mailed.use(mailed.ask()).outcome == EXHAUSTED
