"""Roles and who has them (accounts.md 1.11, 5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from nhost_auth.models import AccountRole, Role

pytestmark = pytest.mark.django_db


def names() -> set[str]:
    return set(Role.objects.values_list("name", flat=True))


def test_roles_are_made_once_and_kept() -> None:
    before = names()
    for _ in range(2):
        Role.objects.ensure(["writer", "me"])
    assert names() == before | {"writer"}
    Role.objects.ensure([])
    assert names() == before | {"writer"}


@pytest.mark.parametrize(
    ("default", "allowed", "expected"),
    [
        ("user", [], {"user", "anonymous", "me"}),
        ("user", ["me", "editor"], {"user", "anonymous", "me", "editor"}),
        ("reader", ["chief"], {"user", "anonymous", "me", "reader", "chief"}),
    ],
)
def test_configured_roles_are_nhosts_and_those_of_the_settings(
    settings: Any, default: str, allowed: list[str], expected: set[str]
) -> None:
    Role.objects.all().delete()
    settings.AUTH_USER_DEFAULT_ROLE, settings.AUTH_USER_DEFAULT_ALLOWED_ROLES = default, allowed
    Role.objects.ensure_configured()
    assert names() == expected


@pytest.mark.parametrize("role", ["user", "editor"], ids=["default role", "one of the roles"])
def test_role_that_an_account_has_cannot_be_deleted(role: str) -> None:
    account = User.objects.create_user("ann").account
    if role == account.default_role_id:
        account.account_roles.all().delete()  # the default role is held by its own column too
    with pytest.raises(ProtectedError):
        Role.objects.get(name=role).delete()


def test_account_has_a_role_once() -> None:
    account = User.objects.create_user("ann").account
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountRole.objects.create(account=account, role_id="editor")


def test_roles_are_called_by_their_names() -> None:
    account = User.objects.create_user("ann").account
    assert str(Role(name="editor")) == "editor"
    assert {str(held) for held in account.account_roles.all()} == {"me", "user", "editor"}
