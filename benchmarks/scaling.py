"""Workers against threads: what ours does in shapes of the same server, with passwords to hash and without.

    python -m benchmarks.scaling [--seconds 4] [--rounds 3]

RS256, 8 connections. Writes benchmarks/results/scaling.json.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from benchmarks import machine, measuring
from benchmarks.compare import write
from benchmarks.measuring import MIB, Running
from benchmarks.processes import serving
from benchmarks.sessions import sign_up
from benchmarks.systems import SYSTEMS, System
from benchmarks.tables import distinct, head, medians, row, where

CONNECTIONS = 8
CALLS = ("POST /signin/email-password", "POST /token", "GET /user")
SHAPES = [
    ("granian", 1, 1),
    ("granian", 1, 2),
    ("granian", 1, 4),
    ("granian", 2, 1),
    ("granian", 2, 2),
    ("granian", 4, 1),
    ("gunicorn", 1, 4),
    ("gunicorn", 2, 1),
]
"""Server, workers, threads of each. One thread is gunicorn's sync, more are its gthread."""
HEAD = ["server, workers x threads", "requests/s", "p50 ms", "p99 ms", "CPU ms", "MiB in all"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ours = next(system for system in SYSTEMS if system.site == "ours")
    facts = machine.facts(options.database)
    with measuring.migrated(ours, options.database) as environment:
        with serving(ours.site, environment, 1, 1) as server:
            sign_up(ours, server.url)
        rounds = range(options.rounds)
        runs = [run for _ in rounds for shape in SHAPES for run in _runs(ours, environment, shape, options.seconds)]
    document = {"machine": facts, "options": vars(options), "runs": runs}
    write("scaling", document)
    print(tables(document))


def _runs(
    ours: System, environment: dict[str, str], shape: tuple[str, int, int], seconds: int
) -> Iterator[dict[str, Any]]:
    by, workers, threads = shape
    with serving(ours.site, environment, workers, threads, by) as server:
        for call in CALLS:
            found = measuring.run(Running(ours, server, {}), call, CONNECTIONS, seconds)
            memory = server.memory_in_all() / MIB
            yield {**asdict(found), "shape": f"{by} {workers} x {threads}", "memory_in_all": memory}


def tables(document: dict[str, Any]) -> str:
    """Markdown."""
    runs = document["runs"]
    lines = [
        "## Workers and threads",
        "",
        f"Ours with RS256, {CONNECTIONS} connections. Memory is that of the server and all its workers,"
        " what they share counted once.",
    ]
    for call in CALLS:
        lines += ["", f"### {call}", "", *head(HEAD)]
        same = where(runs, call=call)
        lines += [_line(shape, medians(where(same, shape=shape))) for shape in distinct(same, "shape")]
    return "\n".join(lines)


def _line(shape: str, found: dict[str, float]) -> str:
    refused = f" ({found['refused']:.0f} refused)" if found["refused"] else ""
    times = [f"{found[name]:.1f}" for name in ("p50", "p99")]
    return row(
        [shape, f"{found['rate']:,.0f}{refused}", *times, f"{found['cpu']:.2f}", f"{found['memory_in_all']:.0f}"]
    )


if __name__ == "__main__":
    main()
