"""Counters in memory, Redis and memcached: the same window, exact also when threads ask at one moment."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from limits.storage import RedisStorage

from nhost_auth.infra import rate_limits
from nhost_auth.infra.rate_limits import InvalidStorage, Limit, StorageUnavailable, hit, limiter, network, retry_after
from tests.counters import MEMCACHED, MIDNIGHT, NOWHERE, running_redis
from tests.counters import limits as limits

THREADS, BURST = 24, 10


def running_memcached() -> str:
    """As `running_redis`; the connection is this thread's."""
    storage: Any = limiter(MEMCACHED).storage
    if not storage.check():
        pytest.skip("no memcached answers at 127.0.0.1:11211")
    return MEMCACHED


def hang_up(uri: str) -> None:
    """Close this thread's connection: memcached's client has one for each."""
    if uri == MEMCACHED:
        storage: Any = limiter(uri).storage
        storage.storage.close()


@pytest.fixture(
    params=[lambda: rate_limits.MEMORY, running_redis, running_memcached], ids=["memory", "redis", "memcached"]
)
def storage(request: pytest.FixtureRequest, limits: Any) -> Iterator[str]:
    place: Callable[[], str] = request.param
    limits.AUTH_RATE_LIMIT_STORAGE = place()
    yield limits.AUTH_RATE_LIMIT_STORAGE
    hang_up(limits.AUTH_RATE_LIMIT_STORAGE)


def at_once(limit: Limit, uri: str) -> int:
    """How many of THREADS hits at one moment pass."""
    barrier = threading.Barrier(THREADS)

    def once(_number: int) -> bool:
        barrier.wait()
        try:
            return hit(limit, "192.0.2.1")
        finally:
            hang_up(uri)

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(once, range(THREADS)))


def test_of_many_at_once_exactly_the_burst_passes(storage: str) -> None:
    for number in range(5):
        assert at_once(Limit(f"race-{number}", BURST, 86400), storage) == BURST


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads that are interrupted within a few instructions, not after five milliseconds."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-7)
    yield
    sys.setswitchinterval(before)


def test_memory_is_exact_though_threads_are_interrupted_anywhere(limits: Any, eager_threads: None) -> None:
    barrier = threading.Barrier(8)

    def five_hits(round_number: int) -> int:
        barrier.wait()
        return sum(hit(Limit("race", BURST, 86400), f"{round_number}") for _ in range(5))

    with ThreadPoolExecutor(8) as pool:
        passed = [sum(pool.map(five_hits, [number] * 8)) for number in range(400)]
    assert passed == [BURST] * 400


def test_each_key_and_each_name_has_a_counter_of_its_own(storage: str) -> None:
    one, other = Limit("one", 1, 86400), Limit("other", 1, 86400)
    assert [hit(one, "a"), hit(one, "a"), hit(one, "b"), hit(other, "a"), hit(other, "a")] == [
        *(True, False, True),
        *(True, False),
    ]


def test_wait_is_no_longer_than_two_intervals_and_at_least_a_second(storage: str) -> None:
    limit = Limit("wait", 2, 50)
    assert [hit(limit, "a") for _ in range(3)] == [True, True, False]
    assert 1 <= retry_after(limit, "a") <= 101


def test_prefix_stands_before_the_key(limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_STORAGE = running_redis()
    prefix: str = limits.AUTH_RATE_LIMIT_MEMCACHE_PREFIX
    assert hit(Limit("user-global", 1, 60), "192.0.2.1")
    redis: Any = limiter(limits.AUTH_RATE_LIMIT_STORAGE).storage
    assert isinstance(redis, RedisStorage)
    (key,) = redis.storage.keys(f"*{prefix}*")
    assert f"{{{prefix}user-global/192.0.2.1/".encode() in key


@pytest.mark.parametrize("burst", [1, 3, 10])
@pytest.mark.parametrize("elapsed", [0, 1, 30, 59, 61, 89, 119])
def test_wait_that_is_told_is_the_shortest(limits: Any, time_machine: Any, burst: int, elapsed: int) -> None:
    limit = Limit("wait", burst, 60)
    time_machine.move_to(MIDNIGHT, tick=False)
    hit(limit, "a")
    time_machine.move_to(MIDNIGHT + timedelta(seconds=elapsed), tick=False)
    while hit(limit, "a"):
        pass
    wait = retry_after(limit, "a")
    time_machine.shift(wait - 1)
    # Whole seconds: the moment itself may be up to one earlier.
    passes_early = hit(limit, "a")
    time_machine.shift(1)
    assert hit(limit, "a") or passes_early
    assert not passes_early or wait == 1


def test_parts_of_a_second_are_rounded_up(limits: Any, time_machine: Any) -> None:
    time_machine.move_to(MIDNIGHT, tick=False)
    assert [hit(Limit("short", 1, 0.2), "a"), hit(Limit("short", 1, 0.2), "a")] == [True, False]
    assert retry_after(Limit("short", 1, 0.2), "a") == 2


def test_storage_that_failed_is_asked_again_after_a_second(limits: Any, time_machine: Any) -> None:
    time_machine.move_to(MIDNIGHT, tick=False)
    limit = Limit("gone", 1, 60)
    limits.AUTH_RATE_LIMIT_STORAGE = NOWHERE
    with pytest.raises(StorageUnavailable):
        hit(limit, "a")
    limits.AUTH_RATE_LIMIT_STORAGE = rate_limits.MEMORY
    time_machine.shift(0.9)
    with pytest.raises(StorageUnavailable):
        hit(limit, "a")
    time_machine.shift(0.2)
    assert hit(limit, "a")


@pytest.mark.parametrize("uri", ["memcached://127.0.0.1:1", NOWHERE, "redis+unix:///no/such/socket", "mongodb://h"])
def test_whatever_is_wrong_is_one_error(limits: Any, uri: str) -> None:
    limits.AUTH_RATE_LIMIT_STORAGE = uri
    with pytest.raises(StorageUnavailable):
        hit(Limit("gone", 1, 60), "a")


@pytest.mark.parametrize(
    ("ours", "nhosts", "uri"),
    [
        ("", "", "memory://"),
        ("", "cache.example.com:11211", "memcached://cache.example.com:11211"),
        ("redis://h/1", "cache.example.com:11211", "redis://h/1"),
    ],
)
def test_storage_is_ours_else_nhosts_else_memory(settings: Any, ours: str, nhosts: str, uri: str) -> None:
    settings.AUTH_RATE_LIMIT_STORAGE, settings.AUTH_RATE_LIMIT_MEMCACHE_SERVER = ours, nhosts
    assert rate_limits.storage_uri() == uri


@pytest.mark.parametrize(
    ("uri", "fault"),
    [
        ("mongodb://:hunter2@h", "its scheme is none of memory, memcached, redis, rediss, redis+unix"),
        ("127.0.0.1:hunter2", "its scheme is none of memory, memcached, redis, rediss, redis+unix"),
        ("redis://", "it names no server"),
        ("redis://h:hunter2/0", "it is no URI such as redis://127.0.0.1:6379/0"),
        ("memcached://hunter2", "it is no URI such as redis://127.0.0.1:6379/0"),
    ],
)
def test_unusable_storage_is_told_without_its_uri(uri: str, fault: str) -> None:
    with pytest.raises(InvalidStorage) as raised:
        limiter(uri)
    assert str(raised.value) == fault


@pytest.fixture
def no_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("redis.backoff", "pymemcache"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    rate_limits._opened.cache_clear()
    yield
    rate_limits._opened.cache_clear()


@pytest.mark.parametrize(("scheme", "extra"), [("redis", "redis"), ("rediss", "redis"), ("memcached", "memcached")])
def test_missing_client_is_told_by_its_extra(no_clients: None, scheme: str, extra: str) -> None:
    with pytest.raises(InvalidStorage, match=rf"its client is not installed: nhost-auth\[{extra}\]"):
        limiter(f"{scheme}://127.0.0.1:7777")


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::1", "::"),
        (None, "none"),
    ],
)
def test_network_that_an_address_counts_as(address: str | None, counts_as: str) -> None:
    assert network(address) == counts_as
