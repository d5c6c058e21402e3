"""Password hashes of other systems in the form Django stores them, each such that a sign-in cannot stumble over it."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec

from django.contrib.auth.hashers import (
    BasePasswordHasher,
    get_hashers_by_algorithm,
    identify_hasher,
    is_password_usable,
)

from nhost_auth.flows import passwords
from nhost_auth.hashers import ModularCryptHasher

BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|1\d|20)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}")
"""The last letter of a salt carries two bits; bcrypt raises for others. More than 2^20 rounds would block a sign-in."""
SALTED = ("salt", "hash", "checksum")


class UnusableHash(Exception):
    """A hash that no sign-in could use; the message is the reason that the report gives."""


def to_django(text: str) -> str:
    """What the host's user stores for a hash in a Django hasher's or in modular crypt format. Raises UnusableHash.

    An empty one, and Django's marks of an unusable one, become a password that nothing matches.
    """
    if not text or not is_password_usable(text):
        return passwords.unusable()
    if text.startswith("$2"):
        return _checked(f"bcrypt${text}")
    if text.startswith("$argon2"):
        return _checked(f"argon2{text}")
    return _checked(f"{ModularCryptHasher.algorithm}{text}" if text.startswith("$") else text)


def has_hasher(algorithm: str) -> bool:
    """Whether PASSWORD_HASHERS knows hashes of an algorithm and the library behind them is installed."""
    hasher = get_hashers_by_algorithm().get(algorithm)
    return hasher is not None and _has_library(hasher)


def _checked(encoded: str) -> str:
    try:
        hasher = identify_hasher(encoded)
    except ValueError:
        named = re.match(r"[a-z0-9_]+\$", encoded)
        raise UnusableHash("password-hasher-missing" if named else "password-hash-unknown") from None
    if not _has_library(hasher):
        raise UnusableHash("password-library-missing")
    if encoded.startswith("bcrypt") and not BCRYPT.fullmatch(encoded.partition("$")[2]):
        raise UnusableHash("password-hash-malformed")
    try:
        decoded = hasher.decode(encoded)
        shape = repr({name: len(part) if name in SALTED else part for name, part in decoded.items()})
        _ensure_verifiable(shape, encoded)
    except (AssertionError, LookupError, TypeError, ValueError, OverflowError):
        raise UnusableHash("password-hash-malformed") from None
    return encoded


_tried: set[str] = set()


def _ensure_verifiable(shape: str, encoded: str) -> None:
    """Verify once for each set of costs: some that can be written down no library works with (scrypt's memory)."""
    if shape not in _tried:
        identify_hasher(encoded).verify("", encoded)
        _tried.add(shape)


@lru_cache
def _has_module(name: str) -> bool:
    return find_spec(name) is not None


def _has_library(hasher: BasePasswordHasher) -> bool:
    library = hasher.library
    if library is None:
        return True
    return _has_module((library if isinstance(library, str) else library[-1]).partition(".")[0])
