"""`auth_clients`: the applications that sign people in here: seeing, registering and deleting them, new secrets."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from nhost_auth.flows import oauth2_clients
from nhost_auth.management.command import OperatorCommand
from nhost_auth.management.questions import ensure_typed
from nhost_auth.management.tables import table
from nhost_auth.models import OAuth2Client
from nhost_auth.models.oauth2_clients import LONGEST_LIFETIME, SCOPES, default_scopes, is_scope, redirect_uri_fault

COLUMNS = ("client id", "name", "type", "kind", "created", "scopes", "redirect URIs")


def redirect_uri(text: str) -> str:
    """Raises ArgumentTypeError where nobody should be sent there."""
    if fault := redirect_uri_fault(text):
        raise ArgumentTypeError(f"{text}: {fault}")
    return text


def scope(text: str) -> str:
    """Raises ArgumentTypeError for what is none."""
    if not is_scope(text):
        raise ArgumentTypeError(f"{text} is none of {', '.join(SCOPES)} and graphql:role:NAME")
    return text


def lifetime(text: str) -> int:
    """Seconds. Raises ArgumentTypeError, ValueError."""
    if not 1 <= int(text) <= LONGEST_LIFETIME:
        raise ArgumentTypeError(f"has to be between 1 and {LONGEST_LIFETIME} seconds")
    return int(text)


class Command(OperatorCommand):
    help = "Lists, registers and deletes the applications that sign people in here, and renews their secrets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="every application, the newest first")
        listing.add_argument("--json", action="store_true", help="print JSON instead of a table")
        create = actions.add_parser("create", help="register one; prints its id and, this once, its secret")
        create.add_argument("--name", default="", help="what its users are told it is called")
        create.add_argument(
            "--redirect-uri",
            dest="redirect_uris",
            action="append",
            required=True,
            type=redirect_uri,
            metavar="URI",
            help="where its users come back to, compared letter by letter; may be given more than once",
        )
        create.add_argument(
            "--scope",
            dest="scopes",
            action="append",
            type=scope,
            help=f"what it may ask for; may be given more than once. Default: {', '.join(SCOPES)}",
        )
        create.add_argument("--public", action="store_true", help="an app or a page, which can keep no secret")
        for name in ("access", "refresh"):
            create.add_argument(
                f"--{name}-token-lifetime",
                type=lifetime,
                metavar="SECONDS",
                help=f"default: AUTH_OAUTH2_PROVIDER_{name.upper()}_TOKEN_TTL",
            )
        renew = actions.add_parser("renew-secret", help="another secret; standard output has it and nothing else")
        renew.add_argument("client_id")
        delete = actions.add_parser("delete", help="delete one, and all that anybody has allowed it")
        delete.add_argument("client_id")
        delete.add_argument("--noinput", action="store_false", dest="interactive", help="never ask anything")

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, options["action"].replace("-", "_"))(**options)

    def list(self, *, json: bool, **_: Any) -> None:
        rows = [_row(client) for client in OAuth2Client.objects.order_by("-created_at", "pk")]
        self.stdout.write(_as_json(rows) if json else table([COLUMNS, *(tuple(row.values()) for row in rows)]))

    def create(self, *, public: bool, scopes: Any, redirect_uris: Any, **options: Any) -> None:
        client = OAuth2Client(redirect_uris=_once(redirect_uris), scopes=_once(scopes) if scopes else default_scopes())
        for name in ("name", "access_token_lifetime", "refresh_token_lifetime"):
            setattr(client, name, options[name])
        try:
            client.clean_fields()
        except ValidationError as error:
            raise CommandError(
                "; ".join(f"{name}: {' '.join(told)}" for name, told in error.message_dict.items())
            ) from None
        secret = oauth2_clients.create(client, public=public)
        self.stdout.write(f"client_id={client.pk}")
        if secret:
            self.stdout.write(f"client_secret={secret}")

    def renew_secret(self, *, client_id: str, **_: Any) -> None:
        client = _named(client_id)
        if client.is_public:
            raise CommandError(f"{client} is public: it has no secret.")
        self.stdout.write(oauth2_clients.renew_secret(client))
        self.stderr.write(f"The secret of before is good no more for {client} ({client.pk}).")

    def delete(self, *, client_id: str, interactive: bool, **_: Any) -> None:
        client = _named(client_id)
        if interactive:
            ensure_typed(client.pk, f"{client} loses all that {client.grants.count()} accounts have allowed it.")
        oauth2_clients.delete(client)
        self.stdout.write(f"{client} ({client.pk}) is deleted.")


def _named(client_id: str) -> OAuth2Client:
    client = OAuth2Client.objects.filter(pk=client_id).first()
    if client is None:
        raise CommandError(f"There is no client {client_id}.")
    return client


def _once(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _row(client: OAuth2Client) -> dict[str, str]:
    values = (
        client.pk,
        client.name,
        "public" if client.is_public else "confidential",
        str(client.kind),
        str(client.created_at.isoformat(" ", "seconds")),
        " ".join(client.scopes),
        " ".join(client.redirect_uris),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _as_json(rows: list[dict[str, str]]) -> str:
    return json.dumps(rows, indent=2)
