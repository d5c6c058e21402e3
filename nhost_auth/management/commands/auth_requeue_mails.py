"""`auth_requeue_mails`: puts mails back into the queue that were not sent. Meant for cron, beside the workers."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError

from nhost_auth.infra import mail
from nhost_auth.management.command import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Puts mails back into the queue of django-tasks-db that failed, or whose worker died. Failed ones wait longer "
        "each time, and are given up after an hour."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--abandoned-after",
            type=int,
            default=600,
            metavar="SECONDS",
            help="how long a worker may take for one mail before it counts as dead (default: 600)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not mail.wait_in_database():
            raise CommandError("Mails wait in no table: see AUTH_EMAIL_DELIVERY and TASKS.")
        from nhost_auth.infra import mail_tasks

        count, given_up = mail_tasks.requeue(abandoned_after=timedelta(seconds=options["abandoned_after"]))
        self.stdout.write(
            f"Put {count} mails back. {given_up} were tried {mail_tasks.ATTEMPTS} times and are given up."
        )
