"""Whether the same calls cost the same with a thousand times the accounts, and whether every look-up has an index.

    python -m benchmarks.growth [--accounts 10000 1000000 10000000] [--seconds 4] [--rounds 2]

A database of each size on PostgreSQL, filled by SQL (3 KB and 0.06 ms for each account), all of them served at once
and asked by turns. Each request is of somebody else, 2,000 people in a run, drawn from the whole table. The statements
of all ways in are explained in the largest. Writes benchmarks/results/growth.json and prints a section for REPORT.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from benchmarks import databases, growth_tables, machine
from benchmarks.compare import write
from benchmarks.inside import ask
from benchmarks.measuring import measured
from benchmarks.people import PAT_EVERY, email, has_second_factor, key
from benchmarks.processes import Server, manage, serving
from benchmarks.systems import OURS, PASSWORD, Call
from benchmarks.wrk import Session

CONNECTIONS = 8
PEOPLE = 2000
"""Of a run. A refresh token is good once, so each run has people of its own: five rounds are possible with 10,000."""
STRIDE = 7_368_787
"""A prime."""
CALLS = {
    "GET /user": OURS["GET /user"],
    "POST /token": OURS["POST /token"],
    "POST /signin/email-password": Call("/v1/signin/email-password", {"email": "{email}", "password": PASSWORD}),
    "POST /signin/pat": OURS["POST /signin/pat"],
    "POST /signin/anonymous": OURS["POST /signin/anonymous"],
    "POST /signup/email-password": OURS["POST /signup/email-password"],
}


@dataclass(frozen=True)
class Size:
    """A database with so many accounts, and the server in front of it."""

    accounts: int
    environment: dict[str, str]
    server: Server
    filled: dict[str, float]

    def sessions(self, call: str, turn: int) -> list[Session]:
        """What people carry who send a call, in the so manieth round."""
        if call == "POST /signin/pat":
            owners = (self._person(place) for place in range(min(self.accounts, PAT_EVERY * PEOPLE)))
            return [{"pat": key("pat", number)} for number in owners if number % PAT_EVERY == 1]
        drawn = map(self._person, range(turn * PEOPLE, (turn + 1) * PEOPLE))
        mine = [number for number in drawn if not has_second_factor(number)]
        if call == "GET /user":
            return [{"access": token} for token in ask("access_tokens", self.environment, given=mine)]
        return [{"refresh": key("refresh", number), "email": email(number)} for number in mine]

    def _person(self, place: int) -> int:
        """The number of somebody; nobody comes twice, and neighbours live far apart."""
        return place * STRIDE % self.accounts + 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default=databases.SERVER)
    parser.add_argument("--accounts", type=int, nargs="+", default=[10_000, 1_000_000, 10_000_000])
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, choices=range(1, 6), default=2)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    facts = machine.facts(options.database)
    with ExitStack() as stack:
        sizes = [stack.enter_context(_size(accounts, options)) for accounts in sorted(options.accounts)]
        explained = ask("explained", sizes[-1].environment)
        runs = list(_runs(sizes, options))
    filled = [{"accounts": size.accounts, **size.filled} for size in sizes]
    document = {"machine": facts, "options": vars(options), "filled": filled, "runs": runs, **explained}
    write("growth", document)
    print(growth_tables.of(document))


@contextmanager
def _size(accounts: int, options: argparse.Namespace) -> Iterator[Size]:
    with databases.temporary(options.database, f"benchmark_growth_{accounts}") as url:
        environment = {"DATABASE_URL": url}
        manage("ours", environment, "migrate")
        print(f"filling a database with {accounts:,} accounts", file=sys.stderr)
        filled = ask("filling", environment, accounts)
        with serving("ours", environment, options.workers, 1) as server:
            yield Size(accounts, environment, server, filled)


def _runs(sizes: list[Size], options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    for turn, (name, call) in product(range(options.rounds), CALLS.items()):
        for size in sizes if turn % 2 else reversed(sizes):
            found = measured(size.server, call, size.sessions(name, turn), options.seconds, CONNECTIONS)
            yield {"accounts": size.accounts, "call": name, **asdict(found)}


if __name__ == "__main__":
    main()
