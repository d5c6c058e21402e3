"""Who may come in and with what: access lists, valid users, toggles, sign-up options (accounts.md 1.8-1.11)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Container
from dataclasses import dataclass
from typing import Any, NoReturn

from nhost_auth.conf import conf
from nhost_auth.errors import (
    AuthError,
    DefaultRoleMustBeInAllowedRoles,
    DisabledEndpoint,
    DisabledUser,
    ForbiddenAnonymous,
    InvalidEmailPassword,
    RoleNotAllowed,
    SignupDisabled,
    UnverifiedUser,
)
from nhost_auth.flows import audit
from nhost_auth.flows.redirects import ensure_redirect
from nhost_auth.models import Account
from nhost_auth.models.accounts import NO_ADDRESS_DOMAIN


@dataclass(frozen=True, slots=True)
class Profile:
    """Sign-up options after every check and default."""

    display_name: str
    locale: str
    default_role: str
    allowed_roles: tuple[str, ...]
    metadata: dict[str, Any] | None
    redirect_to: str


def ensure_roles_allowed(roles: Collection[str]) -> None:
    """Raises RoleNotAllowed for a role that the settings do not give out."""
    if not set(roles) <= set(configured_roles()):
        raise RoleNotAllowed


def ensure_open(toggle: str) -> None:
    """The switch an endpoint stands behind. Raises SignupDisabled or DisabledEndpoint (accounts.md 3.0)."""
    if toggle == "AUTH_DISABLE_SIGNUP":
        if conf.AUTH_DISABLE_SIGNUP:
            raise SignupDisabled
    elif not getattr(conf, toggle):
        raise DisabledEndpoint


def registers_unknown() -> bool:
    """Whether signing in makes an account for an unknown address. Raises SignupDisabled where that may be told."""
    if conf.AUTH_DISABLE_AUTO_SIGNUP or (conf.AUTH_CONCEAL_ACCOUNTS and conf.AUTH_DISABLE_SIGNUP):
        return False
    ensure_open("AUTH_DISABLE_SIGNUP")
    return True


def email_allowed(email: str) -> bool:
    """The access lists (accounts.md 1.9).

    Allow-lists compare exactly, as Nhost does; block-lists ignore case, or capitals would lift a ban.
    """
    parts = email.split("@")
    if len(parts) != 2:
        return False
    domain = parts[1]
    if domain.lower() == NO_ADDRESS_DOMAIN:
        return False
    if email.lower() in [blocked.lower() for blocked in conf.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS]:
        return False
    if email in conf.AUTH_ACCESS_CONTROL_ALLOWED_EMAILS:
        return True
    if domain.lower() in [blocked.lower() for blocked in conf.AUTH_ACCESS_CONTROL_BLOCKED_EMAIL_DOMAINS]:
        return False
    if domain in conf.AUTH_ACCESS_CONTROL_ALLOWED_EMAIL_DOMAINS:
        return True
    return not (conf.AUTH_ACCESS_CONTROL_ALLOWED_EMAILS or conf.AUTH_ACCESS_CONTROL_ALLOWED_EMAIL_DOMAINS)


def ensure_email_allowed(email: str) -> None:
    """Raises InvalidEmailPassword, which tells nothing about the lists."""
    if not email_allowed(email):
        raise InvalidEmailPassword


def ensure_valid(account: Account, *, tolerate: Container[type[AuthError]] = ()) -> None:
    """Raises the first thing that stands against the account (accounts.md 1.8, design.md section 9).

    The e-mail checks concern only accounts that have an e-mail address.
    """
    audit.about(account.pk)
    email, verify = account.email, conf.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED
    faults = (
        (InvalidEmailPassword, email and not account.is_anonymous and not email_allowed(email)),
        (DisabledUser, not account.user.is_active),
        (UnverifiedUser, email and verify and not account.email_verified),
        (ForbiddenAnonymous, account.is_anonymous),
    )
    for error, applies in faults:
        if applies and error not in tolerate:
            raise error


def refuse_unknown(email: str) -> NoReturn:
    """For nobody what `ensure_valid` is for an account, so that it takes as long. Raises InvalidEmailPassword."""
    email_allowed(email)
    raise InvalidEmailPassword


def ensure_enabled(account: Account) -> None:
    """Raises DisabledUser."""
    audit.about(account.pk)
    if account.disabled:
        raise DisabledUser


def ensure_profile(options: dict[str, Any] | None, *, default_name: str) -> Profile:
    """Check sign-up options in the order of accounts.md 1.11 and fill in what they leave out.

    Raises RedirectToNotAllowed, RoleNotAllowed, DefaultRoleMustBeInAllowedRoles.
    """
    given = options or {}
    redirect_to = ensure_redirect(given.get("redirect_to"))
    allowed = tuple(dict.fromkeys(given.get("allowed_roles", configured_roles())))
    ensure_roles_allowed(allowed)
    default_role = given.get("default_role", conf.AUTH_USER_DEFAULT_ROLE)
    if default_role not in allowed:
        raise DefaultRoleMustBeInAllowedRoles
    return Profile(
        display_name=given.get("display_name", default_name),
        locale=allowed_locale(given.get("locale")),
        default_role=default_role,
        allowed_roles=allowed,
        metadata=given.get("metadata"),
        redirect_to=redirect_to,
    )


def configured_roles() -> tuple[str, ...]:
    """The roles a new user may have; the default role always belongs to them."""
    return tuple(dict.fromkeys([*conf.AUTH_USER_DEFAULT_ALLOWED_ROLES, conf.AUTH_USER_DEFAULT_ROLE]))


def allowed_locale(locale: str | None) -> str:
    """`locale` if it is among the allowed ones, else silently the default."""
    known = locale in conf.AUTH_LOCALE_ALLOWED_LOCALES
    return locale if known and locale is not None else conf.AUTH_LOCALE_DEFAULT


def avatar_url(email: str) -> str:
    """The Gravatar of an address (accounts.md 1.14); empty where that is switched off."""
    if not conf.AUTH_GRAVATAR_ENABLED:
        return ""
    # MD5 is what Gravatar addresses pictures by; nothing secret depends on it.
    digest = hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()
    return f"https://www.gravatar.com/avatar/{digest}?d={conf.AUTH_GRAVATAR_DEFAULT}&r={conf.AUTH_GRAVATAR_RATING}"
