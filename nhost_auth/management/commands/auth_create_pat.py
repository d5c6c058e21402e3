"""`auth_create_pat`: a personal access token for an account. Its secret is printed this once."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from nhost_auth.errors import AuthError
from nhost_auth.flows import policy, sessions
from nhost_auth.http import bodies
from nhost_auth.management.accounts import named
from nhost_auth.management.command import OperatorCommand
from nhost_auth.management.moments import from_now, moment


def json_object(text: str) -> dict[str, Any]:
    """What POST /pat would take for metadata. Raises ArgumentTypeError."""
    try:
        found = bodies.parse(text.encode())
    except (AuthError, UnicodeError):
        found = None
    if not isinstance(found, dict):
        raise ArgumentTypeError("has to be a JSON object, without null characters")
    return found


class Command(OperatorCommand):
    help = "Makes a personal access token. Standard output has the token and nothing else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="account id, e-mail address or phone number")
        end = parser.add_mutually_exclusive_group(required=True)
        end.add_argument("--expires-in", type=from_now, dest="expires_at", metavar="TIME", help="such as 90d or 1d12h")
        end.add_argument("--expires-at", type=moment, dest="expires_at", metavar="DATETIME", help="in ISO 8601")
        parser.add_argument("--metadata", type=json_object, metavar="JSON", help="an object kept with the token")

    def handle(self, *_args: Any, **options: Any) -> None:
        account, expires_at = named(options["account"]), options["expires_at"]
        if expires_at <= timezone.now():
            raise CommandError("The token would have expired already.")
        try:
            policy.ensure_valid(account)
        except AuthError as error:
            raise CommandError(f"{account} could not sign in by it: {error.code}.") from None
        token, secret = sessions.create_pat(account, expires_at=expires_at, metadata=options["metadata"])
        self.stdout.write(secret)
        self.stderr.write(f"Personal access token {token.pk} of {account} ({account.pk}), good until {expires_at}.")
