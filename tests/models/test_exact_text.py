"""Addresses and names of roles are told apart by every letter, on every database (accounts.md 1.10, 1.11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from nhost_auth.models import Account, AccountRole, Role
from tests.conftest import Api

LOOK_ALIKES = ["ann@example.com", "änn@example.com", "\uff41nn@example.com", "ann@exämple.com"]
BEFORE = [("nhost_auth", "0004_key_states_and_audit")]


def test_addresses_that_look_alike_are_several_people_s(db: None) -> None:
    owners = {email: User.objects.create_user(f"user {number}", email) for number, email in enumerate(LOOK_ALIKES)}
    for email, user in owners.items():
        found = Account.objects.find_by_email(email)
        assert found is not None
        assert (found.user, found.email) == (user, email)


def test_nobody_is_found_by_an_address_that_looks_like_theirs(db: None) -> None:
    User.objects.create_user("ann", LOOK_ALIKES[0])
    assert [Account.objects.find_by_email(email) for email in LOOK_ALIKES[1:]] == [None] * 3


def test_roles_that_look_alike_are_several_and_one_account_may_have_them_all(api: Api, settings: Any) -> None:
    names = {"me", "user", "editor", "Editor", "éditor", "editor "}
    settings.AUTH_USER_DEFAULT_ALLOWED_ROLES = sorted(names)
    assert set(api.sign_up().user["roles"]) == names
    assert set(Role.objects.filter(name__in=names).values_list("name", flat=True)) == names
    assert AccountRole.objects.filter(role="Editor").count() == 1


@pytest.fixture
def earlier(transactional_db: None) -> Iterator[Any]:
    """The models as they were before; the database is brought up to date again at the end."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps
    call_command("migrate", verbosity=0)


def test_accounts_from_before_keep_addresses_and_roles(earlier: Any) -> None:
    role = earlier.get_model("nhost_auth", "Role").objects.get_or_create(name="user")[0]
    ann = earlier.get_model("auth", "User").objects.create(username="ann")
    values = {"email": "Ann@example.com", "email_normalized": "ann@example.com", "locale": "en", "default_role": role}
    account = earlier.get_model("nhost_auth", "Account").objects.create(user=ann, **values)
    earlier.get_model("nhost_auth", "AccountRole").objects.create(account=account, role=role)
    call_command("migrate", verbosity=0)
    found = Account.objects.find_by_email("ann@example.com")
    assert found is not None
    assert (found.pk, found.role_names, found.default_role_id) == (account.pk, ["user"], "user")
