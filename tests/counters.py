"""Rate limits in tests: switched on, counted anew, the clock at the beginning of a window."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import redis

from nhost_auth.infra.rate_limits import Outage
from tests.conftest import Api, Reply

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
    settings.AUTH_RATE_LIMIT_MEMCACHE_PREFIX = f"tests-{uuid.uuid4()}:"
    Outage.resume_at = Outage.logged_at = 0.0
    yield settings
    Outage.resume_at = Outage.logged_at = 0.0


def running_redis() -> str:
    """The URI of a Redis; skips the test where none answers. Nothing is deleted there: `limits` has keys of its own."""
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.ConnectionError:
        pytest.skip("no Redis answers at 127.0.0.1:6379")
    finally:
        client.close()
    return REDIS


def moved(api: Api, address: str) -> Api:
    """The same client at another address from now on."""
    api._client.defaults["REMOTE_ADDR"] = address
    return api


def from_many(api: Api, count: int, email: str = "ann@example.com", *, start: int = 0) -> list[Reply]:
    """Wrong passwords for one account, each from an address of its own."""
    return [
        moved(api, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}").sign_in(email, f"wrong-{number}")
        for number in range(start, start + count)
    ]
