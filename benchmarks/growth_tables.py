"""What growth found, as a section of a report."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

TITLE = "## The same calls with a thousand times the accounts"
FLAT = 1.2
"""A call may take so many times what it takes in the smallest size."""
RUNS = ["accounts", "requests/s", "p50 ms", "p99 ms", "CPU ms", "database CPU ms", "p50 : smallest", "CPU : smallest"]
STATEMENTS = ["call", "statement", "read by", "rows", "pages"]
LONGEST = 160
"""Letters of a statement that are shown."""


def of(document: dict[str, Any]) -> str:
    """Markdown: how large the databases are, a table for each call, and the statements with what they read by."""
    lines = [TITLE, "", *_sizes(document["filled"])]
    for call in dict.fromkeys(run["call"] for run in document["runs"]):
        lines += _call(call, [run for run in document["runs"] if run["call"] == call])
    return "\n".join([*lines, *_explained(document)])


def _sizes(filled: list[dict[str, Any]]) -> Iterator[str]:
    yield from (_row(["accounts", "GiB", "filled in s"]), _row(["---:"] * 3))
    for size in filled:
        yield _row([f"{size['accounts']:,}", f"{size['bytes'] / 2**30:.2f}", f"{size['seconds']:,.0f}"])


def _call(name: str, runs: list[dict[str, Any]]) -> Iterator[str]:
    yield from ("", f"### {name}, 8 at once", "", _row(RUNS), _row(["---:"] * len(RUNS)))
    sizes = {accounts: _medians(runs, accounts) for accounts in sorted({run["accounts"] for run in runs})}
    smallest = next(iter(sizes.values()))
    for accounts, found in sizes.items():
        refused = f" ({found['refused']:.0f} refused)" if found["refused"] else ""
        times = [f"{found['p50']:.1f}", f"{found['p99']:.1f}", f"{found['cpu']:.2f}", f"{found['database_cpu']:.2f}"]
        ratios = [_ratio(found["p50"], smallest["p50"]), _ratio(_cpu(found), _cpu(smallest))]
        yield _row([f"{accounts:,}", f"{found['rate']:,.0f}{refused}", *times, *ratios])


def _cpu(found: dict[str, float]) -> float:
    return found["cpu"] + found["database_cpu"]


def _ratio(found: float, smallest: float) -> str:
    ratio = found / smallest
    return f"**{ratio:.2f}**" if ratio > FLAT else f"{ratio:.2f}"


def _medians(runs: list[dict[str, Any]], accounts: int) -> dict[str, float]:
    same = [run for run in runs if run["accounts"] == accounts]
    return {name: median(run[name] for run in same) for name in same[0] if name not in ("accounts", "call")}


def _explained(document: dict[str, Any]) -> Iterator[str]:
    """Each statement once, with the first call that asks it; inserts look nothing up."""
    distinct = {each["statement"]: each for each in reversed(document["statements"]) if each["scans"]}
    large = [each for each in distinct.values() if each["large_seq_scans"]]
    calls = len({each["call"] for each in document["statements"]})
    yield from ("", f"### What {len(distinct)} statements of {calls} calls read by", "")
    yield from (
        [f"Whole tables are read by {len(large)} of them (in bold)."] if large else ["None reads a large table."]
    )
    unindexed = ", ".join(document["unindexed"])
    yield f"Foreign keys without an index: {unindexed or 'none'}."
    yield from ("", _row(STATEMENTS), _row(["---", "---", "---", "---:", "---:"]))
    for each in reversed(distinct.values()):
        yield _statement(each)


def _statement(each: dict[str, Any]) -> str:
    text, scans = each["statement"].replace("|", "\\|"), ", ".join(each["scans"]).replace("nhost_auth_", "")
    short = text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    numbers = [f"{each['rows_read']:,}", f"{each['pages']:,}"]
    return _row([each["call"], f"`{short}`", f"**{scans}**" if each["large_seq_scans"] else scans, *numbers])


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
