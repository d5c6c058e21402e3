"""The database or the storage of rate limits goes away under running servers and comes back (security.md 69).

Answers say what the documentation says and nothing of the inside, and no server of ours has to be restarted.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from tests.conftest import PASSWORD
from tests.live.demo import Demo, Start
from tests.live.postgres import PostgreSQL
from tests.live.redis_server import Redis

CRASH = {"status": 500, "message": "Internal server error", "error": "internal-server-error"}
NO_WAITING = "connect_timeout=3&options=-c%20statement_timeout%3D4s"
"""Long enough for a machine that is busy with other tests."""
CLIENTS = 4

_numbers = itertools.count()


@pytest.fixture(scope="module")
def database(postgres: PostgreSQL) -> str:
    return postgres.make_database()


@pytest.fixture(scope="module")
def demo(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A server on a PostgreSQL that may go away."""
    running = Demo(tmp_path_factory.mktemp("faults"), DATABASE_URL=f"{database}?{NO_WAITING}").start()
    yield running
    assert running.stop() == 0


def post(demo: Demo, path: str, body: dict[str, Any]) -> requests.Response:
    return requests.post(demo.api + path, json=body, timeout=20)


def sign_up(demo: Demo) -> tuple[str, requests.Response]:
    email = f"person{next(_numbers)}@example.com"
    return email, post(demo, "/signup/email-password", {"email": email, "password": PASSWORD})


def sign_in(demo: Demo, email: str) -> int:
    return post(demo, "/signin/email-password", {"email": email, "password": PASSWORD}).status_code


def assert_well(demo: Demo) -> None:
    """Whatever thread of the server answers; at the first try."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        replies = list(pool.map(lambda _: sign_up(demo)[1], range(3 * CLIENTS)))
    assert [reply.status_code for reply in replies] == [200] * 3 * CLIENTS, [reply.text for reply in replies]


class Load:
    """People who sign up all the time."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.answered: list[tuple[str, requests.Response]] = []
        self._over = threading.Event()

    def _keep_signing_up(self) -> None:
        while not self._over.is_set():
            self.answered.append(sign_up(self.demo))

    @contextmanager
    def running(self) -> Iterator[None]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            futures = [pool.submit(self._keep_signing_up) for _ in range(CLIENTS)]
            try:
                yield
            finally:
                self._over.set()
        for future in futures:
            future.result()

    def until(self, condition: Callable[[list[requests.Response]], bool]) -> None:
        """Wait until the answers that came since are such."""
        seen, deadline = len(self.answered), time.monotonic() + 60
        while not condition([reply for _, reply in self.answered[seen:]]):
            assert time.monotonic() < deadline, "the answers that were waited for never came"
            time.sleep(0.02)


def succeeded(replies: list[requests.Response]) -> bool:
    return sum(reply.status_code == 200 for reply in replies) >= 2 * CLIENTS


def failed(replies: list[requests.Response]) -> bool:
    return sum(reply.status_code != 200 for reply in replies) >= 2 * CLIENTS


def test_69_database_restarts_under_load(demo: Demo, postgres: PostgreSQL) -> None:
    load = Load(demo)
    with load.running():
        load.until(succeeded)
        postgres.stop()
        load.until(failed)
        assert requests.get(f"{demo.api}/healthz", timeout=10).json() == "OK"
        postgres.start()
        load.until(succeeded)
    assert_well(demo)
    refused = [reply for _, reply in load.answered if reply.status_code != 200]
    assert [reply.json() for reply in refused] == [CRASH] * len(refused)
    kept = [email for email, reply in load.answered if reply.status_code == 200]
    with ThreadPoolExecutor(CLIENTS) as pool:
        assert set(pool.map(lambda email: sign_in(demo, email), kept[:: max(1, len(kept) // 20)])) == {200}


def test_69_connections_that_the_database_closed_are_not_noticed(demo: Demo, postgres: PostgreSQL) -> None:
    assert_well(demo)
    postgres.stop("fast")
    postgres.start()
    assert_well(demo)


def test_69_database_that_lets_nobody_in_is_waited_for_no_longer_than_allowed(demo: Demo, postgres: PostgreSQL) -> None:
    assert_well(demo)
    with postgres.connect("postgres") as connection, postgres.halted():
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'demo%'")
        assert sign_up(demo)[1].json() == CRASH
    assert_well(demo)


def test_69_statement_that_hangs_is_ended(demo: Demo, postgres: PostgreSQL, database: str) -> None:
    assert_well(demo)
    with postgres.connect(database.rpartition("/")[2]) as connection, connection.transaction():
        connection.execute("LOCK TABLE nhost_auth_account")
        assert sign_up(demo)[1].json() == CRASH
    assert_well(demo)


def limited(start: Start, own_redis: Redis) -> Demo:
    return start(
        AUTH_RATE_LIMIT_ENABLE="true",
        AUTH_RATE_LIMIT_STORAGE=own_redis.uri,
        AUTH_RATE_LIMIT_BRUTE_FORCE_BURST="3",
        AUTH_LOG_FORMAT_TEXT="true",
    )


def try_code(demo: Demo) -> requests.Response:
    return post(demo, "/signin/otp/email/verify", {"email": "ann@example.com", "otp": "123456"})


def assert_uncounted(demo: Demo) -> None:
    """Codes are refused, everything else passes however often it is asked."""
    refused = try_code(demo)
    assert (refused.status_code, refused.content, refused.headers["Retry-After"]) == (503, b"", "5")
    assert {sign_in(demo, "nobody@example.com") for _ in range(5)} == {401}


@pytest.mark.parametrize("fault", ["down", "silent"])
def test_69_without_counters_codes_are_refused_and_the_rest_passes(start: Start, own_redis: Redis, fault: str) -> None:
    demo = limited(start, own_redis)
    assert [sign_in(demo, "nobody@example.com") for _ in range(4)] == [401, 401, 401, 429]
    if fault == "silent":
        with own_redis.silent():
            assert_uncounted(demo)
    else:
        own_redis.stop()
        assert_uncounted(demo)
        own_redis.start()
    deadline = time.monotonic() + 60
    while (status := try_code(demo).status_code) == 503:
        assert time.monotonic() < deadline, "it did not count again"
        time.sleep(0.1)
    assert status == (429 if fault == "silent" else 400), "what Redis had counted holds"
    assert demo.printed.count("Rate limits cannot be counted") == 1
