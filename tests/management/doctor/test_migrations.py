"""Migrations that were forgotten, and those of another version."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from nhost_auth.management.doctor import migrations as subject
from tests.management.doctor.reading import errors, is_well, warnings

pytestmark = pytest.mark.django_db


def test_applied_migrations_are_well() -> None:
    assert is_well(subject)


@pytest.mark.parametrize(
    ("label", "name"),
    [("nhost_auth", "0007_oauth2_extras"), ("social_django", "0022_nonce_timestamp_index")],
    ids=["ours", "social"],
)
def test_pending_migration_is_named(label: str, name: str) -> None:
    MigrationRecorder(connection).record_unapplied(label, name)
    (text,) = errors(subject)
    assert text == f"1 not applied, the next is {label}.{name}."


def test_pending_migrations_of_other_apps_are_not_ours() -> None:
    MigrationRecorder(connection).record_unapplied("admin", "0003_logentry_add_action_flag_choices")
    assert is_well(subject)


def test_migration_of_a_newer_version_is_named() -> None:
    MigrationRecorder(connection).record_applied("nhost_auth", "0999_from_tomorrow")
    assert warnings(subject) == ["Applied, but unknown to this version: 0999_from_tomorrow."]
    assert not errors(subject)
