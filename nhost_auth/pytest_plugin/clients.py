"""Test clients that send an account's access token."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol, Self, TypeVar

from django.test import Client, TestCase
from rest_framework.test import APIClient

from nhost_auth.flows import access_tokens
from nhost_auth.models import Account

AnyClient = TypeVar("AnyClient", covariant=True)


class ClientFactory(Protocol[AnyClient]):
    def __call__(
        self, account: Account | None = None, *, elevated: bool = False, roles: Collection[str] | None = None
    ) -> AnyClient: ...


class Committing:
    """What waits for the commit happens after each request, though the test's transaction is never committed."""

    @classmethod
    def of(
        cls, account: Account | None = None, *, elevated: bool = False, roles: Collection[str] | None = None
    ) -> Self:
        """A client that sends the account's access token; nobody's without an account."""
        if account is None:
            return cls()
        return cls(HTTP_AUTHORIZATION=f"Bearer {_access_token(account, elevated, roles)}")  # type: ignore[call-arg]

    def request(self, **request: Any) -> Any:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return super().request(**request)  # type: ignore[misc]


class SignedInClient(Committing, Client):
    """A django.test.Client with a bearer token."""


class ApiClient(Committing, APIClient):
    """REST framework's client with a bearer token."""


def _access_token(account: Account, elevated: bool, roles: Collection[str] | None) -> str:
    if roles is None:
        roles = account.roles.values_list("name", flat=True)
    return access_tokens.issue(account, sorted({*roles, account.default_role_id}), elevated=elevated)
