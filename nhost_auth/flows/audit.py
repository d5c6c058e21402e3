"""Writing the audit trail: every signal of ours, what was refused, and what is noted by name.

Who asks is known from `acting`, which every request, admin page and command stands in. Events are written when it
ends, in two statements for all of them together.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import Error
from django.dispatch import Signal
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.models import Account, AuditEvent
from nhost_auth.models.audit_events import CHUNK, PRUNED, SUCCESS

logger = logging.getLogger("nhost_auth.audit")

REFUSED, FAILED = "refused", "failed"
NOTED = (
    "account_deleted",
    "account_edited",
    "account_exported",
    "account_roles_changed",
    "email_changed_by_host",
    "mail_sent",
    "oauth2_client_created",
    "oauth2_client_deleted",
    "oauth2_client_edited",
    "oauth2_client_secret_renewed",
    "role_added",
    "role_deleted",
    "secrets_reencrypted",
    "sessions_of_all_ended",
    "signing_key_adopted",
    "signing_key_brought_forward",
    "signing_key_retired",
    "signing_key_rotated",
    "signing_keys_pruned",
    "sms_sent",
    "users_imported",
    PRUNED,
    REFUSED,
)
"""Events that are no signals."""
NOT_WRITTEN = {"token_refreshed"}
"""Signals of everyday use: every client refreshes every few minutes."""


@dataclass(slots=True)
class Origin:
    """Who asks, and what has happened since."""

    actor: str = ""
    ip: str | None = None
    agent: str = ""
    about: uuid.UUID | None = None
    """The account that the request turned out to be about."""
    events: list[AuditEvent] = field(default_factory=list)


_origin: ContextVar[Origin | None] = ContextVar("nhost_auth_audit_origin", default=None)


@contextmanager
def acting(*, actor: str = "", ip: str | None = None, agent: str = "") -> Iterator[None]:
    """Whatever is noted inside was done by `actor`; empty where accounts act for themselves."""
    origin = Origin(actor=actor, ip=ip, agent=agent)
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)
        _write(origin.events)


def note(event: str, account_id: uuid.UUID | None = None, *, outcome: str = SUCCESS, **data: Any) -> None:
    """Write an event down, of an account, or of the one this request is `about`.

    `data` says more, as texts and numbers, and never holds a secret.
    """
    if not conf.AUTH_AUDIT_ENABLED:
        return
    entry, origin = _entry(event, account_id, outcome, data), _origin.get()
    if origin is None:
        _write([entry])
    else:
        origin.events.append(entry)


def about(account_id: uuid.UUID) -> None:
    """What is refused or noted in this request from here on is about this account."""
    origin = _origin.get()
    if origin is not None:
        origin.about = account_id


def refused(code: str, where: str) -> None:
    """Note that a proof was wrong or an account may not sign in."""
    note(REFUSED, outcome=code, endpoint=where)


def prune(number: int) -> int:
    """Delete the events up to a number, and vouch for the hash of the last of them; how many went."""
    last = AuditEvent.objects.filter(number__lte=number).order_by("-number").first()
    if last is None:
        return 0
    # Vouched for first, and stored at once: if we are stopped half-way, the rest counts as pruned and the next run
    # takes it away. The chain is never empty either: numbers would begin anew, below those that count as pruned.
    AuditEvent.objects.append([_entry(PRUNED, None, SUCCESS, {"through": last.number, "hash": last.hash})])
    count = 0
    while numbers := list(
        AuditEvent.objects.filter(number__lte=last.number).order_by("number").values_list("number", flat=True)[:CHUNK]
    ):
        count += AuditEvent.objects.filter(number__in=numbers).delete()[0]
    return count


def _entry(event: str, account_id: uuid.UUID | None, outcome: str, data: dict[str, Any]) -> AuditEvent:
    origin = _origin.get() or Origin()
    entry = AuditEvent(at=timezone.now(), event=event, outcome=outcome, data=data)
    entry.account_id = account_id or origin.about
    entry.actor, entry.ip, entry.agent = origin.actor, origin.ip, origin.agent
    return entry


def _write(events: list[AuditEvent]) -> None:
    try:
        if events:
            AuditEvent.objects.append(events)
    except Error:  # of the database, or of the connection to it
        # Whatever happened has happened: the answer must not say otherwise.
        logger.exception("%d events could not be written to the audit trail", len(events))


def _follow(name: str, account: Account, **arguments: Any) -> None:
    data = {key: value for key, value in arguments.items() if key not in ("sender", "signal")}
    note(name, account.pk, **data)


for _name, _signal in vars(signals).items():
    if isinstance(_signal, Signal) and _name not in NOT_WRITTEN:
        _signal.connect(partial(_follow, _name), weak=False, dispatch_uid="nhost_auth.audit")
