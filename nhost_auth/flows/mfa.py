"""The second factor: enrolling, turning it on and off, the step after the password (identity.md section 2).

Recovery codes, which are ours and not Nhost's, are taken wherever a code of the active factor is.
"""

from __future__ import annotations

from functools import partial

from django.db import transaction

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.errors import (
    DisabledEndpoint,
    DisabledMfaTotp,
    InvalidTicket,
    InvalidTotp,
    NoTotpSecret,
    TotpAlreadyActive,
)
from nhost_auth.flows import policy
from nhost_auth.infra import totp
from nhost_auth.models import Account, RecoveryCode, RecoveryDevice, Ticket, TotpDevice
from nhost_auth.models.recovery_codes import is_recovery_code


def is_enabled() -> bool:
    """Both names of the switch serve."""
    return conf.AUTH_MFA_ENABLED or conf.AUTH_TOTP_ENABLED


def ensure_enabled() -> None:
    """Raises DisabledEndpoint."""
    if not is_enabled():
        raise DisabledEndpoint


def enrol(account: Account) -> tuple[str, str]:
    """A new secret in base32 and its QR code as a data: URL; an active one stays as it is."""
    if not account.has_totp:
        # Whoever had this session before must not keep a way past the factor that is being set up now.
        RecoveryDevice.objects.filter(user=account.user).delete()
    secret = totp.generate_secret()
    device = _find(account, confirmed=False) or TotpDevice(user=account.user, name="TOTP", confirmed=False)
    device.set_secret(secret)
    device.save()
    name = account.email or account.display_name or str(account.pk)
    issuer = conf.AUTH_TOTP_ISSUER or conf.AUTH_MFA_TOTP_ISSUER
    return secret, totp.qr_image(totp.provisioning_uri(secret, account=name, issuer=issuer))


def activate(account: Account, code: str) -> None:
    """Turn the second factor on. Raises TotpAlreadyActive, NoTotpSecret, InvalidTotp.

    An active one has to be turned off by its own code first: a bearer token alone must not put another in its place.
    """
    if account.has_totp:
        raise TotpAlreadyActive
    pending = _find(account, confirmed=False)
    if pending is None:
        raise NoTotpSecret
    _ensure_code(pending, code)
    _keep_only(pending, confirmed=True)
    transaction.on_commit(partial(signals.mfa_changed.send_robust, Account, account=account, active=True))


def deactivate(account: Account, code: str) -> None:
    """Turn the second factor off, by a recovery code too; its secret is kept, as at Nhost.

    Raises DisabledMfaTotp, InvalidTotp.
    """
    _keep_only(prove(account, code), confirmed=False)
    transaction.on_commit(partial(signals.mfa_changed.send_robust, Account, account=account, active=False))


def remove(account: Account) -> None:
    """Take the second factor away without a code of it, its secret and the recovery codes too: an operator's rescue."""
    with transaction.atomic():
        removed = TotpDevice.objects.filter(user=account.user, confirmed=True).delete()[0]
        TotpDevice.objects.filter(user=account.user).delete()
        RecoveryDevice.objects.filter(user=account.user).delete()
    if removed:
        transaction.on_commit(partial(signals.mfa_changed.send_robust, Account, account=account, active=False))


def complete(secret: str, code: str) -> Account:
    """The account of a ticket whose second factor the code proves. The ticket is spent whatever comes after.

    Raises InvalidTicket, what policy.ensure_valid raises, DisabledMfaTotp, InvalidTotp.
    """
    of_kind = secret.startswith(f"{Ticket.Kind.MFA_TOTP}:")
    ticket = Ticket.objects.consume(secret) if of_kind else None
    account = Account.objects.get_with_roles(pk=ticket.account_id) if ticket else None
    if account is None:
        raise InvalidTicket
    policy.ensure_valid(account)
    prove(account, code)
    return account


def prove(account: Account, code: str) -> TotpDevice:
    """Use up a code of the active second factor, or a recovery code. Raises DisabledMfaTotp, InvalidTotp."""
    device = _find(account, confirmed=True)
    if device is None:
        raise DisabledMfaTotp
    if is_recovery_code(code):
        _recover(account, code)
    else:
        _ensure_code(device, code)
    return device


def issue_recovery_codes(account: Account) -> list[str]:
    """Ten new recovery codes in the place of all earlier ones; good once the second factor is active.

    Raises NoTotpSecret where there is nothing they could stand in for.
    """
    if not (account.has_totp or _find(account, confirmed=False)):
        raise NoTotpSecret
    codes = RecoveryDevice.objects.issue(account.user)
    transaction.on_commit(partial(signals.recovery_codes_generated.send_robust, Account, account=account))
    return codes


def count_recovery_codes(account: Account) -> int:
    """How many recovery codes are left."""
    return RecoveryCode.objects.filter(device__user=account.user).count()


def _recover(account: Account, code: str) -> None:
    device = RecoveryDevice.objects.filter(user=account.user, confirmed=True).first()
    if device is None or not device.verify_token(code):
        raise InvalidTotp
    remaining = device.codes.count()
    used = signals.recovery_code_used
    transaction.on_commit(partial(used.send_robust, Account, account=account, remaining=remaining))


def _find(account: Account, *, confirmed: bool) -> TotpDevice | None:
    found: TotpDevice | None = TotpDevice.objects.filter(user=account.user, confirmed=confirmed).order_by("-pk").first()
    return found


def _keep_only(device: TotpDevice, *, confirmed: bool) -> None:
    """The recovery codes go with the factor: off, they are gone; on, those asked for beforehand are good."""
    with transaction.atomic():
        TotpDevice.objects.filter(user_id=device.user_id).exclude(pk=device.pk).delete()
        TotpDevice.objects.filter(pk=device.pk).update(confirmed=confirmed)
        if confirmed:
            RecoveryDevice.objects.confirm(device.user_id)
        else:
            RecoveryDevice.objects.filter(user=device.user_id).delete()


def _ensure_code(device: TotpDevice, code: str) -> None:
    if not device.verify_token(code):
        raise InvalidTotp
