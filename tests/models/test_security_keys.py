"""Security keys: one owner each, found by their very id, counters that only go up (WebAuthn Level 3, 4 and 6.1.1)."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from nhost_auth.infra.webauthn import Assertion, NewKey
from nhost_auth.models import Account, SecurityKey
from nhost_auth.pytest_plugin.authenticator import encode

pytestmark = pytest.mark.django_db
MANY = 10


@pytest.fixture
def ann() -> Account:
    account: Account = User.objects.create_user("ann").account
    return account


def new(credential_id: str = "AbCd", **values: Any) -> NewKey:
    made = {
        "credential_id": credential_id,
        "public_key": b"\x00\xff'\\",
        "counter": 0,
        "transports": ("hybrid", "usb"),
        "backup_eligible": False,
        "backed_up": False,
        "aaguid": "00010203-0405-0607-0809-0a0b0c0d0e0f",
    }
    return NewKey(**made | values)


def add(account: Account, credential_id: str = "AbCd", nickname: str | None = None, **values: Any) -> SecurityKey:
    return SecurityKey.objects.add(account, new(credential_id, **values), nickname)


def use(counter: int, *, backed_up: bool = False) -> Assertion:
    return Assertion(counter=counter, backed_up=backed_up, user_verified=True)


def test_key_is_stored_as_it_was_verified(ann: Account) -> None:
    stored = SecurityKey.objects.get(pk=add(ann, nickname="phone", counter=2**32 - 1).pk)
    assert (stored.account, stored.nickname, stored.counter) == (ann, "phone", 2**32 - 1)
    assert (stored.credential_id, bytes(stored.public_key)) == ("AbCd", b"\x00\xff'\\")
    assert (stored.transports, stored.aaguid) == ("hybrid,usb", "00010203-0405-0607-0809-0a0b0c0d0e0f")
    assert (stored.backup_eligible, stored.backed_up, stored.last_used_at) == (False, False, None)


def test_flags_of_a_synced_key_are_stored(ann: Account) -> None:
    pairs = [(True, False), (True, True)]
    for number, (eligible, backed_up) in enumerate(pairs):
        add(ann, f"key{number}", backup_eligible=eligible, backed_up=backed_up)
    assert list(SecurityKey.objects.values_list("backup_eligible", "backed_up")) == pairs


def test_name_is_the_nickname_or_the_id(ann: Account) -> None:
    named, nameless = add(ann, nickname="phone"), add(ann, "EfGh")
    assert (str(named), str(nameless)) == ("phone", str(nameless.pk))


def test_key_is_registered_once_whoever_has_it(ann: Account) -> None:
    add(ann)
    for account in (ann, User.objects.create_user("bob").account):
        with pytest.raises(IntegrityError), transaction.atomic():
            add(account)
    assert SecurityKey.objects.get().account == ann


def test_ids_that_differ_in_case_alone_are_of_two_keys(ann: Account) -> None:
    keys = {credential_id: add(ann, credential_id) for credential_id in ("AbCd", "aBcD")}
    assert {name: SecurityKey.objects.find(name) for name in ("AbCd", "aBcD", "abcd")} == keys | {"abcd": None}


def test_longest_id_is_kept_whole(ann: Account) -> None:
    longest = encode(os.urandom(1023))
    key = add(ann, longest)
    assert SecurityKey.objects.find(longest) == key
    assert SecurityKey.objects.get().credential_id == longest


def test_keys_of_a_user_come_oldest_first_and_go_with_it(ann: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for credential_id in ("second", "first", "third"):
            clock.shift(1)
            add(ann, credential_id)
    assert [key.credential_id for key in ann.security_keys.all()] == ["second", "first", "third"]
    ann.user.delete()
    assert not SecurityKey.objects.exists()


@pytest.mark.parametrize(
    ("stored", "said", "moved_on"),
    [
        (0, 0, True),
        (0, 1, True),
        (0, 5, True),
        (5, 6, True),
        (5, 5, False),
        (5, 4, False),
        (5, 0, False),
        (1, 0, False),
    ],
)
def test_counter_only_goes_up_and_zero_is_none(ann: Account, stored: int, said: int, moved_on: bool) -> None:
    key = add(ann, counter=stored)
    assert key.advance(use(said, backed_up=True)) is moved_on
    key.refresh_from_db()
    assert key.counter == (said if moved_on else stored)
    assert (key.backed_up, key.last_used_at is not None) == (moved_on, moved_on)


def test_use_is_noted_of_this_key_alone(ann: Account) -> None:
    key, other = add(ann, backup_eligible=True, backed_up=True), add(ann, "EfGh", backed_up=True)
    with time_machine.travel(timezone.now(), tick=False):
        assert key.advance(use(3)) is True
        key.refresh_from_db()
        assert (key.counter, key.backed_up, key.last_used_at) == (3, False, timezone.now())
    other.refresh_from_db()
    assert (other.counter, other.backed_up, other.last_used_at) == (0, True, None)


def test_stale_copy_of_the_row_cannot_go_back(ann: Account) -> None:
    stale = SecurityKey.objects.get(pk=add(ann).pk)
    assert SecurityKey.objects.get().advance(use(7)) is True
    assert stale.advance(use(7)) is False


@pytest.mark.django_db(transaction=True)
def test_of_parallel_uses_with_one_counter_one_moves_on(ann: Account) -> None:
    key, barrier = add(ann), threading.Barrier(MANY)

    def advance(_: int) -> bool:
        same = SecurityKey.objects.get(pk=key.pk)
        barrier.wait()
        try:
            return same.advance(use(1))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        assert sorted(pool.map(advance, range(MANY))) == [False] * (MANY - 1) + [True]
