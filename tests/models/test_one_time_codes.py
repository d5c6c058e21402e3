"""One-time codes: one slot, keyed hashes, five guesses, ten minutes (accounts.md 1.16)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from nhost_auth.models import Account, OneTimeCode
from nhost_auth.models.one_time_codes import Guess
from tests.conftest import Api, Inbox

pytestmark = pytest.mark.django_db
RIGHT, WRONG, EXHAUSTED = Guess.RIGHT, Guess.WRONG, Guess.EXHAUSTED


Issue = Callable[[Account], str]


@pytest.fixture
def ann() -> Account:
    return new("ann")


@pytest.fixture
def issue(api: Api, inbox: Inbox) -> Issue:
    """Has a code mailed and reads the mail."""

    def ask(account: Account) -> str:
        assert api.post("/signin/otp/email", {"email": account.email}).status == 200
        return inbox.last().ticket

    return ask


def new(name: str) -> Account:
    account: Account = User.objects.create_user(name, f"{name}@example.com").account
    return account


def guess(account: Account, code: str, method: str = "email") -> Guess:
    return OneTimeCode.objects.guess(account, method, code)


def wrong(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 10**6:06d}"


def test_codes_are_six_digits_and_differ(ann: Account, issue: Issue) -> None:
    codes = [issue(ann) for _ in range(20)]
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(set(codes)) > 15


def test_hash_cannot_be_searched_without_the_secret_key(ann: Account, issue: Issue, settings: Any) -> None:
    code = issue(ann)
    stored = OneTimeCode.objects.values().get()
    assert len(stored["hash"]) == 64
    assert stored["hash"] != hashlib.sha256(code.encode()).hexdigest()
    settings.SECRET_KEY = "another-" + "k" * 40
    assert guess(ann, code) is WRONG


def test_same_code_is_stored_otherwise_for_another_account(ann: Account, issue: Issue) -> None:
    bob = new("bob")
    code = issue(ann)
    issue(bob)
    OneTimeCode.objects.filter(account=bob).update(hash=OneTimeCode.objects.get(account=ann).hash)
    assert guess(bob, code) is WRONG
    assert guess(ann, code) is RIGHT


def test_right_code_works_once(ann: Account, issue: Issue) -> None:
    code = issue(ann)
    assert guess(ann, code) is RIGHT
    assert not OneTimeCode.objects.exists()
    assert guess(ann, code) is WRONG


def test_new_code_takes_the_place_of_the_old_and_begins_to_count_anew(ann: Account, issue: Issue) -> None:
    old = issue(ann)
    for number in range(1, 5):
        assert guess(ann, wrong(old, number)) is WRONG
    new = issue(ann)
    assert OneTimeCode.objects.get().attempts == 0
    if old != new:  # once in a million they are one
        assert guess(ann, old) is WRONG
    assert guess(ann, new) is RIGHT


def test_25_fifth_wrong_guess_burns_the_code_until_a_new_one_is_issued(ann: Account, issue: Issue) -> None:
    code = issue(ann)
    assert [guess(ann, wrong(code, number)) for number in range(1, 6)] == [WRONG] * 4 + [EXHAUSTED]
    assert guess(ann, code) is EXHAUSTED
    assert OneTimeCode.objects.get().attempts == 5
    assert guess(ann, issue(ann)) is RIGHT


def test_fourth_wrong_guess_leaves_the_code_good(ann: Account, issue: Issue) -> None:
    code = issue(ann)
    assert [guess(ann, wrong(code, number)) for number in range(1, 5)] == [WRONG] * 4
    assert guess(ann, code) is RIGHT


def test_24_code_lives_ten_minutes_and_is_then_no_longer_counted_at(ann: Account, issue: Issue) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = issue(ann)
        clock.shift(600)
        assert [guess(ann, code) for _ in range(6)] == [WRONG] * 6
        assert OneTimeCode.objects.get().attempts == 0
        code = issue(ann)
        clock.shift(599)
        assert guess(ann, code) is RIGHT


def test_code_of_another_method_is_neither_right_nor_counted_at(ann: Account, issue: Issue) -> None:
    code = issue(ann)
    assert guess(ann, code, "sms") is WRONG
    assert OneTimeCode.objects.get().attempts == 0
    assert guess(ann, code) is RIGHT


def test_guesses_at_one_account_are_not_counted_at_another(ann: Account, issue: Issue) -> None:
    bob = new("bob")
    issue(bob)
    code = issue(ann)
    assert [guess(bob, "no code") for _ in range(5)][-1] is EXHAUSTED
    assert guess(ann, code) is RIGHT


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "123456\n"])
def test_text_that_is_no_code_is_a_wrong_guess(ann: Account, issue: Issue, text: str) -> None:
    issue(ann)
    assert guess(ann, text) is WRONG
    assert OneTimeCode.objects.get().attempts == 1


def test_code_goes_with_its_account(ann: Account, issue: Issue) -> None:
    issue(ann)
    ann.user.delete()
    assert not OneTimeCode.objects.exists()
