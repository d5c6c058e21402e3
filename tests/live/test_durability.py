"""Servers and mail workers are killed at any point of a thousand sign-ups, and no promise is lost (security.md 68)."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
import requests
from urllib3.exceptions import NewConnectionError

from tests.conftest import PASSWORD
from tests.infra.mail_server import MailServer
from tests.live.demo import Demo
from tests.live.postgres import PostgreSQL

SIGN_UPS = int(os.environ.get("DURABILITY_SIGN_UPS", "1000"))
KILLS, WORKER_KILLS, CLIENTS = 6, 2, 6
AHEAD = 40
SEED = 68
BACKENDS = "pg_stat_activity WHERE datname = current_database()"
ENVIRONMENT = {
    "AUTH_EMAIL_DELIVERY": "task",
    "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED": "true",
    "AUTH_SERVER_URL": "https://auth.example.com/v1",
    "AUTH_SMTP_HOST": "127.0.0.1",
    "DJANGO_SETTINGS_MODULE": "tests.live.queue_settings",
}


@dataclass
class Load:
    """People who sign up, each in one of three ways and each once; a server that is away is passed over."""

    servers: list[Demo]
    promised: set[str] = field(default_factory=set)
    """The addresses whose sign-up was answered: a mail has to come."""
    sessions: list[str] = field(default_factory=list)
    """The refresh tokens that were answered."""
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    tried: list[int] = field(default_factory=list)
    bound: int = 0
    """Later ones wait."""
    over: bool = False
    _local: threading.local = field(default_factory=threading.local)

    def sign_up(self, number: int) -> None:
        while number >= self.bound:
            time.sleep(0.005)
        email = f"person{number}@example.com"
        path, body = [
            ("/signup/email-password", {"email": email, "password": PASSWORD}),
            ("/signup/otp/email", {"email": email}),
            ("/signin/anonymous", {}),
        ][number % 3]
        reply = self._answer(number, path, body)
        self.tried.append(number)
        if reply is None:
            self.unanswered += 1
            return
        self.statuses[reply.status_code] += 1
        if path == "/signin/anonymous":
            self.sessions.append(reply.json()["session"]["refreshToken"])
        else:
            self.promised.add(email)

    def refresh(self, number: int) -> int:
        body = {"refreshToken": self.sessions[number]}
        return self._post(self.servers[number % 2], "/token", body).status_code

    def _answer(self, number: int, path: str, body: dict[str, Any]) -> requests.Response | None:
        """None where nobody knows what became of it."""
        for server in itertools.islice(itertools.cycle(self.servers), number % 2, None):
            try:
                return self._post(server, path, body)
            except requests.RequestException as error:
                reason = getattr(error.args[0], "reason", None)
                if not isinstance(reason, NewConnectionError):
                    return None
                time.sleep(0.01)
        raise AssertionError

    def _post(self, server: Demo, path: str, body: dict[str, Any]) -> requests.Response:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        reply: requests.Response = self._local.session.post(server.api + path, json=body, timeout=20)
        return reply


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def database(postgres: PostgreSQL) -> str:
    return postgres.make_database()


@pytest.fixture(scope="module")
def servers(database: str, post: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Demo]]:
    """Two of one database."""
    own = ENVIRONMENT | {"DATABASE_URL": database, "AUTH_SMTP_PORT": str(post.port)}
    one, two = (Demo(tmp_path_factory.mktemp("durability"), **own) for _ in range(2))
    found = [one.start(), two.resume()]
    yield found
    for demo in found:
        demo.kill()


def kill_now_and_then(load: Load, chance: random.Random) -> str:
    """Kill one server at a time, at so many sign-ups, and start it again; what those that were killed had printed."""
    printed = ""
    try:
        for point in sorted(chance.sample(range(SIGN_UPS // 20, SIGN_UPS * 9 // 10), KILLS)):
            load.bound = point + AHEAD  # whoever is killed is killed at work, and not when everything is over
            while len(load.tried) < point and not load.over:
                time.sleep(0.002)
            server = chance.choice(load.servers)
            server.kill()
            printed += server.printed
            server.resume()
    finally:
        load.bound = SIGN_UPS
    return printed


def send_the_mails(demo: Demo, post: MailServer, chance: random.Random, count: int) -> None:
    """Let workers send what waits, all but the last of whom are killed on the way."""
    for point in sorted(chance.sample(range(count // 10, count * 9 // 10), WORKER_KILLS)):
        worker = demo.worker()
        while len(post.post.received) < point:
            assert worker.poll() is None, "the worker found less to send than was promised"
            time.sleep(0.005)
        post.post.when_addressed = worker.kill
        assert worker.wait(timeout=20) == -signal.SIGKILL
        post.post.when_addressed = None
    demo.manage("auth_requeue_mails", "--abandoned-after", "0")
    assert demo.worker().wait(timeout=120) == 0


def broken_rules(demo: Demo) -> dict[str, int]:
    found: dict[str, int] = json.loads(demo.run("-m", "tests.live.invariants"))
    assert len(found) > 10
    return {rule: rows for rule, rows in found.items() if rows}


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_68_killed_on_the_way_to_the_mail_leaves_no_account(servers: list[Demo], database: str) -> None:
    """At the one point where chance seldom strikes: all is stored but the mail."""
    demo, load = servers[0], Load(servers[:1], bound=2)
    with psycopg.connect(database) as locking, psycopg.connect(database, autocommit=True) as watching:

        def count(what: str) -> int:
            found = watching.execute(f"SELECT count(*) FROM {what}").fetchone()
            return int(found[0]) if found else 0

        with ThreadPoolExecutor(2) as pool:
            locking.execute("LOCK TABLE django_tasks_database_dbtaskresult IN EXCLUSIVE MODE")
            pool.map(load.sign_up, (0, 1))
            until(lambda: count(f"{BACKENDS} AND wait_event_type = 'Lock'") == 2)
            demo.kill()
        locking.rollback()
        until(lambda: count(f"{BACKENDS} AND state = 'active'") == 1)
        assert (load.unanswered, count("nhost_auth_account WHERE email IS NOT NULL")) == (2, 0)
    demo.resume()
    assert broken_rules(demo) == {}


def test_68_whoever_was_answered_is_there_whole_and_gets_the_mail(servers: list[Demo], post: MailServer) -> None:
    chance, load = random.Random(SEED), Load(servers)
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        killing = pool.submit(kill_now_and_then, load, chance)
        try:
            list(pool.map(load.sign_up, range(SIGN_UPS)))
        finally:
            load.over = True
        printed = killing.result() + "".join(demo.printed for demo in servers)
        assert set(pool.map(load.refresh, range(len(load.sessions)))) == {200}
    assert "Traceback" not in printed
    assert load.statuses.keys() == {200}
    assert load.statuses.total() + load.unanswered == SIGN_UPS
    assert 0 < load.unanswered <= KILLS * CLIENTS
    assert broken_rules(servers[0]) == {}
    send_the_mails(servers[0], post, chance, len(load.promised))
    mails = Counter(address for mail in post.post.received for address in mail.recipients)
    assert load.promised - mails.keys() == set()
    assert len(mails.keys() - load.promised) <= load.unanswered
    assert mails.total() - len(mails) <= WORKER_KILLS, "only what a killed worker had just sent may come twice"
