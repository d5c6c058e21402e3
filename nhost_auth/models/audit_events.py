"""The audit trail: what happened to accounts and keys, in order, only ever added to.

Each event carries an HMAC over itself and the event before, so that one changed, inserted or taken out shows, also to
whoever can write to the database but does not know SECRET_KEY. What tells of a person (address, browser, data) goes
into the chain as a digest: it can be erased and the chain still holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime
from functools import cache
from typing import Any

from django.db import IntegrityError, connections, models, transaction

from nhost_auth.infra.crypto import keyed_digest, keyed_digests
from nhost_auth.models.compiled import CompiledSelect, insert

SUCCESS = "success"
PRUNED = "audit_pruned"
TRIES = 100
CHUNK = 1000


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def append(self, events: list[AuditEvent]) -> None:
        """Put events at the end of the chain. Of those who want the same number one gets it, the primary key decides.

        Raises IntegrityError after a hundred lost races.
        """
        for remaining in reversed(range(TRIES)):
            number, before = self.head()
            for event in events:
                number += 1
                event.number = number
                before = event.link(before)
            try:
                # One statement is all or nothing by itself; inside a transaction its failure must not spoil the rest.
                with transaction.atomic(self.db) if connections[self.db].in_atomic_block else nullcontext():
                    insert(self.db, events)
                return
            except IntegrityError:
                if not remaining:
                    raise

    def head(self) -> tuple[int, str]:
        """Number and hash of the newest event; zero and nothing where there is none."""
        newest: list[AuditEvent] = _newest().instances(self.db)
        return (newest[0].number, newest[0].hash) if newest else (0, "")

    def faults(self, *, newest: int = 0) -> Iterator[tuple[int, str]]:
        """What does not fit, as numbers and reasons. Reads every event, or only as many of the newest, oldest first."""
        expected, before = max(self._start(), self._before(newest)) if newest else self._start()
        for event in self.filter(number__gte=expected).order_by("number").iterator(CHUNK):
            if event.number != expected:
                yield expected, f"{event.number - expected} missing"
            elif not event.follows(before):
                yield event.number, "was changed, or stands behind another than it was written behind"
            elif event.erased_at is None and not event.tells_the_truth():
                yield event.number, "its address, browser or data was changed"
            expected, before = event.number + 1, event.hash

    def _start(self) -> tuple[int, str]:
        """The number the chain begins with, and the hash before it: what was pruned is vouched for by an event."""
        pruned = self.filter(event=PRUNED).order_by("-number").first()
        return pruned.beginning() if pruned else (1, "")

    def _before(self, newest: int) -> tuple[int, str]:
        """As `_start`, for so many of the newest events: the one before them is taken at its word."""
        rows = self.order_by("-number").values_list("number", "hash")
        number, before = next(iter(rows[newest : newest + 1]), (0, ""))
        return number + 1, before

    def erase(self, account_id: Any, at: datetime) -> int:
        """Forget addresses, browsers and data in the events of an account; how many there are."""
        return self.filter(account_id=account_id, erased_at=None).update(ip=None, agent="", data={}, erased_at=at)


@cache
def _newest() -> CompiledSelect:
    return CompiledSelect(lambda: AuditEvent.objects.only("number", "hash").order_by("-number")[:1])


class AuditEvent(models.Model):
    number = models.BigIntegerField(primary_key=True, editable=False)
    at = models.DateTimeField(db_index=True)
    event = models.CharField(max_length=64)
    outcome = models.CharField(max_length=64, default=SUCCESS)
    account_id = models.UUIDField(null=True, blank=True)
    """Not a foreign key: the trail outlives the account."""
    actor = models.CharField(max_length=255, blank=True, default="")
    """Who did it, where that is not the account itself: `admin 5`, `command auth_keys`."""
    ip = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=255, blank=True, default="")
    data: Any = models.JSONField(default=dict, blank=True)
    details_hash = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = models.Manager.from_queryset(AuditEventQuerySet)()

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["account_id", "-number"], name="nhost_auth_audit_account"),
            models.Index(fields=["event", "-number"], name="nhost_auth_audit_event"),
            models.Index(fields=["ip", "-number"], name="nhost_auth_audit_ip"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.event}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises TypeError: events come into being by `append`, and stay as they are."""
        raise TypeError("The audit trail is only added to, by AuditEvent.objects.append.")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises TypeError: the oldest go by `auth_audit prune`, which the trail knows of."""
        raise TypeError("Events of the audit trail are not deleted one by one; see auth_audit prune.")

    def link(self, before: str) -> str:
        """Put the event behind the one with this hash; its own."""
        self.details_hash = keyed_digest("audit_details", *self._details())
        self.hash = keyed_digest("audit_event", before, *self._facts())
        return self.hash

    def follows(self, before: str) -> bool:
        return self.hash in keyed_digests("audit_event", before, *self._facts())

    def tells_the_truth(self) -> bool:
        return self.details_hash in keyed_digests("audit_details", *self._details())

    def beginning(self) -> tuple[int, str]:
        """Of an event that vouches for what was pruned: where the chain goes on, and the hash before.

        One that was changed vouches for nothing, nor does one that stands where it says that all is pruned.
        """
        if self.tells_the_truth() and self.number > int(self.data["through"]):
            return int(self.data["through"]) + 1, str(self.data["hash"])
        return 1, ""

    def _details(self) -> Iterable[str]:
        return str(self.ip or ""), self.agent, json.dumps(self.data, sort_keys=True)

    def _facts(self) -> Iterable[str]:
        # Microseconds are all that every database keeps.
        moment = round(self.at.timestamp() * 1_000_000)
        facts = (self.number, moment, self.event, self.outcome, self.account_id or "", self.actor, self.details_hash)
        return map(str, facts)
