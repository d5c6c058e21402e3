"""Servers brought up on databases of their own, and one load on one of them measured."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks import wrk
from benchmarks.databases import temporary
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


@dataclass(frozen=True)
class Measured:
    """Times in milliseconds, CPU for each request; None where it is not known."""

    requests: int
    rate: float
    p50: float
    p99: float
    refused: int
    cpu: float | None
    database_cpu: float | None


@contextmanager
def migrated(system: System, server: str) -> Iterator[dict[str, str]]:
    """The environment of a system with a new database on a PostgreSQL server; it is dropped afterwards."""
    name = "benchmark_" + "".join(letter if letter.isalnum() else "_" for letter in system.name.lower())
    with temporary(server, name) as url:
        environment = {**system.environment, "DATABASE_URL": url, "BENCHMARK_RSA_KEY": _rsa_key()}
        manage(system.site, environment, "migrate")
        yield environment


def counted(system: System, environment: dict[str, str]) -> dict[str, int]:
    """The statements of each call. Makes the account that sessions are of."""
    with serving(system.site, {**environment, "BENCHMARK_STATEMENTS": "1"}, 1, 1) as server:
        sign_up(system, server.url)
        return {name: _statements(system, server.url, call) for name, call in system.calls.items()}


def run(each: Running, name: str, connections: int, seconds: int) -> Run:
    """One load. What is not known of a server elsewhere is None."""
    server, call = each.server, each.system.calls[name]
    found = measured(server, call, for_call(each.system, server.url, call, connections), seconds, connections)
    memory = server.memory()
    return Run(
        system=each.system.name,
        call=name,
        connections=connections,
        rate=found.rate,
        p50=found.p50,
        p99=found.p99,
        refused=found.refused,
        cpu=found.cpu,
        database_cpu=found.database_cpu,
        memory=None if memory is None else memory / MIB,
        statements=each.statements.get(name),
    )


def measured(
    server: Server | Remote, call: Call, sessions: list[wrk.Session], seconds: int, connections: int
) -> Measured:
    """A call at so many connections; the server is idle again afterwards."""
    before, database_before = server.cpu(), server.database_cpu()
    load = wrk.run(server.url, call, sessions, seconds, connections)
    after, database_after = server.cpu(), server.database_cpu()
    _settle(server)
    return Measured(
        requests=load.requests,
        rate=load.rate,
        p50=load.p50,
        p99=load.p99,
        refused=load.refused,
        cpu=_per_request(before, after, load.requests),
        database_cpu=_per_request(database_before, database_after, load.requests),
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
