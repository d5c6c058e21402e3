"""What stands ready after `migrate`: roles, a first signing key, accounts (design.md 4)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from nhost_auth.models import Account, AccountRole, Role, SigningKey

ROOT = Path(__file__).parents[1]


class AccountsElsewhere:
    """A router of a project that keeps accounts in another database."""

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool | None:
        return False if app_label == "nhost_auth" else None


def migrate() -> None:
    call_command("migrate", verbosity=0)


def roles() -> set[str]:
    return set(Role.objects.values_list("name", flat=True))


def stored() -> list[Any]:
    return [list(noun._default_manager.order_by("pk").values()) for noun in (Role, SigningKey, Account, AccountRole)]


@pytest.mark.django_db
def test_migrate_makes_the_configured_roles_and_keeps_those_there_are(settings: Any) -> None:
    Role.objects.all().delete()
    Role.objects.ensure(["publisher"])
    settings.AUTH_USER_DEFAULT_ROLE, settings.AUTH_USER_DEFAULT_ALLOWED_ROLES = "reader", ["writer"]
    migrate()
    assert roles() == {"publisher", "reader", "writer", "user", "anonymous", "me"}


@pytest.mark.django_db
@pytest.mark.parametrize("unset", [None, "", {}], ids=["None", "empty text", "empty dict"])
def test_migrate_makes_the_first_signing_key_where_none_is_pinned(settings: Any, unset: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET, settings.AUTH_SIGNING_ALGORITHM = unset, "ES256"
    migrate()
    assert SigningKey.objects.get().algorithm == "ES256"


@pytest.mark.django_db
def test_migrate_makes_no_signing_key_beside_a_pinned_one() -> None:
    migrate()
    assert not SigningKey.objects.exists()


@pytest.mark.django_db
def test_migrate_again_changes_nothing(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET, settings.AUTH_SIGNING_ALGORITHM = None, "ES256"
    User.objects.bulk_create([User(username="ann", email="ann@example.com")])
    migrate()
    before = stored()
    assert all(before)
    migrate()
    assert stored() == before


@pytest.mark.django_db
def test_migrate_leaves_a_database_alone_that_is_not_the_accounts(settings: Any) -> None:
    Role.objects.all().delete()
    settings.DATABASE_ROUTERS = ["tests.test_apps.AccountsElsewhere"]
    migrate()
    assert roles() == set()


@pytest.mark.parametrize(
    "commands",
    [["migrate auth"], ["migrate", "migrate nhost_auth zero", "migrate"]],
    ids=["before the tables exist", "when they are gone and back"],
)
def test_migrate_passes_whether_or_not_the_tables_are_there(tmp_path: Path, commands: list[str]) -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": f"sqlite:///{tmp_path}/db"}
    for command in commands:
        arguments = [sys.executable, "-m", "django", *command.split(), "-v0"]
        ended = subprocess.run(arguments, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
