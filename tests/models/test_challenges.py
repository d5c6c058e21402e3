"""Challenges of security keys: hashes at rest, bound to their ceremony, once, for a time (WebAuthn Level 3, 13.4.3)."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone

from nhost_auth.infra.webauthn import new_challenge
from nhost_auth.models import Account, Challenge

pytestmark = pytest.mark.django_db
PURPOSES = [str(purpose) for purpose in Challenge.Purpose]
MANY = 10


@pytest.fixture
def ann() -> Account:
    account: Account = User.objects.create_user("ann").account
    return account


@pytest.fixture
def bob() -> Account:
    account: Account = User.objects.create_user("bob").account
    return account


def keep(purpose: str = "sign-in", account: Account | None = None, **data: Any) -> str:
    text = new_challenge()
    Challenge.objects.keep(text, purpose, account, data)
    return text


def consume(text: str, purpose: str = "sign-in", account: Account | None = None) -> Challenge | None:
    return Challenge.objects.consume(text, purpose, account)


def test_only_the_hash_is_stored() -> None:
    text = keep()
    stored = Challenge.objects.values().get()
    assert stored["hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert text not in str(stored)


def test_challenge_works_once_and_brings_what_was_kept_with_it(ann: Account) -> None:
    text = keep("sign-up", ann, options={"locale": "fr", "metadata": {"é": [None]}})
    found = consume(text, "sign-up")
    assert found is not None
    assert (found.purpose, found.account_id) == ("sign-up", ann.pk)
    assert found.data == {"options": {"locale": "fr", "metadata": {"é": [None]}}}
    assert consume(text, "sign-up") is None
    assert not Challenge.objects.exists()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_challenge_is_good_for_its_own_ceremony_alone_and_asking_for_another_spends_nothing(purpose: str) -> None:
    text = keep(purpose)
    assert [consume(text, other) for other in PURPOSES if other != purpose] == [None] * (len(PURPOSES) - 1)
    assert consume(text, purpose) is not None


def test_challenge_of_an_account_is_good_for_it_alone(ann: Account, bob: Account) -> None:
    text, anybodys = keep("elevate", ann), keep("elevate")
    assert consume(text, "elevate", bob) is None
    assert consume(anybodys, "elevate", bob) is None
    assert consume(text, "elevate", ann) is not None


def test_who_names_no_account_is_told_whose_it_is(ann: Account) -> None:
    found = consume(keep("sign-in", ann))
    assert found is not None
    assert found.account_id == ann.pk


@pytest.mark.parametrize("timeout", [60_000, 1_500])
def test_challenge_lives_as_long_as_settings_say(settings: Any, timeout: int) -> None:
    settings.AUTH_WEBAUTHN_ATTESTATION_TIMEOUT = timeout
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late = keep()
        clock.shift(timeout / 1000)
        assert consume(late) is None
        in_time = keep()
        clock.shift(timeout / 1000 - 0.001)
        assert consume(in_time) is not None


def test_those_that_were_never_answered_go_when_the_next_is_kept() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        keep()
        clock.shift(30)
        alive = keep()
        clock.shift(30)
        newest = keep()
        assert Challenge.objects.count() == 2
        assert [consume(text) is not None for text in (alive, newest)] == [True, True]


def test_unknown_challenge_is_none_and_spends_nothing() -> None:
    text = keep()
    for unknown in ("", new_challenge(), text.swapcase(), f"{text}=", Challenge.objects.get().hash):
        assert consume(unknown) is None
    assert consume(text) is not None


def test_challenges_go_with_their_account(ann: Account, bob: Account) -> None:
    keep("elevate", ann)
    kept = keep("elevate", bob)
    ann.user.delete()
    assert Challenge.objects.count() == 1
    assert consume(kept, "elevate", bob) is not None


@pytest.mark.django_db(transaction=True)
def test_of_parallel_answers_one_wins() -> None:
    text, barrier = keep(), threading.Barrier(MANY)

    def answer(_: int) -> bool:
        barrier.wait()
        try:
            return consume(text) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        assert sorted(pool.map(answer, range(MANY))) == [False] * (MANY - 1) + [True]
