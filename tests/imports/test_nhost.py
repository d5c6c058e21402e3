"""A run as a whole: its batches, its report, what a second one does."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Model

from nhost_auth.infra import totp
from nhost_auth.models import (
    Account,
    AccountRole,
    AuditEvent,
    RefreshToken,
    Role,
    SecurityKey,
    TotpDevice,
    provider_links,
)
from tests.conftest import Api
from tests.imports.importing import counts, import_nhost
from tests.imports.nhost_database import PASSWORD, Nhost, bcrypted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hashers")]

User = get_user_model()
TABLES = ("users", "user_roles", "totp_secrets", "user_providers", "user_security_keys", "refresh_tokens")


def add_somebody(nhost: Nhost, email: str) -> tuple[uuid.UUID, str]:
    """A user with one row in every table."""
    user_id = nhost.add_user(email, roles=("me",), totp_secret=totp.generate_secret(), active_mfa_type="totp")
    name = email.partition("@")[0]
    nhost.add("user_providers", user_id=user_id, provider_id="github", provider_user_id=name, access_token="unset")
    nhost.add("user_security_keys", user_id=user_id, credential_id=name, credential_public_key=b"key")
    return user_id, nhost.add_token(user_id)[1]


def stored() -> dict[str, list[Any]]:
    """Every row of the project's database, but for the audit trail."""
    models: Iterator[type[Model]] = (model for model in apps.get_models() if model is not AuditEvent)
    return {model.__name__: list(model._base_manager.order_by("pk").values_list()) for model in models}


def fail_at(monkeypatch: pytest.MonkeyPatch, settings: Any, email: str) -> None:
    """Let the project's own code stumble over one user."""

    def build(**values: Any) -> Any:
        if values["email"] == email:
            raise RuntimeError("poisoned")
        return User(**values)

    monkeypatch.setattr("tests.imports.test_nhost.factory", build, raising=False)
    settings.AUTH_USER_FACTORY = "tests.imports.test_nhost.factory"


def test_report_counts_every_table(nhost: Nhost) -> None:
    for name in ("ann", "bob", "cyd"):
        add_somebody(nhost, f"{name}@example.com")
    printed = import_nhost(nhost, "--batch-size", "2")
    for table in TABLES:
        assert counts(printed, table) == {"read": 3, "imported": 3, "updated": 0, "here": 0, "skipped": 0}, table
    assert counts(printed, "roles") == {"read": 3, "imported": 0, "updated": 0, "here": 3, "skipped": 0}


def test_second_run_finds_everything_there(nhost: Nhost) -> None:
    add_somebody(nhost, "ann@example.com")
    import_nhost(nhost)
    before = stored()
    printed = import_nhost(nhost)
    for table in TABLES:
        assert counts(printed, table) == {"read": 1, "imported": 0, "updated": 0, "here": 1, "skipped": 0}, table
    assert stored() == before


def test_dry_run_reports_the_same_and_writes_nothing(nhost: Nhost, tmp_path: Path) -> None:
    for name in ("ann", "bob", "cyd"):
        add_somebody(nhost, f"{name}@example.com")
    nhost.execute("insert into auth.roles values ('boss')")
    nhost.add_user("dan@example.com", phone_number="x" * 65)
    before, files = stored(), [tmp_path / "dry", tmp_path / "wet"]
    dry = import_nhost(nhost, "--dry-run", "--batch-size", "2", "--report", str(files[0]))
    assert stored() == before
    wet = import_nhost(nhost, "--batch-size", "2", "--report", str(files[1]))
    assert dry == wet + "This was a dry run: nothing was written.\n"
    assert files[0].read_text() == files[1].read_text() != ""


@pytest.mark.django_db(transaction=True)
def test_run_that_is_stopped_keeps_whole_batches_and_goes_on(
    nhost: Nhost, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = sorted(add_somebody(nhost, f"{number}@example.com")[0] for number in range(5))
    poisoned = nhost.connection.execute("select email from auth.users where id = %s", [people[3]]).fetchone()
    assert poisoned is not None
    fail_at(monkeypatch, settings, poisoned[0])
    with pytest.raises(RuntimeError, match="poisoned"):
        import_nhost(nhost, "--batch-size", "2")
    assert sorted(Account.objects.values_list("pk", flat=True)) == people[:2]
    assert {model: model._base_manager.count() for model in (User, RefreshToken, SecurityKey, TotpDevice)} == {
        User: 2, RefreshToken: 2, SecurityKey: 2, TotpDevice: 2,
    }  # fmt: skip
    settings.AUTH_USER_FACTORY = ""
    printed = import_nhost(nhost, "--batch-size", "2")
    for table in TABLES:
        assert counts(printed, table) == {"read": 5, "imported": 3, "updated": 0, "here": 2, "skipped": 0}, table
    assert sorted(Account.objects.values_list("pk", flat=True)) == people


@pytest.mark.django_db(transaction=True)
def test_lost_connection_is_told_and_the_next_run_goes_on(
    nhost: Nhost, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More than the server hands over at once.
    nhost.execute(
        "insert into auth.users (email, locale) select n || '@example.com', 'en' from generate_series(1, 5000) n"
    )
    seen = []

    def build(**values: Any) -> Any:
        seen.append(values["email"])
        if len(seen) == 2001:
            nhost.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'auth_import_nhost' and datname = current_database()"
            )
        return User(**values)

    monkeypatch.setattr("tests.imports.test_nhost.factory", build, raising=False)
    settings.AUTH_USER_FACTORY = "tests.imports.test_nhost.factory"
    with pytest.raises(CommandError, match="run the command again"):
        import_nhost(nhost, "--batch-size", "1000")
    assert 2000 <= Account.objects.count() < 5000
    settings.AUTH_USER_FACTORY = ""
    import_nhost(nhost, "--batch-size", "1000")
    assert Account.objects.count() == User._base_manager.count() == 5000


def test_update_overwrites_with_what_nhost_has_now(api: Api, nhost: Nhost) -> None:
    user_id, _ = add_somebody(nhost, "ann@example.com")
    import_nhost(nhost)
    device, token = TotpDevice.objects.get(), RefreshToken.objects.get()
    nhost.change(
        user_id, email="Eve@example.com", display_name="Eve", metadata=json.dumps({"a": 1}), default_role="user"
    )
    nhost.change(user_id, password_hash=bcrypted("New-horse-3"), totp_secret=None, active_mfa_type=None, disabled=False)
    nhost.execute("update auth.user_roles set role = 'user'")
    nhost.execute("update auth.user_security_keys set nickname = 'blue', credential_id = 'other'")
    nhost.execute("update auth.refresh_tokens set refresh_token_hash = %s", "\\x" + "ab" * 32)
    _, newer = nhost.add_token(user_id)
    printed = import_nhost(nhost, "--update")
    assert counts(printed, "users") == {"read": 1, "imported": 0, "updated": 1, "here": 0, "skipped": 0}
    assert counts(printed, "refresh_tokens") == {"read": 2, "imported": 1, "updated": 1, "here": 0, "skipped": 0}
    user = api.sign_in("eve@example.com", "New-horse-3").user
    assert (user["displayName"], user["metadata"], user["roles"]) == ("Eve", {"a": 1}, ["user"])
    assert Account.objects.get().user.email == "Eve@example.com"
    assert not TotpDevice.objects.filter(pk=device.pk).exists()
    token.refresh_from_db()
    assert token.hash == "ab" * 32
    assert SecurityKey.objects.get().nickname == "blue"
    assert SecurityKey.objects.find("other") is not None
    assert api.post("/token", {"refreshToken": newer}).status == 200


def test_without_update_nothing_is_added_to_who_is_here(nhost: Nhost) -> None:
    user_id, _ = add_somebody(nhost, "ann@example.com")
    import_nhost(nhost)
    # Ended here: a second run must not bring them back.
    RefreshToken.objects.all().delete()
    TotpDevice.objects.all().delete()
    SecurityKey.objects.all().delete()
    AccountRole.objects.all().delete()
    provider_links.rows().all().delete()
    nhost.change(user_id, display_name="Eve")
    printed = import_nhost(nhost)
    assert "user-already-here 5" in printed
    assert Account.objects.get().display_name == ""
    assert not any(noun._default_manager.exists() for noun in (RefreshToken, TotpDevice, SecurityKey, AccountRole))


def test_skipped_rows_are_told_and_written_without_secrets(nhost: Nhost, tmp_path: Path, capsys: Any) -> None:
    bad = nhost.add_user("ann@example.com", totp_secret="f" * 80, active_mfa_type="totp", phone_number="+491")
    _, secret = nhost.add_token(bad)
    for number in range(24):
        nhost.add_user(f"{number}@example.com", phone_number="9" * 65 + str(number), roles=())
    printed = import_nhost(nhost, "--report", str(tmp_path / "skipped"))
    written = [json.loads(line) for line in (tmp_path / "skipped").read_text().splitlines()]
    assert {"table": "users", "row": str(bad), "reason": "totp-secret-unreadable"} in written
    assert [row["table"] for row in written if row["reason"] == "user-skipped"] == ["user_roles"] * 2 + [
        "refresh_tokens"
    ]
    assert len(written) == 24 + 4
    assert "Skipped: phone-number-too-long 24, user-skipped 3, totp-secret-unreadable 1\n" in printed
    assert "and 8 more" in printed
    everything = printed + json.dumps(written) + "".join(capsys.readouterr())
    for private in ("example.com", secret, bcrypted(), PASSWORD, "f" * 80, "9999999", "$2a$"):
        assert private not in everything, private


def test_thousands_of_users_take_few_statements(nhost: Nhost, django_assert_max_num_queries: Any) -> None:
    nhost.execute(
        "insert into auth.users (email, locale, password_hash)"
        " select n || '@example.com', 'en', %s from generate_series(1, 3000) n", bcrypted()
    )  # fmt: skip
    nhost.execute("insert into auth.user_roles (user_id, role) select id, 'me' from auth.users")
    nhost.execute(
        "insert into auth.refresh_tokens (user_id, expires_at, refresh_token_hash)"
        " select id, now() + '1 day', '\\x' || encode(sha256(id::text::bytea), 'hex') from auth.users"
    )
    # On SQLite Django cuts statements at 999 values.
    with django_assert_max_num_queries(100 if connection.vendor != "sqlite" else 1500):
        import_nhost(nhost, "--batch-size", "1000")
    assert Account.objects.count() == RefreshToken.objects.count() == AccountRole.objects.count() == 3000


def test_roles_of_nobody_come_too(nhost: Nhost) -> None:
    nhost.execute("insert into auth.roles values ('boss'), (%s)", "x" * 129)
    printed = import_nhost(nhost)
    assert counts(printed, "roles") == {"read": 5, "imported": 1, "updated": 0, "here": 3, "skipped": 1}
    assert Role.objects.filter(name="boss").exists()
