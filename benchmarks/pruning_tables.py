"""What pruning found, as a section of a report."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

TITLE = "## Pruning beside sign-ins"
HEAD = ["call", "when", "runs", "requests/s", "p50 ms", "p99 ms", "worst p99 ms", "refused"]


def of(document: dict[str, Any]) -> str:
    """Markdown: what the command did, and a table of the calls before it and beside it."""
    prune, size = document["prune"], document["options"]["batch_size"]
    rows = prune["rows"]
    facts = [
        f"{rows['RefreshToken']:,} sessions and {rows['SpentRefreshToken']:,} secrets that others had left behind, in",
        f"{prune['seconds']:,.0f} s beside sign-ins: {rows['total'] / prune['seconds']:,.0f} rows a second,",
        f"{prune['cpu'] / rows['total'] * 1e6:.0f} µs of the command's CPU each, at most {size:,} in a transaction.",
        f"The command had {prune['memory'] / 2**20:.0f} MiB at the most.",
    ]
    return "\n".join([TITLE, "", *facts, "", _row(HEAD), _row(["---", "---", *["---:"] * 6]), *_lines(document)])


def _lines(document: dict[str, Any]) -> Iterator[str]:
    for call in dict.fromkeys(run["call"] for run in document["before"]):
        yield _line(call, "before", [run for run in document["before"] if run["call"] == call])
        during = [run for run in document["during"] if run["call"] == call]
        if during:
            # A run that the command did not outlive is no worse than others, unless there is none but it.
            yield _line(call, "during", [run for run in during if run["whole"]] or during)


def _line(call: str, when: str, runs: list[dict[str, Any]]) -> str:
    middle = {name: median(run[name] for run in runs) for name in ("rate", "p50", "p99")}
    times = [f"{middle['p50']:.1f}", f"{middle['p99']:.1f}", f"{max(run['p99'] for run in runs):.1f}"]
    refused = str(sum(run["refused"] for run in runs))
    return _row([call, when, str(len(runs)), f"{middle['rate']:,.0f}", *times, refused])


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
