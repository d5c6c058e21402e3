"""What a comparison found, as tables of a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

HEAD = ["system", "requests/s", "p50 ms", "p99 ms", "CPU ms", "database CPU ms", "statements", "MiB", "ours : it"]


@dataclass(frozen=True)
class Run:
    """One system under one load; times in milliseconds, CPU for each request, memory of its largest worker in MiB.

    What nobody can know of a server elsewhere is None.
    """

    system: str
    call: str
    connections: int
    rate: float
    p50: float
    p99: float
    refused: int
    cpu: float | None
    database_cpu: float | None
    memory: float | None
    statements: int | None


def of(runs: list[dict[str, Any]]) -> str:
    """Markdown: a table for each call and number of connections, with medians of the rounds."""
    return "\n".join(line for call in distinct(runs, "call") for line in _section(call, where(runs, call=call)))


def _section(call: str, runs: list[dict[str, Any]]) -> Iterator[str]:
    for connections in distinct(runs, "connections"):
        yield from ("", f"### {call}, {connections} at once", "", *head(HEAD))
        same = where(runs, connections=connections)
        ours = medians(where(same, system="ours, RS256"))
        for system in distinct(same, "system"):
            yield _line(system, medians(where(same, system=system)), ours)


def _line(system: str, found: dict[str, float], ours: dict[str, float]) -> str:
    ratio = f"{ours['rate'] / found['rate']:.2f}" if ours and found["rate"] else ""
    refused = f" ({found['refused']:.0f} refused)" if found["refused"] else ""
    forms = {"p50": ".1f", "p99": ".1f", "cpu": ".2f", "database_cpu": ".2f", "statements": ".0f", "memory": ".0f"}
    rest = [format(found[name], form) if name in found else "" for name, form in forms.items()]
    return row([system, f"{found['rate']:,.0f}{refused}", *rest, ratio])


def row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def head(names: list[str]) -> list[str]:
    """The first two lines of a table; all but the first column hold numbers."""
    return [row(names), row(["---", *["---:"] * (len(names) - 1)])]


def medians(runs: list[dict[str, Any]]) -> dict[str, float]:
    """Of everything that is a number in all of these runs."""
    numbers = [name for name, value in runs[0].items() if isinstance(value, int | float)] if runs else []
    return {name: median(run[name] for run in runs) for name in numbers}


def where(runs: list[dict[str, Any]], **wanted: Any) -> list[dict[str, Any]]:
    return [run for run in runs if all(run[name] == value for name, value in wanted.items())]


def distinct(runs: list[dict[str, Any]], name: str) -> list[Any]:
    return list(dict.fromkeys(run[name] for run in runs))
