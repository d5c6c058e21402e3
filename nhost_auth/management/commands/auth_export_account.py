"""`auth_export_account`: all that is known of a person, as JSON (GDPR articles 15 and 20)."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from nhost_auth.flows import personal_data
from nhost_auth.management.accounts import named
from nhost_auth.management.command import OperatorCommand

ONLY_THE_OWNER = 0o600


class Encoder(DjangoJSONEncoder):
    """Times in UTC; what JSON has no word for, such as a file of the host's user, as text."""

    def default(self, o: Any) -> Any:
        if isinstance(o, datetime):
            aware = o if timezone.is_aware(o) else timezone.make_aware(o)
            return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
        try:
            return super().default(o)
        except TypeError:
            return str(o)


class Command(OperatorCommand):
    help = "Writes all that is stored of an account and its user as JSON. Secrets are not in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="account id, e-mail address or phone number")
        parser.add_argument(
            "--output", metavar="FILE", help="a new file that only you can read; unset: standard output"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        account = named(options["account"])
        sections = {"exported_at": datetime.now(UTC), "account": account.pk, **personal_data.export(account)}
        text = json.dumps(sections, cls=Encoder, indent=2, ensure_ascii=False)
        if options["output"] is None:
            self.stdout.write(text)
            return
        write_new(options["output"], text + "\n")
        self.stderr.write(f"Wrote {options['output']}.")


def write_new(path: str, text: str) -> None:
    """Raises CommandError, also for a file that is there already: it may be another person's."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_THE_OWNER)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
    with open(opened, "w", encoding="utf-8") as file:
        file.write(text)
