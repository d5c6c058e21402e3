"""Moving stored secrets under the first key, a batch at a time (identity.md 0.3)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from nhost_auth.flows import reencryption
from nhost_auth.flows.reencryption import Column, Tally
from nhost_auth.infra.crypto import CannotDecrypt, decrypt, encrypt
from nhost_auth.models import ProviderSession, ProviderVisit, SigningKey, TotpDevice
from tests.conftest import Api, account
from tests.endpoints.totp_app import enrol

OLD, NEW = "0f" * 32, "a1" * 32
VISITS = Column(ProviderVisit, "encrypted_data")


@pytest.fixture
def old(db: None, settings: Any) -> None:
    settings.AUTH_ENCRYPTION_KEY = OLD


def store(count: int) -> None:
    ProviderVisit.objects.bulk_create(
        ProviderVisit(hash=uuid.uuid4().hex, encrypted_data=encrypt(f"visit {number}"), expires_at=timezone.now())
        for number in range(count)
    )


def move(column: Column = VISITS, *, size: int = 1000, dry_run: bool = False) -> tuple[int, int, int, int]:
    """Rows that were current, moved, changed meanwhile, unreadable."""
    tally = Tally()
    list(reencryption.move(column, size, tally, dry_run=dry_run))
    return tally.current, tally.moved, tally.changed, len(tally.unreadable)


def test_every_encrypted_column_is_known_by_its_name(api: Api, settings: Any) -> None:
    """What this server can decrypt stands in a column that says so, and such columns hold nothing else."""
    settings.AUTH_MFA_ENABLED = True
    session = api.sign_up()
    enrol(api, session)
    SigningKey.objects.generate("ES256")
    ProviderVisit.objects.keep("state", "github", "browser", {})
    ProviderSession.objects.keep(account(session), "github", "7", {})
    found = set()
    for model in apps.get_app_config("nhost_auth").get_models():
        for field in model._meta.concrete_fields:
            for value in model._base_manager.values_list(field.name, flat=True):
                try:
                    decrypt(str(value))
                except CannotDecrypt:
                    continue
                found.add(Column(model, field.name))
    assert set(reencryption.columns()) == found
    assert {column.model for column in found} == {TotpDevice, SigningKey, ProviderVisit, ProviderSession}


@pytest.mark.parametrize("size", [1, 2, 5, 7, 1000])
def test_rows_under_an_older_key_move_in_batches_of_any_size(old: None, settings: Any, size: int) -> None:
    store(5)
    settings.AUTH_ENCRYPTION_KEY = [NEW, OLD]
    store(2)
    assert move(size=size) == (2, 5, 0, 0)
    assert move(size=size) == (7, 0, 0, 0)
    settings.AUTH_ENCRYPTION_KEY = NEW
    texts = [decrypt(visit.encrypted_data) for visit in ProviderVisit.objects.all()]
    assert sorted(texts) == sorted([*(f"visit {number}" for number in range(5)), "visit 0", "visit 1"])


def test_dry_run_changes_nothing(old: None, settings: Any) -> None:
    store(3)
    before = list(ProviderVisit.objects.values())
    settings.AUTH_ENCRYPTION_KEY = [NEW, OLD]
    assert move(dry_run=True) == (0, 3, 0, 0)
    assert list(ProviderVisit.objects.values()) == before


def test_row_that_is_changed_after_it_was_read_is_left(old: None, settings: Any) -> None:
    store(3)
    settings.AUTH_ENCRYPTION_KEY = [NEW, OLD]
    other = ProviderVisit.objects.order_by("pk")[1]
    theirs = encrypt("theirs")
    changed: list[str] = []

    def change_before_writing(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE") and not changed:
            changed.append(sql)
            ProviderVisit.objects.filter(pk=other.pk).update(encrypted_data=theirs)
        return execute(sql, *rest)

    with connection.execute_wrapper(change_before_writing):
        assert move() == (0, 2, 1, 0)
    other.refresh_from_db()
    assert other.encrypted_data == theirs


def test_unreadable_row_is_left_and_stops_no_other(old: None, settings: Any) -> None:
    store(3)
    lost = ProviderVisit.objects.order_by("pk")[1]
    ProviderVisit.objects.filter(pk=lost.pk).update(encrypted_data="00" * 40)
    settings.AUTH_ENCRYPTION_KEY = [NEW, OLD]
    tally = Tally()
    assert list(reencryption.move(VISITS, 1, tally, dry_run=False)) == [1, 1, 1]
    assert (tally.moved, tally.unreadable) == (2, [lost.pk])
    lost.refresh_from_db()
    assert lost.encrypted_data == "00" * 40
