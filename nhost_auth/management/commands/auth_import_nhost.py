"""`auth_import_nhost`: users, passwords, sessions and all that belongs to them, out of Nhost's database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from nhost_auth.conf import conf
from nhost_auth.imports.nhost import Run
from nhost_auth.imports.nhost_source import SourceError, connected
from nhost_auth.management.import_command import ImportCommand
from nhost_auth.management.progress import counted


class Command(ImportCommand):
    help = "Imports users, their passwords, sessions and keys from the database of an Nhost or hasura-auth server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "database_url",
            nargs="?",
            help="unset: the setting POSTGRES_CONNECTION or HASURA_GRAPHQL_DATABASE_URL, which no process list shows",
        )
        parser.add_argument("--update", action="store_true", help="overwrite what is here with what Nhost has now")
        super().add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        url = options["database_url"] or conf.POSTGRES_CONNECTION or conf.HASURA_GRAPHQL_DATABASE_URL
        if not url:
            raise CommandError("Name Nhost's database, or set POSTGRES_CONNECTION or HASURA_GRAPHQL_DATABASE_URL.")
        try:
            with connected(url) as source, self.reporting(options) as report:
                run = Run(
                    source=source,
                    report=report,
                    batch_size=options["batch_size"],
                    update=options["update"],
                    dry=options["dry_run"],
                )
                counted(run.batches(), "users", source.count_users())
        except SourceError as error:
            raise CommandError(f"{error}\nBatches that were finished stay; run the command again to go on.") from None
