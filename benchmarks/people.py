"""People of a filled database: what they are called and which secrets they hold follows from their number.

Each thing is written twice, for Python, which signs in with it, and as SQL of a column `n`, which stores it.
"""

from __future__ import annotations

import hashlib
import uuid

PAT_EVERY = 10
"""Whose number leaves 1 over has a personal access token too."""
SECOND_FACTOR = 3
"""Whose number ends so has TOTP on."""
EMAIL = "'user' || n || '@example.com'"


def email(number: int) -> str:
    return f"user{number}@example.com"


def key(kind: str, number: int) -> str:
    """A UUID of somebody: his `account`, or his secret for `refresh` or `pat`."""
    return str(uuid.UUID(hex=hashlib.md5(f"{kind}{number}".encode()).hexdigest()))


def key_in_sql(kind: str) -> str:
    return f"md5('{kind}' || n)::uuid"


def hash_in_sql(kind: str) -> str:
    """What nhost_auth.infra.crypto.digest makes of a secret."""
    return f"encode(sha256(convert_to({key_in_sql(kind)}::text, 'UTF8')), 'hex')"


def has_second_factor(number: int) -> bool:
    """Whether a password leads to another question instead of a session."""
    return number % 10 == SECOND_FACTOR
