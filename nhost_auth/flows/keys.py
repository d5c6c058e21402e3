"""The keyring in force: the pinned HASURA_GRAPHQL_JWT_SECRET, or else the signing keys of the database.

Parsed keys are kept in the process: a pinned secret until the setting changes, database keys for AUTH_KEYRING_TTL
seconds, so that a rotation reaches every process without a restart.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.flows import audit
from nhost_auth.infra.crypto import CannotDecrypt
from nhost_auth.infra.jwt import KeyringBackend, named_kid
from nhost_auth.infra.keyring import Key, Keyring, from_secret
from nhost_auth.models import SigningKey

logger = logging.getLogger("nhost_auth.keys")

LOOK_AGAIN_AFTER = 1.0
"""Seconds between two looks at the database for the sake of a token: strangers must not make us read all the time."""


class Kept(NamedTuple):
    fingerprint: object
    until: float
    backend: KeyringBackend


# Names an RSA key in the JWKS where the secret gives it no kid: another name in every process, as at Nhost.
_published_kid = str(uuid.uuid4())
_kept: Kept | None = None
_looks_from = 0.0


def backend() -> KeyringBackend:
    """The token backend over the keyring in force. Raises keyring.InvalidSecret for an unusable secret."""
    global _kept
    secret, issuer = conf.HASURA_GRAPHQL_JWT_SECRET, conf.AUTH_SERVER_URL
    fingerprint = (secret, issuer)
    if _kept is None or _kept.fingerprint != fingerprint or _kept.until < time.monotonic():
        if secret:
            keyring, life = from_secret(secret, issuer, _published_kid), float("inf")
        else:
            keyring, life = _from_database(issuer), float(conf.AUTH_KEYRING_TTL)
        # Of unchanged keys the backend stays: it remembers tokens that it has verified.
        known = _kept.backend if _kept is not None and _kept.backend.keyring == keyring else KeyringBackend(keyring)
        _kept = Kept(fingerprint, time.monotonic() + life, known)
    return _kept.backend


def looked_again(token: str, tried: KeyringBackend) -> bool:
    """Whether the keys were read anew since `tried`, because a token names one that this process had not seen yet."""
    global _looks_from
    if _kept is None or _kept.backend is not tried:
        return True  # another thread was first
    if conf.HASURA_GRAPHQL_JWT_SECRET or time.monotonic() < _looks_from:
        return False
    kid = named_kid(token)
    if kid is None or any(key.kid == kid for key in _kept.backend.keyring.keys):
        return False
    forget()
    _looks_from = time.monotonic() + LOOK_AGAIN_AFTER
    return True


@receiver([post_save, post_delete], sender=SigningKey, dispatch_uid="nhost_auth.keys.forget")
def forget(**_: Any) -> None:
    """Read the keys anew at the next use."""
    global _kept, _looks_from
    _kept, _looks_from = None, 0.0


def _from_database(issuer: str) -> Keyring:
    stored = SigningKey.objects.in_force() or [SigningKey.objects.generate(conf.AUTH_SIGNING_ALGORITHM)]
    if _is_due(stored):
        stored = _rotated(stored)
    keys = (stored[0].load(issuer), *_readable(stored[1:], issuer))
    return Keyring(keys, keys[0].issuer, keys[0].namespace)


def _readable(stored: list[SigningKey], issuer: str) -> Iterator[Key]:
    """Those that can be decrypted: one that cannot, which does not sign, must not stop all sign-ins."""
    for key in stored:
        try:
            yield key.load(issuer)
        except CannotDecrypt:
            logger.error("The signing key %s cannot be decrypted: its tokens are refused", key)


def _is_due(stored: list[SigningKey]) -> bool:
    """Whether AUTH_SIGNING_KEY_MAX_AGE asks for another key, and none waits yet."""
    age, now = conf.AUTH_SIGNING_KEY_MAX_AGE, timezone.now()
    none_waits = all(key.signs_from <= now for key in stored)
    return bool(age) and none_waits and now > stored[0].signs_from + timedelta(seconds=age)


def _rotated(stored: list[SigningKey]) -> list[SigningKey]:
    """The keys with one more; of the processes that notice the age at once, one makes it."""
    ahead = timedelta(seconds=conf.AUTH_SIGNING_KEY_PUBLISH_AHEAD)
    made = SigningKey.objects.succeed(stored[0], conf.AUTH_SIGNING_ALGORITHM, signs_from=timezone.now() + ahead)
    if made is not None:
        audit.note("signing_key_rotated", key=str(made), reason="age")
    return SigningKey.objects.in_force()
