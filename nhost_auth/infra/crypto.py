"""Digests of secrets that only have to be recognised, encryption of those that must be read again."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.crypto import salted_hmac

from nhost_auth.conf import conf
from nhost_auth.hashers import Argon2idHasher
from nhost_auth.infra.hashing import turn

NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """No configured key opens the stored text: keys were dropped too early, or the row was tampered with."""


def digest(secret: str) -> str:
    """SHA-256 as lower-case hex. For secrets of 122 random bits or more: salt and stretching add nothing there."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed_digest(purpose: str, *parts: str) -> str:
    """HMAC-SHA-256 under SECRET_KEY as hex, for short secrets that a stolen database must not give away."""
    return _hmac(settings.SECRET_KEY, purpose, parts)


def keyed_digests(purpose: str, *parts: str) -> list[str]:
    """What `keyed_digest` gives, and gave under the keys of SECRET_KEY_FALLBACKS."""
    return [_hmac(key, purpose, parts) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _hmac(key: str | bytes, purpose: str, parts: tuple[str, ...]) -> str:
    return salted_hmac(f"nhost_auth.{purpose}", "\0".join(parts), secret=key, algorithm="sha256").hexdigest()


@turn()
def stretched_digest(secret: str, salt: str) -> str:
    """Argon2id as hex, at the cost of a password. For long-lived secrets too short for `digest`. Raises NoTurn.

    No key goes in, so that they outlive a change of SECRET_KEY.
    """
    cost = Argon2idHasher
    return hash_secret_raw(
        secret.encode(), salt.encode(), cost.time_cost, cost.memory_cost, cost.parallelism, 32, Type.ID
    ).hex()


def encrypt(text: str) -> str:
    """AES-GCM under the first key: hex of nonce, ciphertext and tag (identity.md 0.3)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return (nonce + _ciphers()[0].encrypt(nonce, text.encode(), None)).hex()


def decrypt(stored: str) -> str:
    """What `encrypt` was given, under any configured key. Raises CannotDecrypt."""
    return _open(stored)[1]


def reencrypted(stored: str) -> str | None:
    """The same text under the first key; None where it is so already. Raises CannotDecrypt."""
    place, text = _open(stored)
    return encrypt(text) if place else None


def _open(stored: str) -> tuple[int, str]:
    """The place of the key that opens a stored text, 0 for the first, and the text."""
    for place, cipher in enumerate(_ciphers()):
        try:
            data = bytes.fromhex(stored)
            return place, cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], None).decode()
        except (InvalidTag, ValueError):
            continue
    raise CannotDecrypt


def _ciphers() -> list[AESGCM]:
    configured = [_cipher(key) for key in conf.AUTH_ENCRYPTION_KEY]
    # Behind them too: what was stored before AUTH_ENCRYPTION_KEY was set is read until auth_reencrypt has moved it.
    derived = [_derived_cipher(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return configured + derived


@lru_cache
def _cipher(key: str) -> AESGCM:
    return AESGCM(bytes.fromhex(key))


@lru_cache
def _derived_cipher(secret_key: str) -> AESGCM:
    derivation = HKDF(hashes.SHA256(), length=32, salt=None, info=b"nhost_auth.encryption")
    return AESGCM(derivation.derive(secret_key.encode()))
