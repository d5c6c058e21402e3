"""What the commands that import have in common: their options, the progress bar, the report."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from nhost_auth.imports.report import Report

MAX_BATCH = 5000


class ImportCommand(BaseCommand):
    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="do everything, write nothing, print the same report"
        )
        parser.add_argument("--batch-size", type=_batch_size, default=500, help="users in a transaction (500)")
        parser.add_argument("--report", metavar="FILE", help="write every skipped row there as a line of JSON")

    @contextmanager
    def reporting(self, options: dict[str, Any]) -> Iterator[Report]:
        """A report, which is printed once all went well."""
        path = options["report"]
        try:
            file = open(path, "w", encoding="utf-8") if path else nullcontext()  # noqa: SIM115 - closed below
        except OSError as error:
            raise CommandError(f"--report {path}: {error.strerror}") from None
        with file as opened:
            report = Report(opened)
            yield report
        for line in report.summary():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was written.")

    def follow(self, batches: Iterator[int], *, total: int | None, unit: str) -> None:
        """Let an import run, with a bar where somebody watches."""
        with tqdm(total=total, unit=f" {unit}", disable=None) as bar:
            for done in batches:
                bar.update(done)


def _batch_size(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= MAX_BATCH:
        return int(text)
    raise argparse.ArgumentTypeError(f"has to be a number from 1 to {MAX_BATCH}")
