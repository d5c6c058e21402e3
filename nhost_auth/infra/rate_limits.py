"""Counters of rate limits: in process memory, Redis or memcached, by the `limits` library (docs/adr/0010).

A sliding window: what the window before had counts for as much of it as still lies within the interval. Refused
requests are not counted (configuration.md 6.3).
"""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, ClassVar, TypeVar

from limits import RateLimitItemPerSecond
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from nhost_auth.conf import conf

logger = logging.getLogger("nhost_auth.rate_limits")

Answer = TypeVar("Answer")
MEMORY = "memory://"
SCHEMES = ("memory", "memcached", "redis", "rediss", "redis+unix")
TIMEOUT = 0.5
"""Seconds a storage may take to connect and to answer: every request waits for it."""
PAUSE = 1.0
"""Seconds in which a storage that failed is not asked again: waiting for it would hold up every process."""
SLACK = 0.001
"""Seconds: remainders of the clock are not exact, and who comes a moment too early has waited for nothing."""
LOG_INTERVAL = 60.0
TRY_AGAIN = 5
"""Seconds told to who is refused because of an outage."""
IPV6_NETWORK = 64
"""Bits that a provider gives to one customer; the other 64 are the customer's to choose."""


_opening = Lock()


class TooManyRequests(Exception):
    """A limit refuses: an empty 429, and after how many seconds to come again (configuration.md 6.2)."""

    status: ClassVar[int] = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class CannotCount(TooManyRequests):
    """The storage cannot be asked, and what is wanted may not pass uncounted."""

    status = 503


class InvalidStorage(Exception):
    """AUTH_RATE_LIMIT_STORAGE cannot be used. The text never holds it: it may have a password."""


class StorageUnavailable(Exception):
    """The storage cannot be asked; it has been logged."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` hits in `interval` seconds; parts of a second are rounded up."""

    name: str
    burst: int
    interval: float

    @property
    def item(self) -> RateLimitItemPerSecond:
        namespace = conf.AUTH_RATE_LIMIT_MEMCACHE_PREFIX + self.name
        return RateLimitItemPerSecond(self.burst, max(1, math.ceil(self.interval)), namespace)


class ProcessMemory(MemoryStorage):
    """The library's own looks, compares and counts in steps between which other threads slip in."""

    STORAGE_SCHEME = []

    def __init__(self) -> None:
        super().__init__()
        self._turn = Lock()

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._turn:
            return bool(super().acquire_sliding_window_entry(key, limit, expiry, amount))


class Outage:
    """Since when the storage has not been asked, and when that was last said; times of `time.time()`."""

    resume_at = 0.0
    logged_at = 0.0


def hit(limit: Limit, key: str) -> bool:
    """Count one more for `key` if the limit allows it; whether it does. Raises StorageUnavailable."""
    return _ask(lambda limiter: limiter.hit(limit.item, key))


def retry_after(limit: Limit, key: str) -> int:
    """Whole seconds until the limit, which refused just now, allows one more. Raises StorageUnavailable."""
    item = limit.item
    before, before_ends, current, current_ends = _ask(
        lambda limiter: limiter.storage.get_sliding_window(item.key_for(key), item.get_expiry())  # type: ignore[attr-defined]
    )
    interval, burst = item.get_expiry(), limit.burst
    if burst < 1:
        return interval
    if current < burst:
        seconds = before_ends - (burst - current) * interval / max(before, 1)
    else:
        # The current window has to become the one before, and to lose weight then.
        seconds = current_ends - interval * burst / current
    return max(1, math.floor(float(seconds) + SLACK) + 1)


def network(address: str | None) -> str:
    """What an address counts as: IPv4 itself, IPv6 its /64; those without one, on a Unix socket, all together."""
    if address is None:
        return "none"
    ip = ipaddress.ip_address(address)
    return str(ip if ip.version == 4 else ipaddress.IPv6Network((ip, IPV6_NETWORK), strict=False).network_address)


def storage_uri() -> str:
    """Where counters are kept: ours, else Nhost's memcached server, else the memory of this process."""
    server = conf.AUTH_RATE_LIMIT_MEMCACHE_SERVER
    return conf.AUTH_RATE_LIMIT_STORAGE or (f"memcached://{server}" if server else MEMORY)


def limiter(uri: str) -> SlidingWindowCounterRateLimiter:
    """The counters of a storage; it is not asked yet. Raises InvalidStorage."""
    with _opening:  # threads that come first together have to get the same one
        return _opened(uri)


@lru_cache(maxsize=8)
def _opened(uri: str) -> SlidingWindowCounterRateLimiter:
    scheme, _, place = uri.partition("://")
    if scheme not in SCHEMES:
        raise InvalidStorage(f"its scheme is none of {', '.join(SCHEMES)}")
    if scheme == "memory":
        return SlidingWindowCounterRateLimiter(ProcessMemory())
    if not place:
        raise InvalidStorage("it names no server")
    try:
        storage: Any = storage_from_string(uri, **_options(scheme))
    except ImportError as error:
        extra = "memcached" if scheme == "memcached" else "redis"
        raise InvalidStorage(f"its client is not installed: nhost-auth[{extra}]") from error
    except (ConfigurationError, ValueError, TypeError) as error:
        raise InvalidStorage("it is no URI such as redis://127.0.0.1:6379/0") from error
    return SlidingWindowCounterRateLimiter(storage)


def _options(scheme: str) -> dict[str, Any]:
    """Short waits, which the query of a Redis URI may replace: redis://…?socket_timeout=2."""
    if scheme == "memcached":
        import pymemcache  # noqa: F401 - whether it can be imported is the question

        return {"connect_timeout": TIMEOUT, "timeout": TIMEOUT, "wrap_exceptions": True}
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    # Once more without waiting: a restarted server closes connections that lie in the pool.
    retry: Any = Retry(NoBackoff(), 1)
    return {"socket_connect_timeout": TIMEOUT, "socket_timeout": TIMEOUT, "retry": retry, "wrap_exceptions": True}


def _ask(question: Callable[[SlidingWindowCounterRateLimiter], Answer]) -> Answer:
    now = time.time()
    if now < Outage.resume_at <= now + PAUSE:
        raise StorageUnavailable
    try:
        return question(limiter(storage_uri()))
    except (StorageError, OSError, InvalidStorage) as error:
        Outage.resume_at = time.time() + PAUSE
        _log(error, now)
        raise StorageUnavailable from error


def _log(error: Exception, now: float) -> None:
    if abs(now - Outage.logged_at) < LOG_INTERVAL:
        return
    Outage.logged_at = now
    fault = type(error.__cause__ or error).__name__  # the message of a client may quote its URI
    logger.error("Rate limits cannot be counted (%s): one-time codes are refused, all else passes uncounted", fault)
