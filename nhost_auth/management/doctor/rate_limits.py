"""Whether rate limits can be counted: without their storage one-time codes are refused and all else is unlimited."""

from __future__ import annotations

from collections.abc import Iterator

from nhost_auth.conf import conf
from nhost_auth.infra.rate_limits import MEMORY, InvalidStorage, limiter, storage_uri
from nhost_auth.management.doctor.finding import Finding, error, ok

SUBJECT = "rate limits"


def diagnose() -> Iterator[Finding]:
    uri = storage_uri()
    scheme = uri.partition("://")[0]
    if not conf.AUTH_RATE_LIMIT_ENABLE:
        yield ok(SUBJECT, "AUTH_RATE_LIMIT_ENABLE is off.")
    elif uri == MEMORY:
        yield ok(SUBJECT, "Each process counts for itself.")
    elif _answers(uri):
        yield ok(SUBJECT, f"The {scheme} storage answers.")
    else:
        yield error(
            SUBJECT, f"The {scheme} storage does not answer.", "AUTH_RATE_LIMIT_STORAGE: is its server running?"
        )


def _answers(uri: str) -> bool:
    try:
        return bool(limiter(uri).storage.check())
    except InvalidStorage:
        return False  # a system check says why
