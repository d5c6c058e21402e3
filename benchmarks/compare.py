"""Requests a second, times, CPU and memory of ours beside its peers, all in one run.

    pip install -r benchmarks/requirements.txt && pip install -e ".[demo,postgres]"   # and wrk: apt-get install wrk
    python -m benchmarks.compare [--seconds 4] [--rounds 3] [--only ours --only djoser]
    python -m benchmarks.report

Each system is a project of benchmarks/sites, on PostgreSQL, behind the same granian. They are asked by turns; what is
told of each is the median of its rounds. `--original http://127.0.0.1:4000` measures a Nhost server that runs already
beside them: without limits of rates, with sign-in before addresses are verified, with anonymous users. Writes
benchmarks/results/compare.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks import machine, measuring, tables
from benchmarks.measuring import Running
from benchmarks.processes import Remote, serving
from benchmarks.sessions import sign_up
from benchmarks.systems import SYSTEMS, System, original

CONNECTIONS = (1, 8, 32)
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", action="append", help="systems whose name begins so")
    parser.add_argument("--calls", action="append", help="calls whose name ends so")
    parser.add_argument("--original", metavar="URL", help="a Nhost server with the prefix of its paths, if it has one")
    parser.add_argument("--original-pid", type=int, help="its process on this machine: without it no CPU is told")
    options = parser.parse_args()
    chosen = [system for system in SYSTEMS if not options.only or system.name.startswith(tuple(options.only))]
    facts = machine.facts(options.database)
    with ExitStack() as stack:
        running = [stack.enter_context(_running(system, options)) for system in chosen]
        if options.original:
            running.append(_original(options.original, options.original_pid))
        runs = [asdict(run) for run in _runs(running, options)]
    write("compare", {"machine": facts, "options": vars(options), "runs": runs})
    print(tables.of(runs))


def write(name: str, document: dict[str, Any]) -> None:
    """Keep what a run found as results/NAME.json."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n")


@contextmanager
def _running(system: System, options: argparse.Namespace) -> Iterator[Running]:
    with measuring.migrated(system, options.database) as environment:
        statements = measuring.counted(system, environment)
        with serving(system.site, environment, options.workers, options.threads) as server:
            yield Running(system, server, statements)


def _original(url: str, pid: int | None) -> Running:
    system, server = original(url), Remote(url, pid)
    sign_up(system, server.url)
    return Running(system, server, {})


def _runs(running: list[Running], options: argparse.Namespace) -> Iterator[tables.Run]:
    names = dict.fromkeys(name for each in running for name in each.system.calls)
    wanted = [name for name in names if not options.calls or name.endswith(tuple(options.calls))]
    for _, name, connections in product(range(options.rounds), wanted, CONNECTIONS):
        for each in running:
            if name in each.system.calls:
                yield measuring.run(each, name, connections, options.seconds)


if __name__ == "__main__":
    main()
