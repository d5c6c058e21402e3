"""Indexes and unique constraints that are really dropped, and made again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from nhost_auth.management.doctor import indexes as subject
from nhost_auth.models import Account, AccountRole, AuditEvent, PkceCode, RefreshToken
from tests.management.doctor.reading import errors, is_well, warnings

pytestmark = pytest.mark.django_db(transaction=True)
Dropped = Callable[[], AbstractContextManager[None]]


@contextmanager
def without_index() -> Iterator[None]:
    (index,) = Account._meta.indexes
    with connection.schema_editor() as editor:
        editor.remove_index(Account, index)
    yield
    with connection.schema_editor() as editor:
        editor.add_index(Account, index)


@contextmanager
def without_constraint() -> Iterator[None]:
    constraints = (constraint,) = AccountRole._meta.constraints
    AccountRole._meta.constraints = []  # SQLite makes the table anew as the model has it
    with connection.schema_editor() as editor:
        editor.remove_constraint(AccountRole, constraint)
    AccountRole._meta.constraints = constraints
    yield
    with connection.schema_editor() as editor:
        editor.add_constraint(AccountRole, constraint)


def altered(model: Any, name: str, **attributes: Any) -> Dropped:
    """A column without what it has of these attributes."""

    @contextmanager
    def dropped() -> Iterator[None]:
        field = model._meta.get_field(name)
        plain = copy.copy(field)
        vars(plain).pop("unique", None)  # cached from _unique
        vars(plain).update(attributes)
        with connection.schema_editor() as editor:
            editor.alter_field(model, field, plain)
        yield
        with connection.schema_editor() as editor:
            editor.alter_field(model, plain, field)

    return dropped


@contextmanager
def without_links_constraint() -> Iterator[None]:
    model = apps.get_model("social_django", "UserSocialAuth")
    with connection.schema_editor() as editor:
        editor.alter_unique_together(model, {("provider", "uid")}, set())
    yield
    with connection.schema_editor() as editor:
        editor.alter_unique_together(model, set(), {("provider", "uid")})


@contextmanager
def without_table() -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.alter_db_table(AuditEvent, "nhost_auth_auditevent", "elsewhere")
    yield
    with connection.schema_editor() as editor:
        editor.alter_db_table(AuditEvent, "elsewhere", "nhost_auth_auditevent")


def test_migrated_database_is_well() -> None:
    assert is_well(subject)


@pytest.mark.parametrize(
    ("dropped", "text"),
    [
        (without_constraint, "nhost_auth_accountrole (account_id, role_id) is not unique."),
        (without_links_constraint, "social_auth_usersocialauth (provider, uid) is not unique."),
        (altered(RefreshToken, "hash", _unique=False), "nhost_auth_refreshtoken (hash) is not unique."),
        (without_table, "Tables are missing: nhost_auth_auditevent."),
    ],
    ids=["constraint", "constraint of social_django", "unique column", "table"],
)
def test_missing_uniqueness_is_an_error(dropped: Dropped, text: str) -> None:
    with dropped():
        assert errors(subject) == [text]
        assert not warnings(subject)
    assert is_well(subject)


@pytest.mark.parametrize(
    ("dropped", "text"),
    [
        (without_index, "nhost_auth_account (created_at, id) has no index."),
        (altered(PkceCode, "expires_at", db_index=False), "nhost_auth_pkcecode (expires_at) has no index."),
    ],
    ids=["index", "indexed column"],
)
def test_missing_index_is_a_warning(dropped: Dropped, text: str) -> None:
    with dropped():
        assert warnings(subject) == [text]
        assert not errors(subject)
    assert is_well(subject)


def test_index_that_begins_with_the_columns_serves() -> None:
    table = connection.ops.quote_name(PkceCode._meta.db_table)
    with altered(PkceCode, "expires_at", db_index=False)(), connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX wider ON {table} (expires_at, hash)")
        assert is_well(subject)
        cursor.execute(f"DROP INDEX wider ON {table}" if connection.vendor == "mysql" else "DROP INDEX wider")
        cursor.execute(f"CREATE INDEX other_way ON {table} (hash, expires_at)")
        assert warnings(subject) == ["nhost_auth_pkcecode (expires_at) has no index."]
        cursor.execute(f"DROP INDEX other_way ON {table}" if connection.vendor == "mysql" else "DROP INDEX other_way")
    assert is_well(subject)
