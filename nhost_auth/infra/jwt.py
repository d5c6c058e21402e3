"""simplejwt's token interface over our own keyring.

simplejwt knows one key, no `kid`, and reads the host's SIMPLE_JWT; here the keyring decides and nothing of the
host's settings is looked at. What it gives us is the interface Django projects know: a token that is a mapping of
claims, and a backend that encodes and decodes.
"""

from __future__ import annotations

import json
import time
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any

import jwt
from jwt.utils import base64url_decode, base64url_encode
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken, TokenError
from rest_framework_simplejwt.tokens import Token

from nhost_auth.infra.keyring import Key, Keyring

__all__ = ["KeyringBackend", "KeyringToken", "TokenError", "named_kid"]


REMEMBERED = 1024
"""Tokens, of each process."""


def named_kid(token: str) -> str | None:
    """The key a token says it was signed with; nothing of it is verified."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
        return None
    return kid if isinstance(kid, str) else None


def ensure_one_spelling(token: str) -> None:
    """Raises ValueError for Base64 that RFC 7515 section 2 does not know: padding, other letters, stray bits.

    PyJWT lets some of it pass, and one token must not have several texts.
    """
    if any(base64url_encode(base64url_decode(part)).decode() != part for part in token.split(".")):
        raise ValueError("not base64url")


class KeyringBackend(TokenBackend):
    """Signs with the first key of a keyring, verifies with all (accounts.md 2.3, RFC 8725).

    Clients show the same token with every request until it expires. Those that were shown last are remembered, for a
    text that these keys have signed stays one; when it expires is looked at each time.
    """

    def __init__(self, keyring: Keyring) -> None:
        super().__init__(keyring.keys[0].algorithm, issuer=keyring.issuer)
        self.keyring = keyring
        self._verified = lru_cache(REMEMBERED)(partial(self._verify, check=True))

    def encode(self, payload: dict[str, Any]) -> str:
        return self.keyring.sign(payload)

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """The claims. Raises TokenBackendError, or its subclass for a token that has only expired."""
        try:
            read = self._verified if verify else partial(self._verify, check=False)
            claims: dict[str, Any] = json.loads(read(str(token)))
            if verify and int(claims["exp"]) <= time.time():
                raise jwt.ExpiredSignatureError
            return claims
        except jwt.ExpiredSignatureError as error:
            raise TokenBackendExpiredToken("Token is expired") from error
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError) as error:
            raise TokenBackendError("Token is invalid") from error

    def decode_expired(self, token: str) -> dict[str, Any]:
        """The claims of a token whose time may be over; all else is looked at. Raises TokenError."""
        try:
            claims: dict[str, Any] = json.loads(self._verify(token, check=True, expired=True))
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError) as error:
            raise TokenError("Token is invalid") from error
        return claims

    def _verify(self, token: str, *, check: bool, expired: bool = False) -> str:
        """The claims as JSON: whoever gets them may change their own copy."""
        ensure_one_spelling(token)
        # Of the header alone: PyJWT looks at every letter of what it is given.
        header = jwt.get_unverified_header(token.partition(".")[0] + "..")
        keys = self.keyring.candidates(header.get("kid"))
        return json.dumps(self._decode_with(keys, token, check, {"verify_exp": False} if expired else {}))

    def _decode_with(self, keys: tuple[Key, ...], token: Any, verify: bool, options: Any) -> dict[str, Any]:
        for key in keys[:-1]:
            try:
                return self._decode(key, token, verify, options)
            except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
                continue
        return self._decode(keys[-1], token, verify, options)

    def _decode(self, key: Key, token: Any, verify: bool, options: Any) -> dict[str, Any]:
        # The algorithm is the key's, never the token's: a public key is no HMAC secret.
        return jwt.decode(
            token,
            key.verifying,
            algorithms=[key.algorithm],
            issuer=key.issuer or self.keyring.issuer,
            options=options | {"require": ["exp"], "verify_aud": False, "verify_signature": verify},
        )


class KeyringToken(Token):
    """A simplejwt token without the claims and rules that SIMPLE_JWT would add."""

    token_type = "access"  # noqa: S105 - simplejwt's name for the kind of token
    lifetime = timedelta()

    def verify(self) -> None:
        """Nothing beyond what the backend has checked: Nhost's tokens carry no jti and no type."""
