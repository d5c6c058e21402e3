"""The tokens that applications get: what stands in them (identity.md 7.5; OpenID Connect Core 2, 3.1.3.6)."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Any

from nhost_auth.conf import conf
from nhost_auth.flows import keys
from nhost_auth.flows.access_tokens import SESSION_CLAIM, claims
from nhost_auth.models import Account, OAuth2RefreshToken
from nhost_auth.oauth2.scopes import granted_roles, person_claims


def answer(
    account: Account, token: OAuth2RefreshToken, secret: str, *, auth_time: datetime, nonce: str
) -> dict[str, Any]:
    """The answer of the token endpoint, with an ID token where `openid` was asked for (RFC 6749 section 5.1)."""
    lifetime = token.client.access_token_lifetime or conf.AUTH_OAUTH2_PROVIDER_ACCESS_TOKEN_TTL
    keyring, scope = keys.backend().keyring, " ".join(token.scopes)
    of_client = {"aud": token.client_id, SESSION_CLAIM: str(token.pk)}
    roles, default_role = granted_roles(account, token.scopes)
    access_token = keyring.sign(
        {**claims(keyring, account, roles, default_role, lifetime=lifetime), **of_client, "scope": scope}
    )
    found = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "refresh_token": secret,
        "scope": scope,
    }
    if "openid" in token.scopes:
        told = {
            "auth_time": int(auth_time.timestamp()),
            "at_hash": _half_hash(access_token, keyring.keys[0].algorithm),
            **({"nonce": nonce} if nonce else {}),
            **person_claims(account, token.scopes),
        }
        found["id_token"] = keyring.sign({**claims(keyring, account, [], "", lifetime=lifetime), **of_client, **told})
    return found


def _half_hash(token: str, algorithm: str) -> str:
    """The left half of a token's hash by the algorithm that signs the ID token (OpenID Connect Core 3.1.3.6)."""
    # Ed25519 hashes by SHA-512 itself; of the others the name tells.
    bits = algorithm[2:] if algorithm[2:].isdigit() else "512"
    hashed = hashlib.new(f"sha{bits}", token.encode()).digest()
    return base64.urlsafe_b64encode(hashed[: len(hashed) // 2]).rstrip(b"=").decode()
