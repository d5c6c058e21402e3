"""Importing into each host project: its users are made as its own sign-up makes them, at once or one by one."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models

from nhost_auth.flows import adoption
from nhost_auth.imports import users
from nhost_auth.imports.report import Report
from nhost_auth.imports.users import ImportedUser
from nhost_auth.models import Account
from tests.imports.importing import counts, import_lines
from tests.projects.journey import HostApi, has_field
from tests.projects.journey import api as api

User: Any = get_user_model()
ANN = {"email": "ann@example.com", "passwordHash": "md5$salt$" + "5" * 32, "createdAt": "2020-02-03T04:05:06Z"}
SEEN = datetime(2021, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("line", [ANN, {"phoneNumber": "+491"}], ids=["address", "phone"])
def test_imported_user_is_one_of_the_host_s(api: HostApi, tmp_path: Path, settings: Any, line: dict[str, Any]) -> None:
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, "django.contrib.auth.hashers.MD5PasswordHasher"]
    printed = import_lines(tmp_path, line, arguments=("--batch-size", "1"))
    assert counts(printed, "users")["imported"] == 1, printed
    account, user = Account.objects.get(), User._base_manager.get()
    assert (account.user, adoption.adopt_all()) == (user, 0)
    assert (user.pk == account.pk) is isinstance(User._meta.pk, models.UUIDField)
    assert not has_field("email") or not line.get("email") or user.email == "ann@example.com"


def test_disabled_user_comes_only_where_there_is_a_flag_for_it(db: None, tmp_path: Path) -> None:
    printed = import_lines(tmp_path, {"email": "ann@example.com", "disabled": True})
    assert ("user-model-cannot-disable" in printed) is not has_field("is_active")
    assert Account.objects.exists() is has_field("is_active")


def test_address_of_a_user_without_account_is_taken_where_the_host_has_it_unique(db: None, tmp_path: Path) -> None:
    User._base_manager.bulk_create([User(**{User.USERNAME_FIELD: "ann@example.com"})])
    unique = has_field("email") and User._meta.get_field("email").unique
    printed = import_lines(tmp_path, {"email": "Ann@example.com"})
    assert ("email-taken" in printed) is unique, json.dumps(printed)


def kinds() -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, User)]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_users_of_every_kind_are_stored_and_overwritten(db: None, settings: Any, kind: Any) -> None:
    """A model on top of the user's has two tables, which no single INSERT fills."""
    globals()["factory"] = kind
    settings.AUTH_USER_FACTORY = "tests.projects.imports.factory"
    ann = {"row": "x", "id": uuid.uuid4(), "password": "!", "default_role": "user", "created_at": SEEN}
    users.store([ImportedUser(email="ann@example.com", last_seen=SEEN, **ann)], Report())
    assert kind._base_manager.count() == Account.objects.count() == 1
    found = users.store(
        [ImportedUser(email="eve@example.com", last_seen=SEEN + timedelta(1), **ann)], Report(), update=True
    )
    user = User._base_manager.get()
    assert [person.user_id for person in found.values()] == [user.pk]
    assert not has_field("email") or user.email == "eve@example.com"
    if has_field("last_login"):
        stored = user.last_login if user.last_login.tzinfo else user.last_login.astimezone()
        assert stored == SEEN + timedelta(1)
