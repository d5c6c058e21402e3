"""Requests a second, times, CPU and memory of ours beside its peers, all in one run.

    pip install -e ".[demo,postgres]" -r benchmarks/requirements.txt   # and wrk: apt-get install wrk
    python -m benchmarks.compare [--seconds 4] [--rounds 3] [--only ours --only djoser]

Each system is a project of benchmarks/sites, on PostgreSQL, behind the same granian. They are asked by turns; what is
told of each is the median of its rounds. Writes benchmarks/results/compare.json and prints tables for REPORT.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks import tables, wrk
from benchmarks.processes import Server, manage, serving
from benchmarks.sessions import for_call, send, sign_up
from benchmarks.systems import SYSTEMS, Call, System

CONNECTIONS = (1, 8, 32)
RESULTS = Path(__file__).parent / "results"
MIB = 1024 * 1024
IDLE = 0.05
"""Seconds of CPU in half a second."""


@dataclass
class Running:
    """A server under test, and the statements that each call takes."""

    system: System
    server: Server
    statements: dict[str, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", action="append", help="systems whose name begins so")
    parser.add_argument("--calls", action="append", help="calls whose name ends so")
    options = parser.parse_args()
    chosen = [system for system in SYSTEMS if not options.only or system.name.startswith(tuple(options.only))]
    with ExitStack() as stack:
        running = [stack.enter_context(_running(system, options)) for system in chosen]
        runs = [asdict(run) for run in _runs(running, options)]
    machine = {"python": platform.python_version(), "cpus": os.cpu_count(), "machine": platform.machine()}
    RESULTS.mkdir(exist_ok=True)
    document = {"machine": machine, "options": vars(options), "runs": runs}
    (RESULTS / "compare.json").write_text(json.dumps(document, indent=1) + "\n")
    print(tables.of(runs))


@contextmanager
def _running(system: System, options: argparse.Namespace) -> Iterator[Running]:
    with _database(options.database, system) as url:
        environment = {**system.environment, "DATABASE_URL": url, "BENCHMARK_RSA_KEY": _rsa_key()}
        manage(system.site, environment, "migrate")
        with serving(system.site, {**environment, "BENCHMARK_STATEMENTS": "1"}, 1, 1) as server:
            sign_up(system, server.url)
            statements = {name: _statements(system, server.url, call) for name, call in system.calls.items()}
        with serving(system.site, environment, options.workers, options.threads) as server:
            yield Running(system, server, statements)


@contextmanager
def _database(server: str, system: System) -> Iterator[str]:
    name = "benchmark_" + "".join(letter if letter.isalnum() else "_" for letter in system.name.lower())
    with psycopg.connect(f"{server}/postgres".replace("postgres://", "postgresql://"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _rsa_key() -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return rsa.generate_private_key(65537, 2048).private_bytes(*form).decode()


def _statements(system: System, url: str, call: Call) -> int:
    for number, session in enumerate([*for_call(system, url, call, 1), *for_call(system, url, call, 1)]):
        answer = send(url, call, session, new=f"{call.path}{number}@example.com".replace("/", ""))
        answer.raise_for_status()
    return int(answer.headers["X-Statements"])  # of the second one: the first has filled caches


def _runs(running: list[Running], options: argparse.Namespace) -> Iterator[tables.Run]:
    names = dict.fromkeys(name for each in running for name in each.system.calls)
    wanted = [name for name in names if not options.calls or name.endswith(tuple(options.calls))]
    for _, name, connections in product(range(options.rounds), wanted, CONNECTIONS):
        for each in running:
            if name in each.system.calls:
                yield _run(each, name, connections, options.seconds)


def _settle(server: Server) -> None:
    """Wait until a server has worked off what wrk has left behind: it would slow whoever is measured next."""
    before = -1.0
    while (now := server.cpu()) - before > IDLE:
        before = now
        time.sleep(0.5)


def _run(each: Running, name: str, connections: int, seconds: int) -> tables.Run:
    server, call = each.server, each.system.calls[name]
    sessions = for_call(each.system, server.url, call, connections)
    before, database_before = server.cpu(), server.database_cpu()
    load = wrk.run(server.url, call, sessions, seconds)
    per_request = 1000 / max(load.requests, 1)
    used, database_used = server.cpu() - before, server.database_cpu() - database_before
    _settle(server)
    return tables.Run(
        system=each.system.name,
        call=name,
        connections=connections,
        rate=load.rate,
        p50=load.p50,
        p99=load.p99,
        refused=load.refused,
        cpu=used * per_request,
        database_cpu=database_used * per_request,
        memory=server.memory() / MIB,
        statements=each.statements[name],
    )


if __name__ == "__main__":
    main()
