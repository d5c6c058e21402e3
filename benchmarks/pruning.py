"""How long `auth_prune` takes with millions of expired sessions, and what those who sign in meanwhile notice of it.

    python -m benchmarks.pruning [--tokens 5000000] [--seconds 4]

The command runs as a process of its own beside a server of two workers, on PostgreSQL; the calls are sent by turns
before it and as long as it runs. Writes benchmarks/results/pruning.json and prints a section for REPORT.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from itertools import count
from typing import Any

from benchmarks import databases, machine, pruning_tables
from benchmarks.compare import write
from benchmarks.growth import CALLS, CONNECTIONS, Size
from benchmarks.inside import ask
from benchmarks.measuring import measured
from benchmarks.processes import ROOT, environment_of, manage, serving

ACCOUNTS = 400_000
"""Each refreshes once: enough for half an hour."""
SIGN_INS = ("POST /signin/email-password", "POST /token")
ROUNDS_BEFORE = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default=databases.SERVER)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--tokens", type=int, default=5_000_000)
    parser.add_argument("--batch-size", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=4)
    options = parser.parse_args()
    facts = machine.facts(options.database)
    with databases.temporary(options.database, "benchmark_pruning") as url:
        environment = {"DATABASE_URL": url}
        manage("ours", environment, "migrate")
        print(f"filling a database with {options.tokens:,} expired sessions", file=sys.stderr)
        filled = ask("filling", environment, options.accounts, options.tokens)
        with serving("ours", environment, 2, 1) as server:
            found = _pruned(Size(options.accounts, environment, server, filled), options)
    document = {"machine": facts, "options": vars(options), "filled": filled, **found}
    write("pruning", document)
    print(pruning_tables.of(document))


def _pruned(size: Size, options: argparse.Namespace) -> dict[str, Any]:
    turns = count()
    before = [run for _ in range(ROUNDS_BEFORE) for run in _round(size, next(turns), options.seconds)]
    with ThreadPoolExecutor(1) as pool:
        pruning = pool.submit(_prune, size.environment, options.batch_size)
        during = list(_until(pruning, size, turns, options.seconds))
    return {"prune": pruning.result(), "before": before, "during": during}


def _until(pruning: Future[Any], size: Size, turns: Iterator[int], seconds: int) -> Iterator[dict[str, Any]]:
    """Rounds of the calls as long as the command runs; `whole` says whether it outlived the run."""
    while not pruning.done():
        for run in _round(size, next(turns), seconds):
            yield {**run, "whole": not pruning.done()}


def _round(size: Size, turn: int, seconds: int) -> Iterator[dict[str, Any]]:
    for name in SIGN_INS:
        found = measured(size.server, CALLS[name], size.sessions(name, turn), seconds, CONNECTIONS)
        yield {"call": name, **asdict(found)}


def _prune(environment: dict[str, str], batch_size: int) -> dict[str, Any]:
    """Run the command; how many rows it deleted, in how many seconds, with how many bytes of memory at the most."""
    command = [sys.executable, "-m", "django", "auth_prune", f"--batch-size={batch_size}"]
    begun, site = time.perf_counter(), environment_of("ours", environment)
    with subprocess.Popen(command, cwd=ROOT, env=site, stdout=subprocess.PIPE, text=True) as process:
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    rows = dict(line.split() for line in printed.splitlines())
    counts = {name: int(rows[name]) for name in ("RefreshToken", "SpentRefreshToken", "total")}
    cpu = usage.ru_utime + usage.ru_stime
    return {"rows": counts, "seconds": seconds, "cpu": cpu, "memory": usage.ru_maxrss * 1024}


if __name__ == "__main__":
    main()
