"""What the migration makes of rows that were there before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from nhost_auth.infra.crypto import encrypt
from nhost_auth.infra.keyring import generate_private_pem
from nhost_auth.models import RefreshToken, SigningKey

BEFORE = [("nhost_auth", "0003_social_providers")]


@pytest.fixture
def earlier(transactional_db: None) -> Iterator[Any]:
    """The models as they were before; the database is brought up to date again at the end."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps
    call_command("migrate", verbosity=0)


def test_keys_go_on_verifying_and_the_newest_signs(earlier: Any) -> None:
    keys = earlier.get_model("nhost_auth", "SigningKey").objects
    keys.all().delete()
    made = []
    for minutes in (30, 20, 10):
        key = keys.create(algorithm="EdDSA", encrypted_private_pem=encrypt(generate_private_pem("EdDSA")))
        keys.filter(pk=key.pk).update(created_at=timezone.now() - timedelta(minutes=minutes))
        made.append(str(key.pk))
    call_command("migrate", verbosity=0)
    states = {key.kid: str(key.state) for key in SigningKey.objects.with_states()}
    assert states == {made[0]: "retiring", made[1]: "retiring", made[2]: "active"}
    assert {key.load().kid for key in SigningKey.objects.all()} == set(made)


def test_sessions_were_last_used_when_they_began_as_far_as_we_know(earlier: Any) -> None:
    users = earlier.get_model("auth", "User").objects
    role = earlier.get_model("nhost_auth", "Role").objects.get_or_create(name="user")[0]
    account = earlier.get_model("nhost_auth", "Account").objects.create(
        user=users.create(username="ann"), locale="en", default_role=role
    )
    began = timezone.now() - timedelta(days=3)
    tokens = earlier.get_model("nhost_auth", "RefreshToken").objects
    token = tokens.create(account=account, hash="x", expires_at=timezone.now())
    tokens.filter(pk=token.pk).update(created_at=began)
    call_command("migrate", verbosity=0)
    assert RefreshToken.objects.get().last_used_at == began
