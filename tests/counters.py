"""Rate limits in tests: switched on, counted anew, the clock at the beginning of a window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import redis

from nhost_auth.infra.rate_limits import MEMORY, Outage, limiter

REDIS = "redis://127.0.0.1:6379/9"
MEMCACHED = "memcached://127.0.0.1:11211"
NOWHERE = "redis://127.0.0.1:1/0"
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
"""Every interval of a day's parts has a window that begins here."""


@pytest.fixture
def limits(settings: Any) -> Iterator[Any]:
    """Settings with rate limits on and nothing counted yet; only what a test narrows can refuse."""
    settings.AUTH_RATE_LIMIT_ENABLE = True
    for bucket in ("GLOBAL", "EMAIL", "SMS", "BRUTE_FORCE", "SIGNUPS"):
        setattr(settings, f"AUTH_RATE_LIMIT_{bucket}_BURST", 1000)
    limiter(MEMORY).storage.reset()
    Outage.resume_at = Outage.logged_at = 0.0
    yield settings
    Outage.resume_at = Outage.logged_at = 0.0


def empty_redis() -> str:
    """The URI of a Redis database that is there and empty; skips the test where no Redis answers."""
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=1)
    try:
        client.flushdb()
    except redis.ConnectionError:
        pytest.skip("no Redis answers at 127.0.0.1:6379")
    finally:
        client.close()
    return REDIS
