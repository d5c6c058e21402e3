"""`auth_prune`: deletes expired tokens, tickets, codes and challenges. Meant for cron, beside a running server."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from nhost_auth.flows import batches, pruning
from nhost_auth.management.command import OperatorCommand
from nhost_auth.management.progress import add_batch_size, counted
from nhost_auth.management.tables import table


class Command(OperatorCommand):
    help = "Deletes expired refresh tokens, tickets, codes, challenges and visits to providers, in batches."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_batch_size(parser)
        parser.add_argument("--dry-run", action="store_true", help="count what would be deleted, delete nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        dry_run, size = options["dry_run"], options["batch_size"]
        counts = [(rule.model.__name__, prune(rule, size, dry_run=dry_run)) for rule in pruning.RULES]
        total = ("total", sum(count for _, count in counts))
        self.stdout.write(table([("table", "to delete" if dry_run else "deleted"), *counts, total]))


def prune(rule: pruning.Rule, size: int, *, dry_run: bool) -> int:
    """How many rows of a table were deleted, or would be."""
    rows = rule.rows()
    waiting = rows.count()
    return waiting if dry_run else counted(batches.delete(rows, size), rule.model.__name__, waiting)
