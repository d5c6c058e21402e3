"""Mails about changes of an account, to proven addresses (ASVS 6.3.7): who did not make one can act.

They follow the signals: whoever makes the change, its owner, an operator or a command, it is told of.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.flows import notify
from nhost_auth.models import Account

CHANGES = {
    signals.identity_linked: "provider",
    signals.password_changed: "password",
    signals.personal_access_token_created: "personal-access-token",
    signals.phone_number_changed: "phone-number",
    signals.recovery_code_used: "recovery-code-used",
    signals.recovery_codes_generated: "recovery-codes",
    signals.security_key_added: "security-key-added",
    signals.security_key_removed: "security-key-removed",
}


def _tell(change: str, account: Account, **_: Any) -> None:
    # An address that nobody has proven may be a stranger's.
    if conf.AUTH_EMAIL_CHANGE_NOTICES and account.email and account.email_verified:
        notify.account_changed(account, change, to=account.email)


def _tell_of_mfa(account: Account, active: bool, **_: Any) -> None:
    _tell("second-factor-on" if active else "second-factor-off", account)


def _tell_of_email(account: Account, old_email: str | None, **_: Any) -> None:
    """The old address too: a thief has the new one."""
    if conf.AUTH_EMAIL_CHANGE_NOTICES and account.email:
        for address in filter(None, (old_email, account.email)):
            notify.account_changed(account, "email", to=address, new_email=account.email)


for _signal, _change in CHANGES.items():
    _signal.connect(partial(_tell, _change), weak=False, dispatch_uid="nhost_auth.change_notices")
signals.mfa_changed.connect(_tell_of_mfa, dispatch_uid="nhost_auth.change_notices")
signals.email_changed.connect(_tell_of_email, dispatch_uid="nhost_auth.change_notices")
