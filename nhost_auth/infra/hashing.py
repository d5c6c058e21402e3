"""Turns at hashing passwords. Each fills 19 MiB: a flood of sign-ins must not run as many as there are threads."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from nhost_auth.conf import conf
from nhost_auth.infra.rate_limits import TRY_AGAIN, TooManyRequests

logger = logging.getLogger("nhost_auth.passwords")

WAIT = 10.0
"""Seconds after which who waits for a turn is sent away: their browser has given up, or soon will."""


class NoTurn(TooManyRequests):
    """So many passwords wait to be hashed that this one is not."""

    status = 503


class _Taken:
    count = 0


_turns = Condition()


@contextmanager
def turn() -> Iterator[None]:
    """One of AUTH_PASSWORD_HASHES_AT_ONCE turns of this process. Raises NoTurn after WAIT seconds without one."""
    with _turns:
        if not _turns.wait_for(_is_free, WAIT):
            logger.warning("Too many passwords wait to be hashed: a request was refused")
            raise NoTurn(TRY_AGAIN)
        _Taken.count += 1
    try:
        yield
    finally:
        with _turns:
            _Taken.count -= 1
            _turns.notify()


def _is_free() -> bool:
    most = conf.AUTH_PASSWORD_HASHES_AT_ONCE
    return not most or _Taken.count < most
