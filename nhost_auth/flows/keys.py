"""The keyring in force: the pinned HASURA_GRAPHQL_JWT_SECRET, or else the signing keys of the database.

Parsed keys are kept in the process: a pinned secret until the setting changes, database keys for AUTH_KEYRING_TTL
seconds, so that a rotation reaches every process without a restart.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from nhost_auth.conf import conf
from nhost_auth.infra.jwt import KeyringBackend
from nhost_auth.infra.keyring import Keyring, from_secret
from nhost_auth.models import SigningKey

# Names an RSA key in the JWKS where the secret gives it no kid: another name in every process, as at Nhost.
_published_kid = str(uuid.uuid4())
_kept: tuple[object, float, KeyringBackend] | None = None


def backend() -> KeyringBackend:
    """The token backend over the keyring in force. Raises keyring.InvalidSecret for an unusable secret."""
    global _kept
    secret, issuer = conf.HASURA_GRAPHQL_JWT_SECRET, conf.AUTH_SERVER_URL
    fingerprint = (secret, issuer)
    if _kept is None or _kept[0] != fingerprint or _kept[1] < time.monotonic():
        if secret:
            keyring, life = from_secret(secret, issuer, _published_kid), float("inf")
        else:
            keyring, life = _from_database(issuer), float(conf.AUTH_KEYRING_TTL)
        _kept = (fingerprint, time.monotonic() + life, KeyringBackend(keyring))
    return _kept[2]


@receiver([post_save, post_delete], sender=SigningKey, dispatch_uid="nhost_auth.keys.forget")
def forget(**_: Any) -> None:
    """Read the keys anew at the next use."""
    global _kept
    _kept = None


def _from_database(issuer: str) -> Keyring:
    stored = list(SigningKey.objects.all()) or [SigningKey.objects.generate(conf.AUTH_SIGNING_ALGORITHM)]
    return Keyring(tuple(key.load() for key in stored), issuer)
