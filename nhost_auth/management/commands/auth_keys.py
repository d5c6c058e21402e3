"""`auth_keys`: the signing keys of the database: seeing, replacing, refusing and deleting them."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from nhost_auth.conf import conf
from nhost_auth.flows import key_rotation
from nhost_auth.flows.key_rotation import LONGEST_PUBLISH_AHEAD, KeysStay
from nhost_auth.infra.keyring import InvalidSecret
from nhost_auth.management.command import OperatorCommand
from nhost_auth.management.tables import table
from nhost_auth.models import SigningKey
from nhost_auth.models.signing_keys import ALGORITHMS

COLUMNS = ("state", "algorithm", "kid", "created", "signs from", "verifies until")


class Command(OperatorCommand):
    help = "Lists, rotates, retires and prunes the signing keys of the database, and takes a pinned one in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="every key with its state: next, active, retiring, retired")
        listing.add_argument("--json", action="store_true", help="print JSON instead of a table")
        rotate = actions.add_parser("rotate", help="put a new key in the place of the one that signs")
        rotate.add_argument("--algorithm", choices=ALGORITHMS, help="default: AUTH_SIGNING_ALGORITHM")
        rotate.add_argument(
            "--publish-ahead",
            type=int,
            metavar="SECONDS",
            help="how long the new key is in the JWKS before it signs; 0: it signs at once, or the one that waits does."
            " Default: AUTH_SIGNING_KEY_PUBLISH_AHEAD",
        )
        rotate.add_argument(
            "--default-issuer",
            action="store_true",
            help="tokens name AUTH_SERVER_URL as their issuer, not the issuer of an adopted key any more",
        )
        retire = actions.add_parser("retire", help="refuse the tokens of a key from now on, for one that became known")
        retire.add_argument("kid", help="the key, as `list` shows it")
        actions.add_parser("prune", help="delete retired keys")
        actions.add_parser("adopt", help="take the key of HASURA_GRAPHQL_JWT_SECRET in, so that the setting can go")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])(**options)
        except (KeysStay, InvalidSecret) as error:
            raise CommandError(str(error)) from error

    def list(self, *, json: bool, **_: Any) -> None:
        rows = [_row(key) for key in SigningKey.objects.with_states()]
        self.stdout.write(_as_json(rows) if json else table([COLUMNS, *(tuple(row.values()) for row in rows)]))
        if conf.HASURA_GRAPHQL_JWT_SECRET:
            self.stderr.write("HASURA_GRAPHQL_JWT_SECRET is set: it signs and verifies, these keys do not.")

    def rotate(self, *, algorithm: str | None, publish_ahead: int | None, default_issuer: bool, **_: Any) -> None:
        ahead = conf.AUTH_SIGNING_KEY_PUBLISH_AHEAD if publish_ahead is None else publish_ahead
        if not 0 <= ahead <= LONGEST_PUBLISH_AHEAD:
            raise CommandError(f"--publish-ahead has to be between 0 and {LONGEST_PUBLISH_AHEAD} seconds.")
        key = key_rotation.rotate(
            algorithm or conf.AUTH_SIGNING_ALGORITHM,
            publish_ahead=timedelta(seconds=ahead),
            default_issuer=default_issuer,
        )
        self.stdout.write(f"{key} is published and signs from {_time(key.signs_from)} on.")

    def retire(self, *, kid: str, **_: Any) -> None:
        key = _named(kid)
        key_rotation.retire(key)
        self.stdout.write(f"{key} is retired: its tokens are refused within {conf.AUTH_KEYRING_TTL} seconds.")

    def prune(self, **_: Any) -> None:
        self.stdout.write(f"{key_rotation.prune()} retired keys deleted.")

    def adopt(self, **_: Any) -> None:
        key = key_rotation.adopt_pinned()
        self.stdout.write(
            f"{key} is in the database. Take HASURA_GRAPHQL_JWT_SECRET out of the settings everywhere now."
        )


def _named(kid: str) -> SigningKey:
    key = SigningKey.objects.filter(kid=kid).first()
    try:
        key = key or SigningKey.objects.filter(pk=kid).first()
    except ValidationError:
        key = None
    if key is None:
        raise CommandError(f"There is no key {kid}.")
    return key


def _row(key: SigningKey) -> dict[str, str]:
    until = _time(key.verifies_until) if key.verifies_until else ""
    values = (
        str(key.state),
        key.algorithm,
        key.kid or str(key.pk),
        _time(key.created_at),
        _time(key.signs_from),
        until,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _time(moment: Any) -> str:
    return str(moment.isoformat(" ", "seconds"))


def _as_json(rows: list[dict[str, str]]) -> str:
    return json.dumps(rows, indent=2)
