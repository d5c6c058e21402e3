"""What the commands that import have in common: their options, the progress bar, the report."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.core.management.base import CommandError

from nhost_auth.flows import audit
from nhost_auth.imports.report import Report
from nhost_auth.management.command import OperatorCommand
from nhost_auth.management.progress import add_batch_size

BATCH = 500


class ImportCommand(OperatorCommand):
    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="do everything, write nothing, print the same report"
        )
        add_batch_size(parser, default=BATCH)
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
        if not options["dry_run"]:
            imported: dict[str, Any] = {table: counts["imported"] for table, counts in report.tables.items()}
            audit.note("users_imported", **imported)
        else:
            self.stdout.write("This was a dry run: nothing was written.")
