"""One call under load, and what its server and database computed meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks import wrk
from benchmarks.processes import Server
from benchmarks.systems import Call

IDLE = 0.05
"""Seconds of CPU in half a second."""


@dataclass(frozen=True)
class Measured:
    """Times in milliseconds, CPU for each request."""

    requests: int
    rate: float
    p50: float
    p99: float
    refused: int
    cpu: float
    database_cpu: float


def measured(server: Server, call: Call, sessions: list[wrk.Session], seconds: int, connections: int) -> Measured:
    """A call at so many connections; the server is idle again afterwards."""
    before, database_before = server.cpu(), server.database_cpu()
    load = wrk.run(server.url, call, sessions, seconds, connections)
    per_request = 1000 / max(load.requests, 1)
    used, database_used = server.cpu() - before, server.database_cpu() - database_before
    settle(server)
    return Measured(
        requests=load.requests,
        rate=load.rate,
        p50=load.p50,
        p99=load.p99,
        refused=load.refused,
        cpu=used * per_request,
        database_cpu=database_used * per_request,
    )


def settle(server: Server) -> None:
    """Wait until a server has worked off what wrk has left behind: it would slow whoever is measured next."""
    before = -1.0
    while (now := server.cpu()) - before > IDLE:
        before = now
        time.sleep(0.5)
