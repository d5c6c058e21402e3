"""The newest part of the audit trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from nhost_auth.flows import audit
from nhost_auth.management.doctor import audit_trail as subject
from nhost_auth.models import AuditEvent
from tests.management.doctor.reading import errors, is_well, texts, warnings

pytestmark = pytest.mark.django_db


def write(count: int, **values: Any) -> None:
    AuditEvent.objects.append([AuditEvent(at=timezone.now(), event="tested", **values) for _ in range(count)])


def change(number: int) -> None:
    AuditEvent.objects.filter(number=number).update(event="changed")


@pytest.fixture(autouse=True)
def empty() -> None:
    AuditEvent.objects.all().delete()


def test_empty_trail_is_well() -> None:
    assert is_well(subject)
    assert texts(subject, "ok") == ["The trail is empty."]


def test_whole_trail_is_well() -> None:
    write(3)
    assert is_well(subject)


def test_trail_that_is_not_written_is_a_warning(settings: Any) -> None:
    settings.AUTH_AUDIT_ENABLED = False
    assert warnings(subject) == ["AUTH_AUDIT_ENABLED is off: nothing is written down."]


def test_changed_event_is_an_error() -> None:
    write(3)
    change(2)
    (text,) = errors(subject)
    assert text.startswith("Among the newest 1000 events 1 are not as they were: 2 was changed")


def test_event_taken_out_is_an_error() -> None:
    write(3)
    AuditEvent.objects.filter(number=2).delete()
    assert len(errors(subject)) == 1


def test_only_the_newest_thousand_are_looked_at() -> None:
    write(1001)
    change(1)
    assert is_well(subject)
    change(2)
    assert len(errors(subject)) == 1


def test_pruned_trail_is_well() -> None:
    write(5)
    audit.prune(3)
    assert is_well(subject)
    write(1000)
    assert is_well(subject)


def test_age_of_the_oldest_event_is_told() -> None:
    AuditEvent.objects.append([AuditEvent(at=timezone.now() - timedelta(days=40), event="tested")])
    write(1)
    assert "The oldest event is 40 days old." in texts(subject, "ok")
