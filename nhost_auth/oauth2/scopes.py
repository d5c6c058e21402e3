"""What an application may ask for, and what it learns of somebody by it (identity.md 7.2, 7.3, 7.6)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nhost_auth.models import Account, OAuth2Client
from nhost_auth.oauth2_errors import AccessDenied, InvalidScope

ROLE = "graphql:role:"
CLAIMS = {
    "profile": ("name", "picture", "locale"),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
}
"""OpenID Connect Core 5.4, as far as accounts have them."""


def ensure_allowed(client: OAuth2Client, scope: str) -> list[str]:
    """The scopes of a request, each once. Raises InvalidScope."""
    scopes = list(dict.fromkeys(scope.split(" ")))
    for name in scopes:
        if not client.allows_scope(name):
            raise InvalidScope(f'Scope "{_printable(name)}" not allowed for this client')
    if "graphql" in scopes and _roles(scopes):
        raise InvalidScope('"graphql" and "graphql:role:..." scopes are mutually exclusive')
    return scopes


def ensure_roles(account: Account, scopes: Collection[str]) -> None:
    """Raises AccessDenied where an application asks for a role that the account has not got."""
    if not set(_roles(scopes)) <= set(_own_roles(account)):
        raise AccessDenied("User does not have the requested role")


def granted_roles(account: Account, scopes: Collection[str]) -> tuple[list[str], str]:
    """The roles that an application may act in, and the default one; none without a scope for them."""
    asked = _roles(scopes)
    if asked:
        return asked, asked[0]
    return (_own_roles(account), account.default_role_id) if "graphql" in scopes else ([], "")


def person_claims(account: Account, scopes: Collection[str]) -> dict[str, Any]:
    """What an application learns of somebody; what they do not have is left out."""
    known = {
        "name": account.display_name,
        "picture": account.avatar_url,
        "locale": account.locale,
        "email": account.email,
        "email_verified": account.email_verified if account.email else None,
        "phone_number": account.phone_number,
        "phone_number_verified": account.phone_number_verified if account.phone_number else None,
    }
    told = [claim for scope, claims in CLAIMS.items() if scope in scopes for claim in claims]
    return {claim: known[claim] for claim in told if known[claim] not in (None, "")}


def _own_roles(account: Account) -> list[str]:
    """As in a session: the default one always belongs to them."""
    return list(dict.fromkeys([*account.role_names, account.default_role_id]))


def _roles(scopes: Collection[str]) -> list[str]:
    return [scope.removeprefix(ROLE) for scope in scopes if scope.startswith(ROLE)]


def _printable(name: str) -> str:
    return "".join(
        character for character in name if character.isascii() and character.isprintable() and character not in '"\\'
    )[:100]
