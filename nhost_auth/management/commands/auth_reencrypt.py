"""`auth_reencrypt`: moves all stored secrets under the first key of AUTH_ENCRYPTION_KEY, beside a running server."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from nhost_auth.flows import audit, reencryption
from nhost_auth.flows.reencryption import Column, Tally
from nhost_auth.management.command import OperatorCommand
from nhost_auth.management.progress import add_batch_size, counted
from nhost_auth.management.tables import table


class Command(OperatorCommand):
    help = "Re-encrypts stored secrets that are not under the first key of AUTH_ENCRYPTION_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_batch_size(parser)
        parser.add_argument("--dry-run", action="store_true", help="count what would be re-encrypted, change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        size, dry_run = options["batch_size"], options["dry_run"]
        tallies = {column: moved(column, size, dry_run=dry_run) for column in reencryption.columns()}
        moved_rows = sum(tally.moved for tally in tallies.values())
        if moved_rows and not dry_run:
            audit.note("secrets_reencrypted", count=moved_rows)
        head = ("table", "under the first key", "to move" if dry_run else "moved", "changed meanwhile", "unreadable")
        self.stdout.write(table([head, *(_cells(column, tally) for column, tally in tallies.items())]))
        if any(tally.changed for tally in tallies.values()):
            self.stderr.write("Rows that were changed meanwhile may be under another key: run it once more.")
        unreadable = [
            f"{column.model._meta.db_table} {pk}" for column, tally in tallies.items() for pk in tally.unreadable
        ]
        if unreadable:
            raise CommandError("\n".join(["No configured key opens these rows:", *unreadable]))


def moved(column: Column, size: int, *, dry_run: bool) -> Tally:
    """What became of the rows of a column."""
    tally = Tally()
    counted(reencryption.move(column, size, tally, dry_run=dry_run), column.model.__name__, column.rows.count())
    return tally


def _cells(column: Column, tally: Tally) -> tuple[object, ...]:
    return column.model.__name__, tally.current, tally.moved, tally.changed, len(tally.unreadable)
