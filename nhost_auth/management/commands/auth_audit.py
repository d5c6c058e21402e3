"""`auth_audit`: whether the audit trail is whole, and forgetting its oldest part."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from nhost_auth.flows import audit
from nhost_auth.management.command import OperatorCommand
from nhost_auth.models import AuditEvent

SHOWN = 20


class Command(OperatorCommand):
    help = "Verifies the chain of the audit trail, prunes what is older than the retention."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="whether every event is there and as it was written")
        verify.add_argument(
            "--head",
            metavar="NUMBER:HASH",
            help="the end of the trail as an earlier run printed it: shows whether newer events were cut off",
        )
        prune = actions.add_parser("prune", help="delete the oldest events; the rest still verifies")
        prune.add_argument("--keep-days", type=int, required=True, help="events younger than this stay")

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, options["action"])(**options)

    def verify(self, *, head: str | None, **_: Any) -> None:
        events = AuditEvent.objects
        faults = [*events.faults(), *(_cut_off(head) if head else ())]
        for number, reason in faults[:SHOWN]:
            self.stderr.write(f"Event {number}: {reason}")
        if faults:
            raise CommandError(f"The audit trail was tampered with: {len(faults)} faults.")
        number, digest = events.head()
        erased = events.exclude(erased_at=None).count()
        self.stdout.write(f"{events.count()} events are whole; details of {erased} were erased.")
        self.stdout.write(f"Head: {number}:{digest}")

    def prune(self, *, keep_days: int, **_: Any) -> None:
        if keep_days < 1:
            raise CommandError("--keep-days has to be 1 or more.")
        try:
            since = timezone.now() - timedelta(days=keep_days)
        except OverflowError:
            raise CommandError(f"There were no {keep_days} days before today.") from None
        # By number: clocks of several machines do not agree to the microsecond, the chain has one order.
        first_kept = (
            AuditEvent.objects.filter(at__gte=since).order_by("number").values_list("number", flat=True).first()
        )
        through = AuditEvent.objects.head()[0] if first_kept is None else first_kept - 1
        self.stdout.write(f"{audit.prune(through)} events older than {keep_days} days deleted.")


def _cut_off(head: str) -> list[tuple[int, str]]:
    number, _, digest = head.partition(":")
    if not number.isdecimal() or not digest:
        raise CommandError("--head has to be NUMBER:HASH.")
    same = AuditEvent.objects.filter(number=int(number), hash=digest)
    return [] if same.exists() else [(int(number), "the trail ended here once and is not the same any more")]
