"""What issue 8 set, call by call, and whether a run reaches it.

The bars were set on a machine where a bare Django view costs 0.16 ms of CPU, and 0.22 behind the middleware of
startproject, which it has here. A run measures that view too, so its figures can be told as that machine would have
them: an estimate, for not all code slows down alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.systems import SYSTEMS
from benchmarks.tables import head, medians, row, where

CONNECTIONS = 8
FLOOR, FLOOR_THERE = "Django view", 0.22
PEERS = [system.name for system in SYSTEMS if system.site.startswith("with_")]
ORIGINAL = "original"


@dataclass(frozen=True)
class Bar:
    """Milliseconds of server CPU that a request may cost, and how many times as many as the original's are wanted."""

    call: str
    algorithm: str
    cpu: float
    there: str
    """CPU of the original on the machine of the bars, with HS256 / RS256."""
    rate_there: float = 0
    """What the original does in a second there, of calls whose rate has to be twice that."""

    @property
    def told(self) -> str:
        rate = ", twice the original's rate" if self.rate_there else ""
        return f"≤ {self.cpu:.2f} ms{rate}"


BARS = [
    Bar("GET /user", "RS256", 0.50, "0.18 / 0.20"),
    Bar("POST /token", "RS256", 1.0, "0.26 / 1.25"),
    Bar("POST /token", "ES256", 0.8, "0.26 / 1.25"),
    Bar("POST /token/verify", "RS256", 0.35, "0.09 / 0.12"),
    Bar("POST /signin/email-password", "RS256", 26, "57.8", 33),
    Bar("POST /signup/email-password", "RS256", 27, "57.3", 33),
    Bar("POST /signin/anonymous", "RS256", 1.2, "0.22 / 1.20"),
    Bar("POST /signin/pat", "RS256", 1.2, "0.39 / 1.42"),
]
HEAD = [
    "call",
    "keys",
    "bar",
    "ours, CPU ms",
    "scaled to the bars' machine (estimate)",
    "a second",
    "best peer, CPU ms",
    "original there, CPU ms",
    "original here, CPU ms",
    "",
]


def table(runs: list[dict[str, Any]]) -> str:
    """Markdown: what was found at 8 connections beside the bars."""
    same = where(runs, connections=CONNECTIONS)
    floor = medians(where(same, call=FLOOR)).get("cpu", 0)
    lines = [f"## The bars, {CONNECTIONS} connections", ""]
    if floor:
        lines += [
            f"The floor, a bare Django view behind the usual middleware, costs {floor:.2f} ms of CPU here and"
            f" {FLOOR_THERE} ms on the machine that the bars were set on. The estimate for that machine is"
            f" ours · {FLOOR_THERE} / {floor:.2f}.",
            "",
        ]
    return "\n".join([*lines, *head(HEAD), *(_line(bar, same, floor) for bar in BARS)])


def _line(bar: Bar, runs: list[dict[str, Any]], floor: float) -> str:
    same = where(runs, call=bar.call)
    ours, original = medians(where(same, system=f"ours, {bar.algorithm}")), medians(where(same, system=ORIGINAL))
    if not ours:
        return row([bar.call, bar.algorithm, bar.told, *[""] * 4, bar.there, "", "not measured"])
    scaled = ours["cpu"] * FLOOR_THERE / floor if floor else None
    peers = [(found["cpu"], peer) for peer in PEERS if (found := medians(where(same, system=peer)))]
    return row(
        [
            bar.call,
            bar.algorithm,
            bar.told,
            f"{ours['cpu']:.2f}",
            "" if scaled is None else f"{scaled:.2f}",
            f"{ours['rate']:,.0f}",
            "{:.2f}, {}".format(*min(peers)) if peers else "",
            bar.there,
            f"{original['cpu']:.2f}" if "cpu" in original else "",
            "; ".join(_verdicts(bar, ours, original, scaled)),
        ]
    )


def _verdicts(bar: Bar, ours: dict[str, float], original: dict[str, float], scaled: float | None) -> list[str]:
    if round(ours["cpu"], 2) <= bar.cpu:
        cpu = "met"
    else:
        cpu = "met by the estimate" if scaled is not None and round(scaled, 2) <= bar.cpu else "missed"
    if not bar.rate_there:
        return [cpu]
    rate, where_from = (original["rate"], "here") if original else (bar.rate_there, "there")
    times = round(ours["rate"] / rate, 1)
    return [cpu, f"{times} times the original's rate {where_from}: {'met' if times >= 2 else 'missed'}"]
