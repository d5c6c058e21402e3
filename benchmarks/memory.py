"""Whether a worker's memory stays what it is over many requests.

    python -m benchmarks.memory [--requests 100000]

One worker on PostgreSQL; all calls by turns, a second each at 8 connections, so that those that take little time give
most of the requests and those that hash few. The resident memory of the worker is read after each tenth of them.
Writes benchmarks/results/memory.json and prints a section for REPORT.md.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from benchmarks import databases, machine, wrk
from benchmarks.compare import write
from benchmarks.processes import Server, manage, serving
from benchmarks.sessions import for_call, sign_up
from benchmarks.systems import OURS, SYSTEMS

CONNECTIONS = 8
PARTS = 10
MIB = 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default=databases.SERVER)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    facts = machine.facts(options.database)
    with databases.temporary(options.database, "benchmark_memory") as url:
        environment = {"DATABASE_URL": url}
        manage("ours", environment, "migrate")
        with serving("ours", environment, 1, options.threads) as server:
            sign_up(SYSTEMS[0], server.url)
            idle = server.memory() / MIB
            samples = list(_samples(server, options.requests))
    document = {"machine": facts, "options": vars(options), "idle": idle, "samples": samples}
    write("memory", document)
    print(of(document))


def _samples(server: Server, requests: int) -> Iterator[dict[str, Any]]:
    """What has been asked so far, by call, and the MiB of the worker, after each tenth of so many requests."""
    asked: Counter[str] = Counter()
    refused, due = 0, requests / PARTS
    for name, call in cycle(OURS.items()):
        load = wrk.run(server.url, call, for_call(SYSTEMS[0], server.url, call, CONNECTIONS), 1)
        asked[name] += load.requests
        refused += load.refused
        if asked.total() >= due:
            yield {"asked": dict(asked), "refused": refused, "memory": server.memory() / MIB}
            due += requests / PARTS
        if asked.total() >= requests:
            return


def of(document: dict[str, Any]) -> str:
    """Markdown: the verdict, the memory after each tenth, and how many requests were which."""
    samples = document["samples"]
    first, last = samples[0]["memory"], samples[-1]["memory"]
    shares = ", ".join(f"{name} {count:,}" for name, count in samples[-1]["asked"].items())
    refused = samples[-1]["refused"]
    return "\n".join(
        [
            "## Memory of a worker",
            "",
            f"The worker had {document['idle']:.0f} MiB after its first request, {first:.1f} after a tenth of all,",
            f"{last:.1f} at the end: {last - first:+.1f} MiB after the first tenth. Refused: {refused}.",
            f"They were: {shares}.",
            "",
            "| requests | MiB |",
            "| ---: | ---: |",
            *(f"| {sum(sample['asked'].values()):,} | {sample['memory']:.1f} |" for sample in samples),
        ]
    )


if __name__ == "__main__":
    main()
