"""What a thief of the database has: every value of every row, and how a secret may stand in one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from django.apps import apps

from nhost_auth.pytest_plugin.authenticator import decode

Rows = list[tuple[str, bytes]]
BARE = ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b")


def dump() -> Rows:
    """Each value in lower case, for case hides nothing, with the name of its column."""
    return [
        (f"{model._meta.label}.{column}", stored.lower())
        for model in apps.get_models(include_auto_created=True)
        for row in model._base_manager.values()
        for column, value in row.items()
        for stored in _written(value)
    ]


def _written(value: Any) -> list[bytes]:
    if value is None or isinstance(value, bool | date | time | timedelta):  # a datetime is a date
        return []
    if isinstance(value, bytes | memoryview):
        return [bytes(value)]
    if isinstance(value, uuid.UUID):
        return [str(value).encode(), value.hex.encode()]
    return [(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode()]


def places(rows: Rows, secret: str, *, digests: bool = False) -> set[str]:
    """The columns in which a secret stands in whatever encoding and, if asked, its bare digest."""
    readings = _readings(secret)
    if digests:
        readings |= {hashlib.new(name, raw).digest() for raw in readings for name in BARE}
    everything = b"\n".join(stored for _, stored in rows)
    needles = {form.lower() for raw in readings for form in _forms(raw)}
    found = [needle for needle in needles if _stands_in(needle, everything)]
    return {name for name, stored in rows for needle in found if _stands_in(needle, stored)}


def _stands_in(needle: bytes, stored: bytes) -> bool:
    if needle.isdigit():  # a few digits may stand in a longer number by chance
        return re.search(rb"(?<![0-9a-z])" + needle + rb"(?![0-9a-z])", stored) is not None
    return needle in stored


def _forms(raw: bytes) -> Iterator[bytes]:
    yield raw
    yield raw.hex().encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode, base64.b32encode, base64.b85encode):
        yield encode(raw).rstrip(b"=")


def _readings(secret: str) -> set[bytes]:
    """A secret as it is, without its label or dashes, and the bytes it stands for."""
    texts = {secret, secret.rpartition(":")[2], secret.rpartition(".")[2]}
    texts |= {re.sub(r"[\s-]", "", text) for text in texts}
    found = {text.encode() for text in texts}
    for text in texts:
        for read in (decode, bytes.fromhex, _from_base32):
            try:
                found.add(read(text))
            except ValueError:
                continue
    return {raw for raw in found if len(raw) > 5}


def _from_base32(text: str) -> bytes:
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
