"""Apple: a form comes back instead of a query, and an ID token instead of a profile (identity.md 4.5)."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from typing import Any

import jwt
from social_core.backends.apple import AppleIdAuth

from nhost_auth.infra import id_tokens
from nhost_auth.infra.key_sets import KeysUnavailable
from nhost_auth.infra.providers.identity import Identity, NoProfile, member, text
from nhost_auth.infra.providers.provider import OAuth2Provider

SECRET_SECONDS = 300


class Apple(OAuth2Provider, AppleIdAuth[Any]):
    slug, link, settings = "apple", "apple-id", "APPLE"
    RESPONSE_TYPE = "code id_token"
    EXTRA = {"response_mode": "form_post"}

    def get_key_and_secret(self) -> tuple[str, str]:
        """The secret is a token that says who we are; it lives just long enough for one call."""
        now, client_id = int(time.time()), self.option("CLIENT_ID")
        claims = {
            "iss": self.option("TEAM_ID"),
            "sub": client_id,
            "aud": self.TOKEN_AUDIENCE,
            "iat": now,
            "exp": now + SECRET_SECONDS,
        }
        return client_id, jwt.encode(
            claims, private_key(self.option("PRIVATE_KEY")), algorithm="ES256", headers={"kid": self.option("KEY_ID")}
        )

    def auth_params(self, state: str | None = None) -> dict[str, str]:
        return {
            "client_id": self.option("CLIENT_ID"),
            "redirect_uri": self.get_redirect_uri(state),
            "state": state or "",
            "response_type": self.RESPONSE_TYPE,
        }

    def identify(self, access_token: str, found: dict[str, Any], answer: Mapping[str, str]) -> Identity:
        token = text_of_token(found.get("id_token")) or answer.get("id_token", "")
        try:
            claims = id_tokens.verify(token, id_tokens.APPLE, [self.option("CLIENT_ID")], None)
            identity = id_tokens.read(claims, id_tokens.APPLE)
        except (id_tokens.InvalidIdToken, KeysUnavailable) as error:
            raise NoProfile(type(error).__name__) from error
        return Identity(
            self.link,
            identity.user_id,
            email=identity.email,
            email_verified=identity.email_verified,
            name=_name(answer.get("user", "")) or identity.email,
        )


def private_key(configured: str) -> str:
    """PEM; also with its line ends written as \\n, or all of it in base64. Raises ValueError."""
    pem = configured.replace("\\n", "\n").strip()
    if pem.startswith("-----"):
        return pem
    try:
        return base64.b64decode(pem, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("neither PEM nor base64 of it") from error


def text_of_token(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _name(user: str) -> str:
    """Apple tells the name at the very first sign-in only, beside the token."""
    try:
        told = json.loads(user)
    except (ValueError, RecursionError):
        return ""
    first, last = (text(member(told, "name", part)) for part in ("firstName", "lastName"))
    return f"{first} {last}".strip()
