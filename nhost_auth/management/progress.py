"""How commands show work in batches: how large a batch is, how far the work has come."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm

DEFAULT_SIZE, LARGEST_SIZE = 1000, 10_000
"""SQLite takes 32,766 values in one statement."""


def add_batch_size(parser: ArgumentParser, default: int = DEFAULT_SIZE) -> None:
    parser.add_argument("--batch-size", type=_size, default=default, help=f"rows in one transaction, default {default}")


def _size(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_SIZE:
        raise ArgumentTypeError(f"has to be between 1 and {LARGEST_SIZE}")
    return int(text)


def bar(label: str, total: int | None) -> tqdm[Any]:
    """A progress bar over rows, on a terminal only."""
    return tqdm(total=total, desc=label, unit=" rows", disable=None)


def counted(batches: Iterable[int], label: str, total: int | None) -> int:
    """Go through batches of rows behind a progress bar; how many rows they were together."""
    done = 0
    with bar(label, total) as progress:
        for rows in batches:
            done += rows
            progress.update(rows)
    return done
