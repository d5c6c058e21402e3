"""Nhost's users and their second factors: nobody loses one, nobody gets one that cannot be asked."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.infra import totp
from nhost_auth.infra.crypto import encrypt
from nhost_auth.models import Account, RecoveryDevice, TotpDevice
from tests.conftest import Api
from tests.imports.importing import counts, import_nhost
from tests.imports.nhost_database import PASSWORD, Nhost

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hashers")]

UNREADABLE = ["ab" * 40, "not base32!", "0189" * 13, "=", "ab" * 32 + "c"]


@pytest.mark.parametrize("secret", UNREADABLE)
def test_user_whose_second_factor_cannot_be_read_is_left_out_with_all_that_is_theirs(nhost: Nhost, secret: str) -> None:
    user_id = nhost.add_user(totp_secret=secret, active_mfa_type="totp")
    nhost.add_token(user_id)
    printed = import_nhost(nhost)
    assert f"users {user_id}: totp-secret-unreadable" in printed
    assert counts(printed, "users") == {"read": 1, "imported": 0, "updated": 0, "here": 0, "skipped": 1}
    assert counts(printed, "refresh_tokens")["skipped"] == 1
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("kind", "secret", "reason"),
    [
        ("totp", None, "totp-secret-missing"),
        ("totp", "", "totp-secret-missing"),
        ("sms", None, "second-factor-unknown"),
        ("sms", "A" * 52, "second-factor-unknown"),
    ],
)
def test_factor_that_could_not_be_asked_here_keeps_its_user_out(
    nhost: Nhost, kind: str, secret: str | None, reason: str
) -> None:
    user_id = nhost.add_user(totp_secret=secret, active_mfa_type=kind)
    assert f"users {user_id}: {reason}" in import_nhost(nhost)
    assert not Account.objects.exists()


def test_user_here_is_not_touched_when_the_factor_cannot_be_read_any_more(nhost: Nhost) -> None:
    user_id = nhost.add_user(totp_secret=totp.generate_secret(), active_mfa_type="totp")
    import_nhost(nhost)
    nhost.change(user_id, totp_secret="ab" * 40, display_name="Eve")
    import_nhost(nhost, "--update")
    assert TotpDevice.objects.get().confirmed is True
    assert Account.objects.get().display_name == ""


def test_secret_that_was_not_confirmed_stays_so(api: Api, nhost: Nhost) -> None:
    nhost.add_user(totp_secret=totp.generate_secret(), active_mfa_type=None)
    import_nhost(nhost)
    assert TotpDevice.objects.get().confirmed is False
    assert api.sign_in(password=PASSWORD).status == 200


def test_unreadable_secret_without_effect_is_left_out_alone(nhost: Nhost) -> None:
    user_id = nhost.add_user(totp_secret="ab" * 40)
    printed = import_nhost(nhost)
    assert f"totp_secrets {user_id}: totp-secret-unreadable" in printed
    assert counts(printed, "totp_secrets") == {"read": 1, "imported": 0, "updated": 0, "here": 0, "skipped": 1}
    assert Account.objects.exists()
    assert not TotpDevice.objects.exists()


def test_secret_is_stored_encrypted_under_the_first_key(nhost: Nhost, settings: Any) -> None:
    secret, ours = totp.generate_secret(), settings.AUTH_ENCRYPTION_KEY
    settings.AUTH_ENCRYPTION_KEY = ["cd" * 32]
    nhost.add_user(totp_secret=encrypt(secret), active_mfa_type="totp")
    settings.AUTH_ENCRYPTION_KEY = [ours, "cd" * 32]
    import_nhost(nhost)
    settings.AUTH_ENCRYPTION_KEY = [ours]
    device = TotpDevice.objects.get()
    assert device.secret == secret
    assert secret not in device.encrypted_secret


def test_update_with_the_same_secret_keeps_which_codes_are_spent(nhost: Nhost) -> None:
    secret = totp.generate_secret()
    user_id = nhost.add_user(totp_secret=secret, active_mfa_type="totp")
    import_nhost(nhost)
    TotpDevice.objects.update(last_step=77)
    import_nhost(nhost, "--update")
    assert TotpDevice.objects.get().last_step == 77
    other = totp.generate_secret()
    nhost.change(user_id, totp_secret=other)
    import_nhost(nhost, "--update")
    assert (TotpDevice.objects.get().last_step, TotpDevice.objects.get().secret) == (-1, other)


def test_factor_that_is_off_at_nhost_is_off_after_an_update_with_its_recovery_codes(nhost: Nhost) -> None:
    secret = totp.generate_secret()
    user_id = nhost.add_user(totp_secret=secret, active_mfa_type="totp")
    import_nhost(nhost)
    RecoveryDevice.objects.issue(Account.objects.get().user)
    nhost.change(user_id, active_mfa_type=None)
    import_nhost(nhost, "--update")
    assert TotpDevice.objects.get().confirmed is False
    assert not RecoveryDevice.objects.exists()


def test_update_replaces_a_secret_that_no_key_opens(nhost: Nhost) -> None:
    secret = totp.generate_secret()
    nhost.add_user(totp_secret=secret, active_mfa_type="totp")
    import_nhost(nhost)
    TotpDevice.objects.update(encrypted_secret="ab" * 80)
    import_nhost(nhost, "--update")
    assert TotpDevice.objects.get().secret == secret


@pytest.mark.parametrize("damaged", ["$2a$10$short", "plain text", "$2a$31$" + "a" * 53, "$1$x"])
def test_damaged_password_is_none_and_told(api: Api, nhost: Nhost, damaged: str) -> None:
    user_id = nhost.add_user(password_hash=damaged)
    printed = import_nhost(nhost)
    assert f"passwords {user_id}: password-hash-" in printed or f"passwords {user_id}: password-hasher-" in printed
    assert damaged not in printed
    assert counts(printed, "users")["imported"] == 1
    assert api.sign_in(password=PASSWORD).outcome == (401, "invalid-email-password")


def test_json_null_is_no_metadata(nhost: Nhost) -> None:
    user_id = nhost.add_user()
    nhost.execute("update auth.users set metadata = 'null'")
    for arguments in ((), ("--update",)):
        import_nhost(nhost, *arguments)
        assert Account.objects.filter(pk=user_id, metadata__isnull=True).exists()
