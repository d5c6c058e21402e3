"""Statements that are built once answer and change what the ORM would, for every caller and on every thread."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Model
from django.db.models.signals import ModelSignal, post_init
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nhost_auth.models import Account, RefreshToken
from nhost_auth.models.compiled import CompiledSelect, CompiledUpdate, Slot, insert
from tests.conftest import Api

DEFAULT = "default"


def slot(name: str, call: str = "") -> Slot:
    return Slot(RefreshToken._meta.get_field(name), call)  # type: ignore[arg-type]


def session(**values: Any) -> RefreshToken:
    return RefreshToken(
        **{"account": Account.objects.get(), "hash": uuid.uuid4().hex, "expires_at": timezone.now(), **values}
    )


@contextmanager
def receiving(signal: ModelSignal, receiver: Callable[..., None]) -> Iterator[None]:
    signal.connect(receiver)
    try:
        yield
    finally:
        signal.disconnect(receiver)


@pytest.fixture
def by_hash() -> CompiledSelect:
    return CompiledSelect(
        lambda: (
            RefreshToken.objects.filter(hash=slot("hash"), kind="regular")
            .select_related("account__user")
            .annotate(again=F("device"))
        )
    )


@pytest.fixture
def stored(api: Api) -> list[RefreshToken]:
    """Two sessions with a value in every column."""
    api.sign_up()
    made = [session(ip=ip, device=f"at {ip}", metadata={"ip": [ip]}) for ip in ("192.0.2.1", "2001:db8::1")]
    insert(DEFAULT, made)
    return made


def columns(row: RefreshToken) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in RefreshToken._meta.concrete_fields}


def test_rows_are_those_of_the_orm_with_their_relations(stored: list[RefreshToken], by_hash: CompiledSelect) -> None:
    for token in stored:
        (found,) = by_hash.instances(DEFAULT, hash=token.hash)
        assert columns(found) == columns(RefreshToken.objects.get(pk=token.pk)) == columns(token)
        with CaptureQueriesContext(connection) as statements:
            assert (found.account.user.email, found.again) == ("ann@example.com", token.device)
        assert list(statements) == []
    assert by_hash.instances(DEFAULT, hash="nobody's") == []


def test_join_gives_the_instance_once_with_all_that_it_is_joined_to(stored: list[RefreshToken]) -> None:
    roles = CompiledSelect(
        lambda: RefreshToken.objects.filter(hash=slot("hash")).annotate(role=F("account__account_roles__role_id"))
    )
    found, names = roles.joined(DEFAULT, "role", hash=stored[0].hash)
    assert (found, sorted(names)) == (stored[0], ["editor", "me", "user"])
    assert roles.joined(DEFAULT, "role", hash="nobody's") == (None, [])


def test_11_who_is_looked_for_in_vain_takes_as_many_instances_as_who_is_there(api: Api) -> None:
    api.sign_up()
    made: list[type[Model]] = []
    with receiving(post_init, lambda sender, **_: made.append(sender)):
        there = Account.objects.find_by_email("ann@example.com"), made[:]
        made.clear()
        nowhere = Account.objects.find_by_email("nobody@example.com"), made[:]
    assert (there[0] is None, nowhere[0] is None) == (False, True)
    assert there[1] == nowhere[1] == [Account, get_user_model()]


def test_sql_is_built_once(
    stored: list[RefreshToken], by_hash: CompiledSelect, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hash.instances(DEFAULT, hash="first")
    monkeypatch.setattr(SQLCompiler, "as_sql", None)
    found = [by_hash.instances(DEFAULT, hash=token.hash) for token in stored]
    monkeypatch.undo()
    assert found == [[token] for token in stored]


def test_update_changes_the_rows_that_the_slots_name_and_counts_them(stored: list[RefreshToken]) -> None:
    later = timezone.now() + timedelta(days=1)
    rename = CompiledUpdate(
        lambda: RefreshToken.objects.filter(pk=slot("id", "pk"), device=slot("device", "before")),
        device=slot("device"),
        expires_at=slot("expires_at"),
    )
    first, second = stored
    for expected in (1, 0):
        changed = rename.run(DEFAULT, pk=first.pk, before=first.device, device="elsewhere", expires_at=later)
        assert changed == expected
    first.refresh_from_db()
    assert (first.device, first.expires_at) == ("elsewhere", later)
    assert columns(second) == columns(RefreshToken.objects.get(pk=second.pk))


def test_insert_is_one_statement_for_any_number_of_rows(api: Api) -> None:
    api.sign_up()
    for count in (1, 2, 5):
        made = [session() for _ in range(count)]
        with CaptureQueriesContext(connection) as statements:
            insert(DEFAULT, made)
        assert len(statements) == 1
        assert RefreshToken.objects.filter(pk__in=[token.pk for token in made]).count() == count
        assert not any(token._state.adding for token in made)


def test_insert_that_breaks_a_rule_stores_nothing_and_spoils_the_transaction_it_is_in(
    stored: list[RefreshToken],
) -> None:
    count = RefreshToken.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(DEFAULT, [session(), session(hash=stored[0].hash)])
    assert RefreshToken.objects.count() == count
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(DEFAULT, [session(hash=stored[0].hash)])
        assert transaction.get_rollback()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_threads_read_each_by_a_connection_of_its_own(stored: list[RefreshToken], by_hash: CompiledSelect) -> None:
    def read(number: int) -> bool:
        token = stored[number % 2]
        try:
            return by_hash.instances(DEFAULT, hash=token.hash) == [token]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(64)))
