"""Whether the default cache works, and whether all processes see the same one: counters in it hold for all then."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache

from nhost_auth.management.doctor.finding import Finding, error, ok, warning

SUBJECT = "cache"
HINT = "CACHES: Redis, Memcached or the database"
SECONDS = 30
NOT_SHARED = (
    (DummyCache, "keeps nothing"),
    (LocMemCache, "is another one in every process"),
    (FileBasedCache, "is another one on every machine"),
)


def diagnose() -> Iterator[Finding]:
    cache = caches["default"]
    name = type(cache).__name__
    limits = [limit for kind, limit in NOT_SHARED if isinstance(cache, kind)]
    yield from (warning(SUBJECT, f"{name} {limit}.", HINT) for limit in limits)
    if isinstance(cache, DummyCache):
        return
    key, value = f"nhost_auth.doctor.{secrets.token_hex(8)}", secrets.token_hex(8)
    cache.set(key, value, SECONDS)
    kept = cache.get(key) == value
    cache.delete(key)
    if not kept:
        yield error(SUBJECT, f"{name} does not give back what it was given.", "Is its server running?")
    elif not limits:
        yield ok(SUBJECT, f"{name} works, and all processes share it.")
