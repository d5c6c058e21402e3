"""`auth_erase_account`: deletes an account, its user and all that belongs to them (GDPR article 17)."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import CommandError
from django.db.models import ProtectedError, RestrictedError

from nhost_auth.flows import personal_data
from nhost_auth.management.accounts import named
from nhost_auth.management.command import OperatorCommand
from nhost_auth.management.questions import ensure_typed
from nhost_auth.management.tables import table
from nhost_auth.models import Account


class Command(OperatorCommand):
    help = "Erases an account and its user for good, with all that refers to them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="account id, e-mail address or phone number")
        parser.add_argument("--noinput", action="store_false", dest="interactive", help="never ask anything")
        parser.add_argument("--dry-run", action="store_true", help="count what would be erased, erase nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        account, dry_run = named(options["account"]), options["dry_run"]
        if options["interactive"] and not dry_run:
            ensure_typed(options["account"], f"This erases {account} ({account.pk}) for good.")
        counts = erased(account, dry_run=dry_run)
        self.stdout.write(table([("model", "to erase" if dry_run else "erased"), *sorted(counts.items())]))


def erased(account: Account, *, dry_run: bool) -> Counter[str]:
    """How many rows of each model. Raises CommandError where the host's models do not let go of the user."""
    try:
        return personal_data.count(account) if dry_run else personal_data.erase(account)
    except (ProtectedError, RestrictedError) as error:
        rows = Counter(row._meta.label for row in personal_data.blocking(error))
        named_rows = ", ".join(f"{label} ({count})" for label, count in sorted(rows.items()))
        raise CommandError(f"Nothing was erased: {named_rows} forbids it. Register an eraser for it.") from None
    except ObjectDoesNotExist:
        raise CommandError("Nothing was erased: the account is gone already.") from None
    except personal_data.Kept:
        raise CommandError("Nothing was erased: delete() of the user model keeps the user.") from None
