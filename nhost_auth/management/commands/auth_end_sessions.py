"""`auth_end_sessions`: signs an account out everywhere, or everybody (ASVS 7.4.5)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from nhost_auth.conf import conf
from nhost_auth.flows import revocation
from nhost_auth.management.accounts import named
from nhost_auth.management.command import OperatorCommand
from nhost_auth.management.moments import moment
from nhost_auth.management.progress import add_batch_size, counted
from nhost_auth.management.questions import ensure_typed


class Command(OperatorCommand):
    help = "Ends the sessions of one account or of everybody. Access tokens that are out expire by themselves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--user", metavar="ACCOUNT", help="account id, e-mail address or phone number")
        whose.add_argument("--all", action="store_true", help="everybody's")
        parser.add_argument("--include-pats", action="store_true", help="revoke personal access tokens too")
        parser.add_argument("--created-before", type=moment, metavar="DATETIME", help="only those that began earlier")
        parser.add_argument("--noinput", action="store_false", dest="interactive", help="never ask anything")
        add_batch_size(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        account = named(options["user"]) if options["user"] else None
        ending = revocation.sessions(
            account, include_pats=options["include_pats"], created_before=options["created_before"]
        )
        waiting = ending.count()
        if account is None and options["interactive"]:
            ensure_typed("all", f"This ends {waiting} sessions of everybody.")
        ended = counted(revocation.end(account, ending, options["batch_size"]), "sessions", waiting)
        self.stdout.write(f"Ended {ended} sessions of {account or 'everybody'}.")
        self.stderr.write(
            f"Access tokens that are out stay good for up to {conf.AUTH_ACCESS_TOKEN_EXPIRES_IN} seconds."
        )
