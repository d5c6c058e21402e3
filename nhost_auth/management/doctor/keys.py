"""The keys that sign tokens: the pinned one, or those of the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import CannotDecrypt
from nhost_auth.infra.keyring import HMAC_ALGORITHMS, InvalidSecret, Key, from_secret
from nhost_auth.management.doctor.finding import Finding, error, ok, warning
from nhost_auth.models import SigningKey

SUBJECT = "keys"
LONGEST_USE = timedelta(days=365)
LEAST_RSA_BITS = 2048
State = SigningKey.State


def diagnose() -> Iterator[Finding]:
    return _pinned() if conf.HASURA_GRAPHQL_JWT_SECRET else _stored()


def _pinned() -> Iterator[Finding]:
    try:
        key = from_secret(conf.HASURA_GRAPHQL_JWT_SECRET, "", "").keys[0]
    except InvalidSecret as fault:
        yield error(SUBJECT, f"HASURA_GRAPHQL_JWT_SECRET cannot be used: {fault}.")
        return
    bits, least = _bits(key)
    if bits < least:
        yield error(
            SUBJECT,
            f"The key of HASURA_GRAPHQL_JWT_SECRET has {bits} bits, {key.algorithm} asks for {least} (RFC 7518).",
            "Whoever guesses it can sign in as anybody: make a random one.",
        )
    else:
        yield ok(SUBJECT, f"HASURA_GRAPHQL_JWT_SECRET pins one {key.algorithm} key of {bits} bits.")


def _bits(key: Key) -> tuple[int, int]:
    """The length of a pinned key, and the least that RFC 7518 allows (sections 3.2 and 3.3)."""
    if key.algorithm in HMAC_ALGORITHMS:
        return len(key.signing) * 8, int(key.algorithm.removeprefix("HS"))
    public: rsa.RSAPublicKey = key.verifying
    return public.key_size, LEAST_RSA_BITS


def _stored() -> Iterator[Finding]:
    keys = SigningKey.objects.with_states()
    by_state = {state: [key for key in keys if key.state == state] for state in State}
    if not by_state[State.ACTIVE]:
        yield warning(SUBJECT, "There is no signing key: the first request will make one.", "manage.py migrate")
    for key in keys:
        if key.state != State.RETIRED:
            yield from _usable(key)
    for key in by_state[State.RETIRING]:
        if key.verifies_until is None:
            hint = f"auth_keys retire {key.kid or key.pk}"
            yield warning(SUBJECT, f"{key} does not sign, and would verify for ever.", hint)
    if not by_state[State.NEXT]:
        yield from (_too_old(key) for key in by_state[State.ACTIVE] if timezone.now() > key.signs_from + _longest_use())
    if retired := by_state[State.RETIRED]:
        yield ok(SUBJECT, f"Retired and still stored: {len(retired)}.", "auth_keys prune")


def _usable(key: SigningKey) -> Iterator[Finding]:
    try:
        key.load()
    except CannotDecrypt:
        hint = "Bring its key back into AUTH_ENCRYPTION_KEY or SECRET_KEY_FALLBACKS; if it is lost: auth_keys retire."
        yield error(SUBJECT, f"{key} is {key.state}, but no configured key decrypts it.", hint)
    except ValueError:
        yield error(SUBJECT, f"{key} is {key.state}, but what was stored is no {key.algorithm} key.")
    else:
        yield ok(SUBJECT, f"{key} is {key.state}, signs from {key.signs_from:%Y-%m-%d %H:%M:%S %Z} on.")


def _too_old(key: SigningKey) -> Finding:
    days = (timezone.now() - key.signs_from).days
    return warning(SUBJECT, f"{key} has been signing for {days} days.", "auth_keys rotate, or AUTH_SIGNING_KEY_MAX_AGE")


def _longest_use() -> timedelta:
    age = conf.AUTH_SIGNING_KEY_MAX_AGE
    return timedelta(seconds=age) if age else LONGEST_USE
