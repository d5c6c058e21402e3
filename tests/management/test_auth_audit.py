"""`auth_audit`: the chain's faults are shown and counted, retention keeps the rest whole."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import CommandError, call_command

from nhost_auth.flows import audit
from nhost_auth.models import AuditEvent

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    printed = io.StringIO()
    call_command("auth_audit", *arguments, stdout=printed, stderr=printed)
    return printed.getvalue()


@pytest.fixture
def ten_days() -> Iterator[None]:
    """An event at the beginning of each of ten days; now is the evening of the last."""
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False) as clock:
        for day in range(10):
            clock.move_to(f"2026-01-{day + 1:02}T00:00:00Z")
            audit.note("signed_in", day=day)
        clock.move_to("2026-01-10T20:00:00Z")
        yield


def head() -> str:
    return run("verify").splitlines()[-1].removeprefix("Head: ")


def test_whole_trail_is_told_with_its_head(ten_days: None) -> None:
    assert run("verify").splitlines()[0] == "10 events are whole; details of 0 were erased."
    assert head() == f"10:{AuditEvent.objects.get(number=10).hash}"


def test_empty_trail_is_whole() -> None:
    assert run("verify").splitlines() == ["0 events are whole; details of 0 were erased.", "Head: 0:"]


def test_tampering_is_told_and_fails(ten_days: None) -> None:
    AuditEvent.objects.filter(number=4).update(event="signed_out")
    printed = io.StringIO()
    with pytest.raises(CommandError, match="1 faults"):
        call_command("auth_audit", "verify", stderr=printed)
    assert printed.getvalue().startswith("Event 4: was changed")


def test_end_that_was_cut_off_shows_by_an_earlier_head(ten_days: None) -> None:
    earlier = head()
    run("verify", "--head", earlier)
    AuditEvent.objects.filter(number__gte=9).delete()
    run("verify")
    with pytest.raises(CommandError, match="1 faults"):
        run("verify", "--head", earlier)


@pytest.mark.parametrize("head", ["", "10", "x:y", "10:"])
def test_head_of_another_form_is_refused(head: str) -> None:
    if not head:
        assert "whole" in run("verify", "--head", "")
        return
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        run("verify", "--head", head)


def test_prune_keeps_the_days_asked_for(ten_days: None) -> None:
    assert run("prune", "--keep-days", "3") == "7 events older than 3 days deleted.\n"
    kept = AuditEvent.objects.order_by("number")
    assert [(event.number, event.event) for event in kept] == [
        (8, "signed_in"),
        (9, "signed_in"),
        (10, "signed_in"),
        (11, "audit_pruned"),
    ]
    assert kept[3].actor == "command auth_audit"
    run("verify")
    assert run("prune", "--keep-days", "3").startswith("0 ")


def test_prune_of_everything_leaves_the_note_of_it(ten_days: None) -> None:
    with time_machine.travel("2027-01-01T00:00:00Z", tick=False):
        assert run("prune", "--keep-days", "30").startswith("10 ")
    assert [event.event for event in AuditEvent.objects.all()] == ["audit_pruned"]
    run("verify")


@pytest.mark.parametrize("days", ["0", "-1", "x", "999999999", "99999999999"])
def test_retention_that_is_no_number_of_days_is_refused(ten_days: None, days: str) -> None:
    with pytest.raises(CommandError):
        run("prune", "--keep-days", days)
    assert AuditEvent.objects.count() == 10
