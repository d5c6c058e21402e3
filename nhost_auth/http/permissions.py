"""Permissions for views of the host project whose requests BearerAuthentication or its stateless variant lets in.

They read the access token and ask no database. All refuse a request that was authenticated otherwise: with 401 and
`WWW-Authenticate` where nobody was, with 403 where somebody was. They combine by `&` and `|`, as DRF's own do; `~`
turns this refusal around too, so it stands beside another: `NotAnonymous & ~HasRole.named("banned")`.
"""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from nhost_auth.flows import elevation
from nhost_auth.flows.access_tokens import AccessToken


class TokenPermission(BasePermission):
    """Decides by the access token alone; a subclass says what has to stand in it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, AccessToken) and self.is_granted(request.auth)

    def is_granted(self, token: AccessToken) -> bool:
        raise NotImplementedError


class NotAnonymous(TokenPermission):
    """A signed-in user who is no anonymous guest of POST /signin/anonymous. 403 for guests, 401 without a token."""

    code = "forbidden-anonymous"
    message = "Anonymous users may not do this."

    def is_granted(self, token: AccessToken) -> bool:
        return not token.is_anonymous


class HasRole(TokenPermission):
    """The token allows one of some roles: `permission_classes = [HasRole.named("editor", "admin")]`.

    403 for a token that allows none of them, 401 without a token. A role that is given or taken away counts from the
    next token on. To ask for several at once, name each: `[HasRole.named("editor"), HasRole.named("admin")]`.
    """

    roles: frozenset[str] = frozenset()

    @classmethod
    def named(cls, role: str, *others: str) -> type[HasRole]:
        """The permission for whoever has at least one of these roles."""
        roles = (role, *others)
        return type(f"HasRole_{'_or_'.join(roles)}", (cls,), {"roles": frozenset(roles)})

    def is_granted(self, token: AccessToken) -> bool:
        return any(role in token.allowed_roles for role in self.roles)


class IsElevated(TokenPermission):
    """The token carries proof beyond a sign-in: its bearer went through one of the /elevate calls to get it.

    A refreshed token carries it no more. 403 for a token without it, 401 without a token, whatever
    AUTH_REQUIRE_ELEVATED_CLAIM says: that setting is about our own endpoints. GET /elevate tells a client which ways
    its user has.
    """

    code = "elevated-claim-required"
    message = "Elevated claim required."

    def is_granted(self, token: AccessToken) -> bool:
        return elevation.is_elevated(token)
