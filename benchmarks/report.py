"""Writes REPORT.md from what the runs have left in results/, with REMARKS.md, which people write, at its end.

python -m benchmarks.report
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import bars, growth_tables, machine, memory, parts, pruning_tables, scaling, tables
from benchmarks.compare import RESULTS

HERE = Path(__file__).parent
OTHERS = {
    "parts": parts.tables,
    "scaling": scaling.tables,
    "growth": growth_tables.of,
    "pruning": pruning_tables.of,
    "memory": memory.of,
}
"""Other runs by the names of their results, and what writes these down."""


def main() -> None:
    (HERE / "REPORT.md").write_text("\n".join(_report()).rstrip() + "\n")


def _report() -> Iterator[str]:
    document = _found("compare")
    yield from ("# Figures", "", "Made by `python -m benchmarks.report`; the raw runs are in [results](results).", "")
    if document:
        yield from (machine.described(document["machine"]), "", *_run_as(document["options"]), "")
        yield from (bars.table(document["runs"]), "")
        yield from ("## Every call", tables.of(document["runs"]), "")
    for name, tables_of in OTHERS.items():
        if found := _found(name):
            yield from (tables_of(found), "", *_elsewhere(found, document))
    yield (HERE / "REMARKS.md").read_text()


def _found(name: str) -> dict[str, Any]:
    path = RESULTS / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _elsewhere(found: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """Says so where a run was made on another machine than the comparison."""
    theirs, main = found.get("machine", {}), document.get("machine", {})
    same = all(theirs.get(name) == main.get(name) for name in ("cpu", "cpus"))
    return [] if same or not theirs else [machine.described(theirs), ""]


def _run_as(options: dict[str, Any]) -> list[str]:
    scale = f"{_count(options['workers'], 'worker')} with {_count(options['threads'], 'thread')} each"
    rounds = f"{_count(options['rounds'], 'round')} of {_count(options['seconds'], 'second')}"
    return [
        f"`python -m benchmarks.compare`: {scale}, medians of {rounds}, systems by turns.",
        "CPU is what the server's processes computed for a request, whoever else was on the machine.",
    ]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


if __name__ == "__main__":
    main()
