"""ID tokens of OpenID Connect providers: who issued them, to whom, and for which request (identity.md section 5)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import jwt
from django.utils.module_loading import import_string

from nhost_auth.conf import conf
from nhost_auth.infra.jwt import ensure_one_spelling
from nhost_auth.infra.key_sets import key_set
from nhost_auth.infra.providers.identity import Identity, NoProfile, text

LEEWAY_SECONDS = 30.0
MAX_LENGTH = 16384


class InvalidIdToken(Exception):
    """Not a token of this issuer for us; the cause says why."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens count. `algorithms` are pinned: what a token's header says of itself decides nothing."""

    link: str
    issuer: str
    keys_url: str
    algorithms: tuple[str, ...] = ("RS256",)
    email_required: bool = True
    links_by_email: bool = True


APPLE = Issuer("apple-id", "https://appleid.apple.com", "https://appleid.apple.com/auth/keys")
GOOGLE = Issuer("google-oauth2", "https://accounts.google.com", "https://www.googleapis.com/oauth2/v3/certs")
BUILT_IN = {"apple": APPLE, "google": GOOGLE}


def accepted(provider: str) -> tuple[Issuer, list[str]] | None:
    """Whose tokens a provider's are, and whom they have to be meant for; None where it is switched off."""
    if provider in BUILT_IN:
        audience = list(getattr(conf, f"AUTH_PROVIDER_{provider.upper()}_AUDIENCE"))
        return (BUILT_IN[provider], audience) if audience else None
    found: tuple[Issuer, list[str]] | None = import_string("nhost_auth.infra.providers.custom.accepted")(provider)
    return found


def verify(token: str, issuer: Issuer, audience: Collection[str], nonce: str | None) -> dict[str, Any]:
    """The claims of a good token. Raises InvalidIdToken, KeysUnavailable.

    `nonce` is the raw value whose SHA-256 the token has to carry in hex, if it carries any.
    """
    if len(token) > MAX_LENGTH:
        raise InvalidIdToken("too long")
    try:
        ensure_one_spelling(token)
        claims = _decode(token, issuer, audience)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise InvalidIdToken(type(error).__name__) from error
    aud = claims["aud"]
    if isinstance(aud, list) and len(aud) > 1 and claims.get("azp") not in audience:
        raise InvalidIdToken("made for somebody else first")  # OpenID Connect Core, section 3.1.3.7
    if "nonce" in claims:
        expected = hashlib.sha256((nonce or "").encode()).hexdigest()
        if not hmac.compare_digest(str(claims["nonce"]).encode(errors="replace"), expected.encode()):
            raise InvalidIdToken("nonce")
    return claims


def read(claims: dict[str, Any], issuer: Issuer) -> Identity:
    """The identity in verified claims. Raises InvalidIdToken for missing ones, NoProfile for an empty subject."""
    subject, email = claims.get("sub"), claims.get("email")
    if not isinstance(subject, str) or (issuer.email_required and not isinstance(email, str)):
        raise InvalidIdToken("sub or email")
    if subject != text(subject):
        raise InvalidIdToken("sub that could be stored only as another one")
    if not subject:
        raise NoProfile("sub")
    return Identity(
        issuer.link,
        subject,
        email=text(email),
        email_verified=claims.get("email_verified") is True,
        name=text(claims.get("name")),
        picture=text(claims.get("picture")),
        links_by_email=issuer.links_by_email,
    )


def _decode(token: str, issuer: Issuer, audience: Collection[str]) -> dict[str, Any]:
    kid = jwt.get_unverified_header(token).get("kid")
    key = key_set(issuer.keys_url).find(kid) if isinstance(kid, str) else None
    if key is None:
        raise InvalidIdToken("unknown key")
    return jwt.decode(
        token,
        key.key,
        algorithms=list(issuer.algorithms),
        audience=list(audience),
        issuer=issuer.issuer,
        leeway=LEEWAY_SECONDS,
        options={"require": ["exp", "iss", "aud"], "enforce_minimum_key_length": True},
    )
