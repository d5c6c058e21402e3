"""PgBouncer in transaction mode stands between a server and its database, and nobody notices (docs/operating.md).

Each transaction is run by the other of two connections, so that whatever is left in one is missed at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import requests

from tests.conftest import PASSWORD
from tests.live.demo import Demo
from tests.live.pgbouncer import POOL, PgBouncer
from tests.live.postgres import PostgreSQL

CLIENTS, PEOPLE = 8, 24
ENVIRONMENT = {
    "AUTH_REFRESH_TOKEN_REUSE_DETECTION": "false",
    "AUTH_REFRESH_TOKEN_REUSE_WINDOW": "0",
    "DJANGO_SETTINGS_MODULE": "tests.live.pgbouncer_settings",
}


@pytest.fixture(scope="module")
def database(postgres: PostgreSQL) -> str:
    return postgres.make_database()


@pytest.fixture(scope="module")
def bouncer(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PgBouncer]:
    running = PgBouncer(tmp_path_factory.mktemp("pgbouncer"), database)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def demo(bouncer: PgBouncer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo"), DATABASE_URL=bouncer.url, **ENVIRONMENT).start()
    yield running
    assert running.stop() == 0
    assert "Traceback" not in running.printed, running.printed


def post(demo: Demo, path: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = requests.post(demo.api + path, json=body, timeout=20)
    assert reply.status_code == 200, reply.text
    found: Any = reply.json()
    return found if isinstance(found, dict) else {}


def whoami(demo: Demo, session: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {session['accessToken']}"}
    user: dict[str, Any] = requests.get(f"{demo.api}/user", headers=headers, timeout=20).json()
    return user


def visit(demo: Demo, number: int) -> str:
    """All that a person does; their id."""
    email, name = f"person{number}@example.com", f"Person {number}"
    body = {"email": email, "password": PASSWORD}
    made = post(demo, "/signup/email-password", {**body, "options": {"displayName": name}})["session"]
    session = post(demo, "/signin/email-password", body)["session"]
    session = post(demo, "/token", {"refreshToken": session["refreshToken"]})
    user = whoami(demo, session)
    assert (user["email"], user["displayName"], user["id"]) == (email, name, made["user"]["id"])
    post(demo, "/signout", {"refreshToken": session["refreshToken"]})
    assert refresh(demo, session["refreshToken"]) == 401
    assert refresh(demo, made["refreshToken"]) == 200
    return str(user["id"])


def visit_as_guest(demo: Demo) -> str:
    session = post(demo, "/signin/anonymous", {})["session"]
    assert session["user"]["isAnonymous"] is True
    following = post(demo, "/token", {"refreshToken": session["refreshToken"]})
    assert following["user"]["id"] == session["user"]["id"]
    return str(session["user"]["id"])


def refresh(demo: Demo, secret: str) -> int:
    return requests.post(f"{demo.api}/token", json={"refreshToken": secret}, timeout=20).status_code


def test_connections_change_from_transaction_to_transaction(bouncer: PgBouncer) -> None:
    with bouncer.connect() as one, bouncer.connect() as two:
        with one.transaction(), two.transaction():  # both at once: there are two connections from now on
            assert backend(one) != backend(two)
        assert len({backend(one) for _ in range(POOL)}) == POOL


def backend(connection: psycopg.Connection[Any]) -> Any:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    return row[0]


def test_many_at_once_get_their_own(demo: Demo, database: str) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        people = pool.map(lambda number: visit(demo, number), range(PEOPLE))
        guests = pool.map(lambda _: visit_as_guest(demo), range(PEOPLE))
        assert len({*people, *guests}) == 2 * PEOPLE
    with psycopg.connect(database) as watching:
        others = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        assert watching.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {others}").fetchone() == (POOL,)


def test_one_refresh_token_at_once_is_exchanged_once(demo: Demo) -> None:
    for _ in range(3):
        secret = post(demo, "/signin/anonymous", {})["session"]["refreshToken"]
        with ThreadPoolExecutor(CLIENTS) as pool:
            statuses = Counter(pool.map(lambda _, secret=secret: refresh(demo, secret), range(CLIENTS)))
        assert statuses == {200: 1, 401: CLIENTS - 1}


def test_commands_work_beside_it(demo: Demo, database: str) -> None:
    body = {"email": "ann@example.com", "password": PASSWORD}
    session = post(demo, "/signup/email-password", body)["session"]
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE nhost_auth_refreshtoken SET expires_at = now() - interval '60 days'")
    assert "total" in demo.manage("auth_prune", "--batch-size", "2")
    assert refresh(demo, session["refreshToken"]) == 401
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM nhost_auth_refreshtoken").fetchone() == (0,)
    assert "events are whole" in demo.manage("auth_audit", "verify")
    assert "error" not in demo.manage("auth_doctor")
    assert "signs from" in demo.manage("auth_keys", "rotate", "--publish-ahead", "0")
    assert whoami(demo, session)["email"] == "ann@example.com"
