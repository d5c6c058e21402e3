"""Permissions for views of the host project that use BearerAuthentication."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from nhost_auth.flows.access_tokens import AccessToken


class IsRegularUser(BasePermission):
    """A signed-in user who is no anonymous guest."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, AccessToken) and not request.auth.is_anonymous


class HasRole(BasePermission):
    """The token allows a role: `permission_classes = [HasRole.named("editor")]`."""

    role = ""

    @classmethod
    def named(cls, role: str) -> type[HasRole]:
        return type(f"HasRole_{role}", (cls,), {"role": role})

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, AccessToken) and self.role in request.auth.allowed_roles
