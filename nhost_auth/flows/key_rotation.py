"""Changing the signing keys of the database, without a token refused (configuration.md 2.5)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.flows import audit, keys
from nhost_auth.infra.crypto import CannotDecrypt, decrypt
from nhost_auth.infra.keyring import HMAC_ALGORITHMS, from_secret
from nhost_auth.models import SigningKey

LONGEST_PUBLISH_AHEAD = 30 * 24 * 60 * 60
"""Seconds that an operator may let a key wait: more is a slip of the finger, and no rotation is possible meanwhile."""


class KeysStay(Exception):
    """The keys cannot be changed like this; the message says why and what to do instead."""


def rotate(algorithm: str, *, publish_ahead: timedelta, default_issuer: bool = False) -> SigningKey:
    """A new key: published at once, signing from `publish_ahead` on; the old one verifies until its last token expired.

    Its tokens name the issuer of the key before, with `default_issuer` AUTH_SERVER_URL. Where a new key waits already
    and `publish_ahead` is zero, that one signs now. Raises KeysStay.
    """
    ensure_unpinned()
    SigningKey.objects.ensure_one()
    active, *others = SigningKey.objects.in_force()
    signs_from = timezone.now() + publish_ahead
    waiting = next((key for key in others if key.signs_from > timezone.now()), None)
    if waiting is not None:
        return _bring_forward(waiting, now=not publish_ahead)
    frame = {"issuer": ""} if default_issuer else {}
    made = SigningKey.objects.succeed(active, algorithm, signs_from=signs_from, **frame)
    if made is None:
        raise KeysStay("Another rotation was begun at this moment.")
    _tell("signing_key_rotated", made)
    return made


def retire(key: SigningKey) -> None:
    """Believe a key no more, at once: its tokens are refused. For one that became known. Raises KeysStay."""
    ensure_unpinned()
    active = SigningKey.objects.in_force()[:1]
    if [key] == active:
        raise KeysStay("This key signs. Let another sign first: auth_keys rotate --publish-ahead 0")
    if not SigningKey.objects.retire(key):
        raise KeysStay("This key is retired already.")
    _tell("signing_key_retired", key)


def prune() -> int:
    """Delete the retired keys; how many."""
    count, _ = SigningKey.objects.filter(verifies_until__lte=timezone.now()).delete()
    if count:
        transaction.on_commit(partial(audit.note, "signing_keys_pruned", count=count))
    return count


def adopt_pinned() -> SigningKey:
    """Take HASURA_GRAPHQL_JWT_SECRET into the database, so that the setting can go and no token is refused.

    Raises KeysStay where there is no secret or its key is here, InvalidSecret where it cannot be used.
    """
    secret = conf.HASURA_GRAPHQL_JWT_SECRET
    if not secret:
        raise KeysStay("HASURA_GRAPHQL_JWT_SECRET is not set.")
    keyring = from_secret(secret, conf.AUTH_SERVER_URL, "")
    algorithm = keyring.keys[0].algorithm
    material = str(secret["key" if algorithm in HMAC_ALGORITHMS else "signing_key"])
    if material in _materials():
        raise KeysStay("The key of HASURA_GRAPHQL_JWT_SECRET is in the database already.")
    key = SigningKey.objects.adopt(
        algorithm,
        material,
        kid=keyring.keys[0].kid or "",
        issuer="" if keyring.issuer == conf.AUTH_SERVER_URL else keyring.issuer,
        namespace=keyring.namespace,
    )
    _tell("signing_key_adopted", key)
    return key


def ensure_unpinned() -> None:
    """Raises KeysStay where a setting pins the key."""
    if conf.HASURA_GRAPHQL_JWT_SECRET:
        raise KeysStay("HASURA_GRAPHQL_JWT_SECRET pins the key. First: auth_keys adopt, then take the setting out.")


def _bring_forward(waiting: SigningKey, *, now: bool) -> SigningKey:
    if not now or not SigningKey.objects.bring_forward(waiting):
        raise KeysStay(
            f"The key {waiting} signs from {waiting.signs_from:%Y-%m-%d %H:%M:%S %Z} on. "
            "To let it sign now: --publish-ahead 0"
        )
    _tell("signing_key_brought_forward", waiting)
    return SigningKey.objects.get(pk=waiting.pk)


def _materials() -> set[str]:
    found = set()
    for key in SigningKey.objects.all():
        try:
            found.add(decrypt(key.encrypted_key))
        except CannotDecrypt:
            continue
    return found


def _tell(event: str, key: SigningKey) -> None:
    """This process looks anew at once, others soon; both only after the change can be seen."""
    transaction.on_commit(keys.forget)
    transaction.on_commit(partial(audit.note, event, key=str(key)))
