"""Passwords: the rules for new ones, hashing, comparing (accounts.md 1.13)."""

from __future__ import annotations

import logging
import unicodedata
from functools import partial
from secrets import token_urlsafe
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.hashers import (
    UNUSABLE_PASSWORD_PREFIX,
    BasePasswordHasher,
    get_hasher,
    is_password_usable,
    verify_password,
)
from django.contrib.auth.password_validation import password_changed, validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.errors import InvalidRequest, PasswordInHibpDatabase, PasswordRefused, PasswordTooShort
from nhost_auth.hashers import Argon2idHasher
from nhost_auth.infra import hibp
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.infra.hashing import turn
from nhost_auth.infra.outbound import OutboundError
from nhost_auth.models import Account, RefreshToken, Ticket

logger = logging.getLogger("nhost_auth.passwords")

BCRYPT_MAX_BYTES = 72
FORM: Final = "NFC"
"""One form for what looks the same: keyboards differ in how they compose accents (NIST SP 800-63B-4 3.1.1)."""


def ensure_acceptable(password: str, user: Any) -> None:
    """The rules for a new password: Nhost's, then those of the host's AUTH_PASSWORD_VALIDATORS, which are given `user`.

    Raises PasswordTooShort, InvalidRequest, PasswordInHibpDatabase, PasswordRefused, and OutboundError when the leak
    database cannot be asked and AUTH_PASSWORD_HIBP_FAIL_OPEN is off.
    """
    if len(password.encode()) < conf.AUTH_PASSWORD_MIN_LENGTH:
        raise PasswordTooShort
    if preferred_hasher().algorithm == "bcrypt" and _too_long_for_bcrypt(unicodedata.normalize(FORM, password)):
        raise InvalidRequest
    if conf.AUTH_PASSWORD_HIBP_ENABLED and _is_leaked(password):
        raise PasswordInHibpDatabase
    try:
        validate_password(password, user)
    except ValidationError as error:
        too_short = any(fault.code == "password_too_short" for fault in error.error_list)
        raise PasswordTooShort if too_short else PasswordRefused(" ".join(error.messages)) from None


def _is_leaked(password: str) -> bool:
    try:
        return hibp.is_pwned(password)
    except OutboundError as error:
        if not conf.AUTH_PASSWORD_HIBP_FAIL_OPEN:
            raise
        logger.warning("The leak database cannot be asked, a password was taken without it: %s", error)
        return False


@turn()
def hash_new(password: str) -> str:
    """The hash of an acceptable password, as the host's user stores it. Raises NoTurn."""
    hasher = preferred_hasher()
    return hasher.encode(unicodedata.normalize(FORM, password), hasher.salt())


def replace(account: Account, password: str) -> None:
    """Give an account an acceptable new password.

    In one step all its sessions end, and the reset links under way; personal access tokens stay (accounts.md 3.19)
    unless AUTH_PASSWORD_CHANGE_REVOKES_PATS.
    """
    account.user.password = hash_new(password)
    _store(account)
    password_changed(password, account.user)
    transaction.on_commit(partial(signals.password_changed.send_robust, Account, account=account))


@one_transaction
def _store(account: Account) -> None:
    ending = list(RefreshToken.Kind) if conf.AUTH_PASSWORD_CHANGE_REVOKES_PATS else [RefreshToken.Kind.REGULAR]
    account.user.save(update_fields=["password"])
    account.refresh_tokens.filter(kind__in=ending).delete()
    account.oauth2_refresh_tokens.all().delete()
    # Codes that wait to be exchanged too.
    account.oauth2_requests.filter(code_used_at=None).update(expires_at=timezone.now())
    account.oauth2_device_requests.update(expires_at=timezone.now())
    account.tickets.filter(kind=Ticket.Kind.PASSWORD_RESET).delete()


def unusable() -> str:
    """What stands in place of a hash where there is no password; it matches none.

    As by `make_password(None)`, which draws letter by letter.
    """
    return UNUSABLE_PASSWORD_PREFIX + token_urlsafe(30)


@turn()
def matches(account: Account | None, password: str) -> bool:
    """Whether the password is the account's. An old or weaker hash is replaced on success. Raises NoTurn.

    Costs the same where there is no account or no password: how long an answer takes must not tell who exists.
    """
    normalized, hasher = unicodedata.normalize(FORM, password), preferred_hasher()
    stored = account.user.password if account is not None else ""
    cut = stored.startswith("bcrypt$") and _too_long_for_bcrypt(normalized)
    if account is None or not stored or not is_password_usable(stored) or cut:
        hasher.encode(normalized, hasher.salt())
        return False
    right, outdated = verify_password(normalized, stored, preferred=hasher)  # type: ignore[arg-type]
    if right and outdated:
        account.user.password = hasher.encode(normalized, hasher.salt())
        account.user.save(update_fields=["password"])
    return right


def _too_long_for_bcrypt(password: str) -> bool:
    """bcrypt looks at 72 bytes; what it would silently cut is refused."""
    return len(password.encode()) > BCRYPT_MAX_BYTES


def preferred_hasher() -> BasePasswordHasher:
    """The hasher of new passwords.

    A project that sets PASSWORD_HASHERS has chosen; Django's own default would take ten times as long as Argon2id
    with OWASP's parameters.
    """
    if conf.AUTH_PASSWORD_HASHER:
        return import_string(conf.AUTH_PASSWORD_HASHER)()  # type: ignore[no-any-return]
    if settings.is_overridden("PASSWORD_HASHERS"):  # type: ignore[misc]
        return get_hasher("default")
    return Argon2idHasher()
