"""Who gets a phone number that several accounts ask for (accounts.md 3.5, 3.10-3.13)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import Account, OneTimeCode
from tests.conftest import PREFIX, Api, Reply, account
from tests.sms_inbox import (
    CHANGE,
    CHANGE_VERIFY,
    NUMBER,
    OTHER_NUMBER,
    OTP,
    SEND,
    change_number,
    code,
    open_inbox,
    sign_in,
    texts,
    use,
    wrong,
)
from tests.test_races import MANY, at_once, outcomes

PHONE, NEW = {"phoneNumber": NUMBER}, {"newPhoneNumber": NUMBER}
INVALID, BURNED, TAKEN = (400, "invalid-otp"), (400, "otp-too-many-attempts"), (409, "user-already-exists")

Proof = Callable[[str], Reply]
Way = Callable[[Api, str], Proof]


@pytest.fixture(autouse=True)
def sms(settings: Any) -> None:
    open_inbox(settings)


def by_sign_up(api: Api, name: str) -> Proof:
    """Somebody asks for a code to sign up with; what they then do with a code."""
    assert api.post(SEND, {**PHONE, "options": {"displayName": name, "metadata": {"by": name}}}).status == 200
    return lambda otp: use(api, otp)


def by_change(api: Api, name: str) -> Proof:
    """A user asks for a code to change the number by; what they then do with a code."""
    token = api.sign_up(f"{name}@example.com", displayName=name, metadata={"by": name}).token
    assert api.post(CHANGE, NEW, token=token).status == 200
    return lambda otp: api.post(CHANGE_VERIFY, {**NEW, "otp": otp}, token=token)


def by_guest(api: Api) -> tuple[Reply, str]:
    """A guest who waits for the number, and the code that was sent."""
    guest = api.anonymous()
    assert api.post("/user/deanonymize/sms", PHONE, token=guest.token).status == 200
    return guest, code()


def owner() -> str | None:
    found = Account.objects.filter(phone_number=NUMBER).first()
    return None if found is None else str(found.pk)


@pytest.mark.parametrize("squatter", [by_sign_up, by_change])
@pytest.mark.parametrize("claimant", [by_sign_up, by_change])
def test_who_proves_a_number_gets_it_from_who_only_asked_for_it(api: Api, squatter: Way, claimant: Way) -> None:
    squat = squatter(api, "squatter")
    asked = code()
    claim = claimant(api, "claimant")
    assert claim(code()).status == 200
    found = Account.objects.get(phone_number=NUMBER)
    assert (found.display_name, found.metadata) == ("claimant", {"by": "claimant"})
    assert found.phone_number_verified is True
    assert squat(asked).outcome == (INVALID if squatter is by_sign_up else TAKEN)
    assert (owner(), sign_in(api).user["id"]) == (str(found.pk), str(found.pk))


@pytest.mark.parametrize("squatter", [by_sign_up, by_change])
@pytest.mark.parametrize("claimant", [by_sign_up, by_change])
def test_squatter_who_asks_last_does_not_stop_the_proof(api: Api, squatter: Way, claimant: Way) -> None:
    claim = claimant(api, "claimant")
    sent = code()
    squatter(api, "squatter")
    # Two sign-ups are one waiting account: there the newest SMS counts, which the number's owner has too.
    one_account = squatter is claimant is by_sign_up
    assert claim(code() if one_account else sent).status == 200
    assert Account.objects.get(phone_number=NUMBER).phone_number_verified is True
    assert Account.objects.count() == (1 if one_account else 2)


@pytest.mark.parametrize("claimant", [by_sign_up, by_change])
def test_proven_number_cannot_be_waited_for_anew(api: Api, claimant: Way) -> None:
    squatter, guest = api.sign_up("squatter@example.com"), api.anonymous()
    claimant(api, "claimant")(code())
    proven = owner()
    sent = len(texts())
    assert api.post(CHANGE, NEW, token=squatter.token).outcome == TAKEN
    assert api.post("/user/deanonymize/sms", PHONE, token=guest.token).outcome == TAKEN
    assert api.post("/signup/passwordless/sms", PHONE).status == 200
    assert (len(texts()), owner()) == (sent, proven)


def test_guest_who_waits_is_nobody_elses_account_though_the_session_has_ended(api: Api) -> None:
    guest, _ = by_guest(api)
    api.post("/signout", {"refreshToken": guest.refresh_token})
    assert sign_in(api).user["id"] != guest.user["id"]
    assert account(guest).is_anonymous is True


@pytest.fixture
def waiting(api: Api) -> list[tuple[str, str]]:
    """A sign-up and two guests who all wait for one number: each account's id and its code."""
    by_sign_up(api, "new")
    found = [(str(Account.objects.get().pk), code())]
    found += [(guest.user["id"], sent) for guest, sent in (by_guest(api) for _ in range(2))]
    return found


@pytest.mark.parametrize("winner", range(3))
def test_of_several_who_wait_the_one_whose_code_comes_wins(
    api: Api, waiting: list[tuple[str, str]], winner: int
) -> None:
    winning, sent = waiting.pop(winner)
    assert use(api, sent).user["id"] == winning == owner()
    guests = Account.objects.filter(is_anonymous=True, phone_number=None).count()
    for _, other in waiting:
        assert use(api, other).outcome == INVALID
    assert Account.objects.filter(is_anonymous=True, phone_number=None).count() == guests == (2 if winner == 0 else 1)
    assert owner() == winning


def test_wrong_guess_counts_against_all_who_wait(api: Api, waiting: list[tuple[str, str]]) -> None:
    codes = [sent for _, sent in waiting]
    assert [use(api, wrong(*codes)).outcome for _ in range(5)] == [INVALID] * 4 + [BURNED]
    assert [use(api, sent).outcome for sent in codes] == [BURNED] * 3
    assert owner() is None


def test_while_one_code_lives_a_burned_one_is_merely_wrong(api: Api) -> None:
    by_sign_up(api, "new")
    early = code()
    for _ in range(4):
        use(api, wrong(early))
    guest, late = by_guest(api)
    assert use(api, wrong(early, late)).outcome == INVALID
    assert use(api, early).outcome == INVALID
    assert use(api, late).user["id"] == guest.user["id"] == owner()


def test_guess_at_a_burned_code_counts_against_the_living(api: Api) -> None:
    by_sign_up(api, "new")
    early = code()
    for _ in range(5):
        use(api, wrong(early))
    late = by_guest(api)[1]
    assert [use(api, early).outcome for _ in range(5)] == [INVALID] * 4 + [BURNED]
    assert use(api, late).outcome == BURNED


def test_number_that_nobody_waits_for_has_no_guesses_to_use_up(api: Api) -> None:
    assert [use(api, wrong()).outcome for _ in range(6)] == [INVALID] * 6


def same_code(guest: Reply, sent: str) -> None:
    """Give a waiting guest the digits that somebody else was sent."""
    options = OneTimeCode.objects.get(account_id=guest.user["id"]).options
    OneTimeCode.objects.keep(account(guest), "sms", sent, target=NUMBER, options=options)


def test_two_who_wait_with_the_same_code_are_both_refused_until_one_has_another(api: Api) -> None:
    by_sign_up(api, "new")
    sent = code()
    guest, _ = by_guest(api)
    same_code(guest, sent)
    assert use(api, sent).outcome == INVALID
    assert (owner(), Account.objects.filter(is_anonymous=True).count()) == (None, 1)
    assert api.post("/token", {"refreshToken": guest.refresh_token}).status == 200
    assert api.post("/user/deanonymize/sms", PHONE, token=guest.token).status == 200
    if code() != sent:  # once in a million they are one again
        assert use(api, code()).user["id"] == guest.user["id"] == owner()


def test_owner_and_one_who_waits_with_the_same_code_are_both_refused(api: Api) -> None:
    guest, _ = by_guest(api)
    first = sign_in(api)
    api.post(SEND, PHONE)
    same_code(guest, code())
    assert use(api, code()).outcome == INVALID
    assert (owner(), account(guest).is_anonymous) == (first.user["id"], True)


def test_owner_signs_in_beside_one_who_still_waits(api: Api) -> None:
    guest, waited = by_guest(api)
    first = sign_in(api)
    assert use(api, waited).outcome == INVALID
    assert sign_in(api).user["id"] == first.user["id"] == owner()
    assert account(guest).is_anonymous is True


def test_code_to_change_is_neither_tried_nor_counted_at_signing_in(api: Api) -> None:
    claim = by_change(api, "ann")
    changing = code()
    late = by_guest(api)[1]
    for guess in (changing, *[wrong(changing, late)] * 4):
        use(api, guess)
    assert use(api, late).outcome == BURNED
    assert claim(changing).status == 200


@pytest.mark.parametrize(
    ("on_account", "on_code"),
    [
        ({"email": "guest@example.com", "email_normalized": "guest@example.com"}, {}),
        ({"phone_number": OTHER_NUMBER}, {}),
        ({}, {"options": None}),
    ],
    ids=str,
)
def test_guest_who_is_no_candidate_is_neither_bound_nor_counted_at(
    api: Api, on_account: dict[str, Any], on_code: dict[str, Any]
) -> None:
    guest, sent = by_guest(api)
    Account.objects.update(updated_at=timezone.now(), **on_account)
    OneTimeCode.objects.update(attempts=0, **on_code)
    assert use(api, sent).outcome == INVALID
    assert (owner(), account(guest).is_anonymous, OneTimeCode.objects.get().attempts) == (None, True, 0)


def test_expired_code_is_neither_tried_nor_counted_at(api: Api) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        guest, early = by_guest(api)
        clock.shift(301)
        by_sign_up(api, "new")
        late = code()
        assert use(api, early if early != late else wrong(late)).outcome == INVALID
        assert OneTimeCode.objects.get(account_id=guest.user["id"]).attempts == 0
        assert use(api, late).user["displayName"] == "new"


@pytest.fixture
def changes() -> Iterator[list[tuple[str, str | None]]]:
    """The id and the old number in each signal of a changed number."""
    seen: list[tuple[str, str | None]] = []

    def note(account: Account, old_phone_number: str | None, **_: Any) -> None:
        seen.append((str(account.pk), old_phone_number))

    signals.phone_number_changed.connect(note)
    yield seen
    signals.phone_number_changed.disconnect(note)


def test_every_proof_that_changes_a_number_is_told_with_the_old_one(
    api: Api, changes: list[tuple[str, str | None]]
) -> None:
    by_sign_up(api, "new")
    assert changes == []
    session = use(api, code())
    sign_in(api)
    change_number(api, session.token, OTHER_NUMBER)
    assert changes == [(session.user["id"], None), (session.user["id"], NUMBER)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["sign-in", "change"])
def test_of_parallel_proofs_of_one_number_one_wins(api: Api, way: str) -> None:
    requests: list[tuple[str, dict[str, str], str]] = []
    for number in range(MANY):
        session = api.sign_up(f"ann{number}@example.com") if way == "change" else api.anonymous()
        path, body = (CHANGE, NEW) if way == "change" else ("/user/deanonymize/sms", PHONE)
        assert api.post(path, body, token=session.token).status == 200
        requests.append((CHANGE_VERIFY if way == "change" else OTP, {**body, "otp": code()}, session.token))

    def prove(client: Client, number: int) -> Any:
        path, body, token = requests[number]
        headers = {"Authorization": f"Bearer {token}"}
        return client.post(PREFIX + path, json.dumps(body), "application/json", headers=headers)

    replies = at_once(prove)
    assert outcomes(replies) == {(200, None): 1, (TAKEN if way == "change" else INVALID): MANY - 1}
    assert Account.objects.filter(phone_number=NUMBER, phone_number_verified=True).count() == 1
