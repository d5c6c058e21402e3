"""Whether the audit trail is written, and its newest part whole."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.management.doctor.finding import Finding, error, ok, warning
from nhost_auth.models import AuditEvent

SUBJECT = "audit"
NEWEST = 1000


def diagnose() -> Iterator[Finding]:
    if not conf.AUTH_AUDIT_ENABLED:
        yield warning(SUBJECT, "AUTH_AUDIT_ENABLED is off: nothing is written down.", "AUTH_AUDIT_ENABLED")
    oldest = AuditEvent.objects.order_by("number").first()
    if oldest is None:
        yield ok(SUBJECT, "The trail is empty.")
        return
    faults = list(AuditEvent.objects.faults(newest=NEWEST))
    if faults:
        number, reason = faults[0]
        text = f"Among the newest {NEWEST} events {len(faults)} are not as they were: {number} {reason}."
        yield error(SUBJECT, text, "auth_audit verify")
    else:
        yield ok(SUBJECT, f"The newest {NEWEST} events are whole.", "auth_audit verify looks at all")
    age = (timezone.now() - oldest.at).days
    yield ok(SUBJECT, f"The oldest event is {age} days old.", "auth_audit prune --keep-days")
