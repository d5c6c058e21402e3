"""Access tokens with the claim that elevation gives, signed with the tests' own key (accounts.md 2.8)."""

from __future__ import annotations

from typing import Any

import jwt

from tests.conftest import Reply

NAMESPACE, CLAIM = "https://hasura.io/jwt/claims", "x-hasura-auth-elevated"


def elevated_token(settings: Any, reply: Reply, claim: Any = None) -> str:
    """The token of a session with the claim in it: the user's own id, or another value."""
    hasura = {**reply.hasura, CLAIM: reply.claims["sub"] if claim is None else claim}
    key = settings.HASURA_GRAPHQL_JWT_SECRET["key"]
    return jwt.encode({**reply.claims, NAMESPACE: hasura}, key, "HS256")
