"""What an import did: counts for each table, the rows it left out and why. Never a secret, never an address."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import IO

SHOWN = 20
OUTCOMES = ("read", "imported", "updated", "already here", "skipped")


class Report:
    """`file` gets every skipped row as a line of JSON; without one only the first rows are remembered."""

    def __init__(self, file: IO[str] | None = None) -> None:
        self.tables: dict[str, Counter[str]] = {}
        self.reasons: Counter[str] = Counter()
        self.first: list[tuple[str, str, str]] = []
        self._file = file

    def count(self, table: str, outcome: str, number: int = 1) -> None:
        """`outcome` is one of OUTCOMES, and each row that is read has exactly one of the others."""
        self.tables.setdefault(table, Counter())[outcome] += number

    def skip(self, table: str, row: object, reason: str) -> None:
        """A row, named by its id or its line, that is left out."""
        self.count(table, "skipped")
        self.reasons[reason] += 1
        if len(self.first) < SHOWN:
            self.first.append((table, str(row), reason))
        if self._file is not None:
            self._file.write(json.dumps({"table": table, "row": str(row), "reason": reason}) + "\n")

    def summary(self) -> Iterator[str]:
        """The lines that are printed at the end."""
        width = max([len("table"), *map(len, self.tables)])
        yield "  ".join(["table".ljust(width), *OUTCOMES])
        for table, counts in self.tables.items():
            numbers = (str(counts[outcome]).rjust(len(outcome)) for outcome in OUTCOMES)
            yield "  ".join([table.ljust(width), *numbers])
        if self.reasons:
            yield "Skipped: " + ", ".join(f"{reason} {count}" for reason, count in self.reasons.most_common())
        for table, row, reason in self.first:
            yield f"  {table} {row}: {reason}"
        more = self.reasons.total() - len(self.first)
        if more:
            yield f"  and {more} more" + ("" if self._file is not None else "; --report FILE writes them all")
