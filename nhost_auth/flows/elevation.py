"""Proof beyond a sign-in, asked for before sensitive changes (accounts.md 2.8)."""

from __future__ import annotations

from nhost_auth.conf import conf
from nhost_auth.flows.access_tokens import AccessToken

CLAIM = "x-hasura-auth-elevated"


def is_elevated(token: AccessToken) -> bool:
    """Whether a token carries the proof that AUTH_REQUIRE_ELEVATED_CLAIM asks for.

    `recommended` asks only those who have a way to give it; in this version nobody has. Other words ask everybody.
    """
    mode = conf.AUTH_REQUIRE_ELEVATED_CLAIM
    return mode in ("disabled", "recommended") or token.hasura.get(CLAIM) == token["sub"]
