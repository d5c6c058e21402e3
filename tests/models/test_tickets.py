"""Tickets of mailed links: hashes at rest, own kind, once, for a time (accounts.md 1.15; design.md 4, 9)."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from nhost_auth.models import Account, Ticket

pytestmark = pytest.mark.django_db
LIVES = {
    "verifyEmail": 30 * 24 * 3600,
    "passwordlessEmail": 3600,
    "emailConfirmChange": 3600,
    "passwordReset": 3600,
    "mfaTotp": 300,
}


@pytest.fixture
def ann() -> Account:
    account: Account = User.objects.create_user("ann").account
    return account


def consume(secret: str) -> Ticket | None:
    return Ticket.objects.consume(secret)


def test_every_kind_has_a_life_and_no_other_kind_is_issued(ann: Account) -> None:
    assert set(LIVES) == {str(kind) for kind in Ticket.Kind}
    with pytest.raises(ValueError, match="otp"):
        Ticket.objects.issue(ann, "otp")


@pytest.mark.parametrize("kind", LIVES)
def test_ticket_reads_as_its_kind_and_a_random_uuid(ann: Account, kind: str) -> None:
    prefix, _, rest = Ticket.objects.issue(ann, kind).partition(":")
    assert prefix == kind
    assert uuid.UUID(rest).version == 4


@pytest.mark.parametrize("kind", LIVES)
def test_only_the_hash_is_stored(ann: Account, kind: str) -> None:
    secret = Ticket.objects.issue(ann, kind)
    stored = Ticket.objects.values().get()
    assert stored["hash"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.partition(":")[2] not in str(stored)


@pytest.mark.parametrize(("kind", "seconds"), LIVES.items())
def test_ticket_lives_as_long_as_its_kind(ann: Account, kind: str, seconds: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late = Ticket.objects.issue(ann, kind)
        clock.shift(seconds)
        assert consume(late) is None
        in_time = Ticket.objects.issue(ann, kind)
        clock.shift(seconds - 1)
        assert consume(in_time) is not None


def test_ticket_works_once_and_brings_its_data(ann: Account) -> None:
    secret = Ticket.objects.issue(ann, "emailConfirmChange", {"newEmail": "bob@example.com"})
    ticket = consume(secret)
    assert ticket is not None
    assert (ticket.account_id, ticket.kind) == (ann.pk, "emailConfirmChange")
    assert ticket.data == {"newEmail": "bob@example.com"}
    assert consume(secret) is None


def test_newer_ticket_ends_the_older_of_its_kind(ann: Account) -> None:
    older, newer = (Ticket.objects.issue(ann, "passwordReset") for _ in range(2))
    assert consume(older) is None
    assert consume(newer) is not None


def test_tickets_issued_shortly_before_may_be_kept_and_the_first_use_ends_them_all(ann: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        secrets = [Ticket.objects.issue(ann, "verifyEmail")]
        for seconds in (301, 299):  # the first is then ten minutes old, the second not yet
            clock.shift(seconds)
            secrets.append(Ticket.objects.issue(ann, "verifyEmail", keep_for=timedelta(minutes=10)))
        assert Ticket.objects.count() == 2
        assert [consume(secret) is not None for secret in secrets] == [False, True, False]


def test_tickets_of_other_kinds_and_other_accounts_live_on(ann: Account) -> None:
    bob = User.objects.create_user("bob").account
    secrets = [Ticket.objects.issue(ann, kind) for kind in LIVES] + [Ticket.objects.issue(bob, "passwordReset")]
    assert [consume(secret) is not None for secret in secrets] == [True] * len(secrets)


def test_ticket_is_not_good_under_another_kind(ann: Account) -> None:
    secret = Ticket.objects.issue(ann, "verifyEmail")
    assert consume(secret.replace("verifyEmail", "passwordReset")) is None
    assert consume(secret.partition(":")[2]) is None
    assert consume(secret) is not None


def test_unknown_ticket_is_none(ann: Account) -> None:
    secret = Ticket.objects.issue(ann, "verifyEmail")
    for unknown in ("", "verifyEmail:", f"verifyEmail:{uuid.uuid4()}", secret.upper(), str(Ticket.objects.get().pk)):
        assert consume(unknown) is None
    assert Ticket.objects.count() == 1


def test_tickets_go_with_their_account(ann: Account) -> None:
    Ticket.objects.issue(ann, "verifyEmail")
    ann.user.delete()
    assert not Ticket.objects.exists()
