"""Accounts for tests, stored as sign-up stores them."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from typing import Any, Protocol

from nhost_auth.conf import conf
from nhost_auth.flows import accounts, passwords, policy
from nhost_auth.flows.policy import Profile
from nhost_auth.models import Account
from nhost_auth.models.roles import ANONYMOUS

_numbers = itertools.count(1)


class AccountFactory(Protocol):
    def __call__(
        self,
        email: str | None = None,
        *,
        password: str | None = None,
        verified: bool = True,
        roles: Collection[str] | None = None,
        default_role: str | None = None,
        anonymous: bool = False,
        disabled: bool = False,
        phone_number: str | None = None,
        display_name: str = "",
        locale: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> Account: ...


def make_account(
    email: str | None = None,
    *,
    password: str | None = None,
    verified: bool = True,
    roles: Collection[str] | None = None,
    default_role: str | None = None,
    anonymous: bool = False,
    disabled: bool = False,
    phone_number: str | None = None,
    display_name: str = "",
    locale: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Account:
    """A stored account with its user and roles. Raises UserAlreadyExists for an address that is taken.

    `roles` may be any, also such as the settings give to nobody; the default role belongs to them. Left out, they are
    those of a new user, or of a guest where `anonymous`. `verified` is about the address and the phone number.
    """
    default_role = default_role or (ANONYMOUS if anonymous else conf.AUTH_USER_DEFAULT_ROLE)
    if roles is None:
        roles = () if anonymous else policy.configured_roles()
    if email is None and not anonymous:
        email = f"user{next(_numbers)}@example.com"
    account = accounts.store(
        Profile(
            display_name=display_name or email or "",
            locale=locale or conf.AUTH_LOCALE_DEFAULT,
            default_role=default_role,
            allowed_roles=tuple(dict.fromkeys((*roles, default_role))),
            metadata=metadata,
            redirect_to="",
        ),
        method=ANONYMOUS if anonymous else "email-password",
        email=email,
        password_hash=passwords.hash_new(password) if password is not None else None,
        email_verified=verified,
    )
    if phone_number is not None:
        account.phone_number, account.phone_number_verified = phone_number, verified
        account.save(update_fields=["phone_number", "phone_number_verified"])
    if account.disabled != disabled:  # AUTH_DISABLE_NEW_USERS is about strangers
        account.user.is_active = not disabled
        account.user.save()
    return account
