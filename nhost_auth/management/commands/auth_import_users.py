"""`auth_import_users`: users with their password hashes, out of a file of JSON lines."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

from django.core.management.base import CommandError

from nhost_auth.imports import user_lines
from nhost_auth.management.import_command import ImportCommand
from nhost_auth.management.progress import counted


class Command(ImportCommand):
    help = "Imports users from a file with an object of JSON in each line: email, passwordHash and what else is known."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a path, or - for the standard input")
        super().add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            source = nullcontext(sys.stdin.buffer) if options["file"] == "-" else open(options["file"], "rb")  # noqa: SIM115
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        with source as lines, self.reporting(options) as report:
            batches = user_lines.batches(lines, report, batch_size=options["batch_size"], dry=options["dry_run"])
            counted(batches, "lines", None)
