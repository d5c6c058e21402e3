"""What a comparison found, as tables of a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

HEAD = ["system", "requests/s", "p50 ms", "p99 ms", "CPU ms", "database CPU ms", "statements", "MiB", "ours : it"]


@dataclass(frozen=True)
class Run:
    """One system under one load; times in milliseconds, CPU for each request, memory of its largest worker in MiB."""

    system: str
    call: str
    connections: int
    rate: float
    p50: float
    p99: float
    refused: int
    cpu: float
    database_cpu: float
    memory: float
    statements: int


def of(runs: list[dict[str, Any]]) -> str:
    """Markdown: a table for each call and number of connections, with medians of the rounds."""
    return "\n".join(line for call in _distinct(runs, "call") for line in _section(call, _where(runs, call=call)))


def _section(call: str, runs: list[dict[str, Any]]) -> Iterator[str]:
    for connections in _distinct(runs, "connections"):
        yield from ("", f"### {call}, {connections} at once", "", _row(HEAD), _row(["---", *["---:"] * 8]))
        same = _where(runs, connections=connections)
        ours = _medians(_where(same, system="ours, RS256"))
        for system in _distinct(same, "system"):
            yield _line(system, _medians(_where(same, system=system)), ours)


def _line(system: str, found: dict[str, float], ours: dict[str, float]) -> str:
    ratio = f"{ours['rate'] / found['rate']:.2f}" if ours and found["rate"] else ""
    times = [f"{found[name]:.1f}" for name in ("p50", "p99")]
    cpu = [f"{found[name]:.2f}" for name in ("cpu", "database_cpu")]
    refused = f" ({found['refused']:.0f} refused)" if found["refused"] else ""
    whole = [f"{found[name]:.0f}" for name in ("statements", "memory")]
    return _row([system, f"{found['rate']:,.0f}{refused}", *times, *cpu, *whole, ratio])


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _medians(runs: list[dict[str, Any]]) -> dict[str, float]:
    numbers = [name for name, value in runs[0].items() if isinstance(value, int | float)] if runs else []
    return {name: median(run[name] for run in runs) for name in numbers}


def _where(runs: list[dict[str, Any]], **wanted: Any) -> list[dict[str, Any]]:
    return [run for run in runs if all(run[name] == value for name, value in wanted.items())]


def _distinct(runs: list[dict[str, Any]], name: str) -> list[Any]:
    return list(dict.fromkeys(run[name] for run in runs))
