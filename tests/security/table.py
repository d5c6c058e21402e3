"""The table of docs/security.md: `python -m tests.security.table` writes its last column anew.

A test belongs to the line whose number its name has, as test_42_… does.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "security.md"
ROW = re.compile(r"^\| (?P<number>\d+) \|(?P<text>.*)\| ?(?P<tests>[^|]*?) ?\|$", re.MULTILINE)
NUMBERED = re.compile(r"test_(\d+)_")


def named(path: Path) -> Iterator[str]:
    """The tests of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


@cache
def shown() -> dict[int, dict[str, list[str]]]:
    """The tests of each line, by file."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in named(path):
            if match := NUMBERED.match(name):
                found[int(match[1])][path.relative_to(ROOT).as_posix()].append(name)
    return found


def written(document: str) -> str:
    """The document with its last column as it has to be."""
    found = shown()

    def row(match: re.Match[str]) -> str:
        files = found.get(int(match["number"]))
        if files is None:
            return match[0]
        cell = "<br>".join(f"{file}: {', '.join(f'`{name}`' for name in names)}" for file, names in files.items())
        return f"| {match['number']} |{match['text']}| {cell} |"

    return ROW.sub(row, document)


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
