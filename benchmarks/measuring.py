"""Servers brought up on databases of their own, and one load on one of them measured."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks import wrk
from benchmarks.processes import Remote, Server, manage, serving
from benchmarks.sessions import for_call, send, sign_up
from benchmarks.systems import Call, System
from benchmarks.tables import Run

MIB = 1024 * 1024
IDLE = 0.05
"""Seconds of CPU in half a second."""


@dataclass
class Running:
    """A server under test, and the statements that each call takes, where they could be counted."""

    system: System
    server: Server | Remote
    statements: dict[str, int]


@contextmanager
def migrated(system: System, server: str) -> Iterator[dict[str, str]]:
    """The environment of a system with a new database on a PostgreSQL server; it is dropped afterwards."""
    with database(server, system.name) as url:
        environment = {**system.environment, "DATABASE_URL": url, "BENCHMARK_RSA_KEY": _rsa_key()}
        manage(system.site, environment, "migrate")
        yield environment


@contextmanager
def database(server: str, title: str) -> Iterator[str]:
    name = "benchmark_" + "".join(letter if letter.isalnum() else "_" for letter in title.lower())
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def counted(system: System, environment: dict[str, str]) -> dict[str, int]:
    """The statements of each call. Makes the account that sessions are of."""
    with serving(system.site, {**environment, "BENCHMARK_STATEMENTS": "1"}, 1, 1) as server:
        sign_up(system, server.url)
        return {name: _statements(system, server.url, call) for name, call in system.calls.items()}


def run(each: Running, name: str, connections: int, seconds: int) -> Run:
    """One load. What is not known of a server elsewhere is None."""
    server, call = each.server, each.system.calls[name]
    sessions = for_call(each.system, server.url, call, connections)
    before, database_before = server.cpu(), server.database_cpu()
    load = wrk.run(server.url, call, sessions, seconds)
    after, database_after = server.cpu(), server.database_cpu()
    memory = server.memory()
    _settle(server)
    return Run(
        system=each.system.name,
        call=name,
        connections=connections,
        rate=load.rate,
        p50=load.p50,
        p99=load.p99,
        refused=load.refused,
        cpu=_per_request(before, after, load.requests),
        database_cpu=_per_request(database_before, database_after, load.requests),
        memory=None if memory is None else memory / MIB,
        statements=each.statements.get(name),
    )


def _per_request(before: float | None, after: float | None, requests: int) -> float | None:
    """Milliseconds, of seconds."""
    return None if before is None or after is None else (after - before) * 1000 / max(requests, 1)


def _settle(server: Server | Remote) -> None:
    """Wait until a server has worked off what wrk has left behind: it would slow whoever is measured next."""
    before = -1.0
    while (now := server.cpu() or 0.0) - before > IDLE:
        before = now
        time.sleep(0.5)


def _statements(system: System, url: str, call: Call) -> int:
    for number, session in enumerate([*for_call(system, url, call, 1), *for_call(system, url, call, 1)]):
        answer = send(url, call, session, new=f"{call.path}{number}@example.com".replace("/", ""))
        answer.raise_for_status()
    return int(answer.headers["X-Statements"])  # of the second one: the first has filled caches


def _rsa_key() -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return rsa.generate_private_key(65537, 2048).private_bytes(*form).decode()
