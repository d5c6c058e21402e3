"""The `auth_reencrypt` command, as operators change keys (identity.md 0.3)."""

from __future__ import annotations

import io
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from nhost_auth.models import AuditEvent, ProviderSession, TotpDevice
from tests.conftest import Api, account
from tests.endpoints.totp_app import code_of, enrol

FIRST, SECOND, THIRD = "0f" * 16, "a1" * 24, "5c" * 32
ANN, BOB, CAROL = "ann@example.com", "bob@example.com", "carol@example.com"


def printed(*arguments: str) -> dict[str, list[str]]:
    """Cells of the table by model: current, moved, changed meanwhile, unreadable."""
    out = io.StringIO()
    try:
        call_command("auth_reencrypt", *arguments, stdout=out)
    finally:
        rows = {cells[0]: cells[1:] for cells in map(str.split, out.getvalue().splitlines()[1:])}
    return rows


@pytest.fixture(autouse=True)
def mfa(settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = True


def has_second_factor(api: Api, email: str) -> str:
    return enrol(api, api.sign_up(email))


def signs_in(api: Api, email: str, secret: str) -> bool:
    ticket = api.sign_in(email).json["mfa"]["ticket"]
    return api.post("/signin/mfa/totp", {"ticket": ticket, "otp": code_of(secret)}).status == 200


def test_second_factors_of_three_generations_work_with_the_newest_key_alone(api: Api, settings: Any) -> None:
    secrets = {}
    for email, keys in ((ANN, FIRST), (BOB, [SECOND, FIRST]), (CAROL, [THIRD, SECOND, FIRST])):
        settings.AUTH_ENCRYPTION_KEY = keys
        secrets[email] = has_second_factor(api, email)
    assert printed("--batch-size", "1")["TotpDevice"] == ["1", "2", "0", "0"]
    settings.AUTH_ENCRYPTION_KEY = THIRD
    with time_machine.travel(timezone.now(), tick=False):
        assert [signs_in(api, email, secret) for email, secret in secrets.items()] == [True] * 3


def test_what_was_moved_is_in_the_audit_trail(api: Api, settings: Any) -> None:
    settings.AUTH_ENCRYPTION_KEY = FIRST
    has_second_factor(api, ANN)
    settings.AUTH_ENCRYPTION_KEY = [SECOND, FIRST]
    for arguments in (["--dry-run"], [], []):
        printed(*arguments)
    (event,) = AuditEvent.objects.filter(event="secrets_reencrypted")
    assert (event.actor, event.data) == ("command auth_reencrypt", {"count": 1})


def test_secrets_move_from_secret_key_to_a_key_of_their_own(api: Api, settings: Any) -> None:
    settings.AUTH_ENCRYPTION_KEY = ""
    secret = has_second_factor(api, ANN)
    settings.AUTH_ENCRYPTION_KEY = FIRST
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert signs_in(api, ANN, secret)  # also before it has moved
        assert printed()["TotpDevice"] == ["0", "1", "0", "0"]
        settings.SECRET_KEY = "another-" + "k" * 40
        clock.shift(30)
        assert signs_in(api, ANN, secret)


def test_every_encrypted_table_has_a_row(db: None) -> None:
    assert set(printed()) == {"ProviderSession", "ProviderVisit", "SigningKey", "TotpDevice"}


def test_dry_run_moves_nothing(api: Api, settings: Any) -> None:
    ProviderSession.objects.keep(account(api.sign_up()), "github", "7", {})
    settings.AUTH_ENCRYPTION_KEY = [FIRST, settings.AUTH_ENCRYPTION_KEY]
    assert printed("--dry-run") == printed("--dry-run")
    assert printed("--dry-run")["ProviderSession"] == ["0", "1", "0", "0"]
    assert printed()["ProviderSession"] == ["0", "1", "0", "0"]
    assert printed()["ProviderSession"] == ["1", "0", "0", "0"]


def test_rows_that_no_key_opens_are_named_and_fail_the_command(api: Api, settings: Any) -> None:
    has_second_factor(api, ANN)
    settings.AUTH_ENCRYPTION_KEY = FIRST
    has_second_factor(api, BOB)
    lost = TotpDevice.objects.get(user__email=ANN)
    with pytest.raises(CommandError) as failed:
        printed()
    assert failed.value.returncode == 1
    assert str(failed.value).splitlines() == [
        "No configured key opens these rows:",
        f"nhost_auth_totpdevice {lost.pk}",
    ]
