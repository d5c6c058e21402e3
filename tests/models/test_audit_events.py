"""The chain of the audit trail: what is changed, inserted or taken out shows (nhost_auth/models/audit_events.py)."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models import F
from django.utils import timezone

from nhost_auth.flows import audit
from nhost_auth.models import AuditEvent

pytestmark = pytest.mark.django_db
ANN = uuid.UUID("6f1d3c3e-0000-4000-8000-000000000001")


def write(count: int = 5) -> None:
    for number in range(count):
        with audit.acting(actor="tests", ip="192.0.2.1", agent="Browser/1"):
            audit.note("signed_in", ANN, method="email-password", turn=number)


def numbers_at_fault() -> list[int]:
    return [number for number, _ in AuditEvent.objects.faults()]


def test_events_are_numbered_from_one_and_whole() -> None:
    write()
    assert list(AuditEvent.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert numbers_at_fault() == []


def test_no_events_are_no_fault() -> None:
    assert numbers_at_fault() == []


CHANGES: dict[str, tuple[dict[str, Any], list[int]]] = {
    "event": ({"event": "signed_out"}, [3]),
    "outcome": ({"outcome": "refused"}, [3]),
    "account": ({"account_id": uuid.UUID(int=7)}, [3]),
    "actor": ({"actor": "somebody else"}, [3]),
    "time": ({"at": F("at") + timedelta(microseconds=1)}, [3]),
    "address": ({"ip": "192.0.2.2"}, [3]),
    "browser": ({"agent": "Browser/2"}, [3]),
    "data": ({"data": {"method": "otp-email", "turn": 2}}, [3]),
    "own hash": ({"hash": "0" * 64}, [3, 4]),
    "details hash": ({"details_hash": "0" * 64}, [3]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_changed_event_shows(what: str) -> None:
    write()
    values, faults = CHANGES[what]
    AuditEvent.objects.filter(number=3).update(**values)
    assert numbers_at_fault() == faults


def test_removed_event_shows() -> None:
    write()
    AuditEvent.objects.filter(number=3).delete()
    assert list(AuditEvent.objects.faults()) == [(3, "1 missing")]


def test_removed_beginning_shows() -> None:
    write()
    AuditEvent.objects.filter(number__lte=2).delete()
    assert list(AuditEvent.objects.faults()) == [(1, "2 missing")]


def test_removed_event_shows_though_the_others_are_renumbered() -> None:
    write()
    AuditEvent.objects.filter(number=3).delete()
    for number in (4, 5):
        AuditEvent.objects.filter(number=number).update(number=number - 1)
    assert numbers_at_fault() == [3, 4]


def test_inserted_event_without_the_key_shows(settings: Any) -> None:
    write(2)
    known, settings.SECRET_KEY = settings.SECRET_KEY, "a stranger's guess"
    write(1)
    settings.SECRET_KEY = known
    assert numbers_at_fault() == [3]


def test_exchanged_events_show() -> None:
    write()
    AuditEvent.objects.filter(number=2).update(number=99)
    AuditEvent.objects.filter(number=3).update(number=2)
    AuditEvent.objects.filter(number=99).update(number=3)
    assert numbers_at_fault() == [2, 3, 4]


def test_events_from_before_a_change_of_the_secret_key_are_whole_while_it_falls_back(settings: Any) -> None:
    write(2)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next one", [settings.SECRET_KEY]
    write(2)
    assert numbers_at_fault() == []
    settings.SECRET_KEY_FALLBACKS = []
    assert numbers_at_fault() == [1, 2]


def test_event_is_neither_saved_again_nor_deleted_by_itself() -> None:
    write(1)
    event = AuditEvent.objects.get()
    event.event = "signed_out"
    for change in (event.save, event.delete):
        with pytest.raises(TypeError, match="audit trail"):
            change()
    assert numbers_at_fault() == []


def test_erased_details_leave_the_chain_whole() -> None:
    write()
    assert AuditEvent.objects.erase(ANN, timezone.now()) == 5
    event = AuditEvent.objects.get(number=3)
    assert (event.ip, event.agent, event.data, event.account_id) == (None, "", {}, ANN)
    assert numbers_at_fault() == []


def test_pruned_beginning_is_vouched_for() -> None:
    write()
    assert audit.prune(3) == 3
    write(1)
    assert list(AuditEvent.objects.order_by("number").values_list("number", "event")) == [
        (4, "signed_in"),
        (5, "signed_in"),
        (6, "audit_pruned"),
        (7, "signed_in"),
    ]
    assert numbers_at_fault() == []
    AuditEvent.objects.filter(number=4).delete()
    assert numbers_at_fault() == [4]


def test_forged_pruning_shows(settings: Any) -> None:
    write()
    AuditEvent.objects.filter(number__lte=3).delete()
    known, settings.SECRET_KEY = settings.SECRET_KEY, "a stranger's guess"
    audit.note("audit_pruned", through=3, hash=AuditEvent.objects.head()[1])
    settings.SECRET_KEY = known
    assert numbers_at_fault() == [1, 6]


@pytest.mark.parametrize("marks", [{}, {"erased_at": "2026-01-01T00:00:00Z"}], ids=["plainly", "as-erased"])
@pytest.mark.parametrize("through", [3, 4, 5])
def test_event_that_was_made_into_a_pruning_vouches_for_nothing(through: int, marks: dict[str, str]) -> None:
    """Whoever can write to the table, but does not know the key, has all hashes to copy."""
    write()
    hidden = {"through": through, "hash": AuditEvent.objects.get(number=through).hash}
    AuditEvent.objects.filter(number=4).update(event="audit_pruned", data=hidden, **marks)
    AuditEvent.objects.filter(number__lt=4).delete()
    assert 1 in numbers_at_fault()


def test_data_of_a_real_pruning_cannot_be_changed_under_the_mark_of_an_erasure() -> None:
    write()
    audit.prune(2)
    hidden = {"through": 4, "hash": AuditEvent.objects.get(number=4).hash}
    AuditEvent.objects.filter(number__lte=4).delete()
    AuditEvent.objects.filter(event="audit_pruned").update(data=hidden, erased_at=timezone.now())
    assert numbers_at_fault() == [1]


def test_real_pruning_cannot_be_moved_to_where_nobody_looks() -> None:
    write()
    audit.prune(2)
    AuditEvent.objects.exclude(event="audit_pruned").delete()
    AuditEvent.objects.update(number=2)
    assert numbers_at_fault() == [1]


def test_numbers_go_on_after_everything_was_pruned() -> None:
    write()
    with audit.acting(actor="command auth_audit"):
        assert audit.prune(5) == 5
    write(1)
    assert list(AuditEvent.objects.order_by("number").values_list("number", flat=True)) == [6, 7]
    AuditEvent.objects.filter(number=7).update(event="signed_out")
    assert numbers_at_fault() == [7]


def test_pruning_is_vouched_for_where_the_trail_is_switched_off(settings: Any) -> None:
    write()
    settings.AUTH_AUDIT_ENABLED = False
    audit.prune(3)
    assert numbers_at_fault() == []


@pytest.mark.django_db(transaction=True)
def test_pruning_that_was_stopped_half_way_is_no_fault_and_goes_on() -> None:
    write()
    audit.note("audit_pruned", through=3, hash=AuditEvent.objects.get(number=3).hash)
    AuditEvent.objects.filter(number=1).delete()
    assert numbers_at_fault() == []
    assert audit.prune(3) == 2
    assert numbers_at_fault() == []


@pytest.mark.django_db(transaction=True)
def test_events_written_at_once_get_numbers_of_their_own() -> None:
    barrier = threading.Barrier(8)

    def once(_: int) -> None:
        barrier.wait()
        try:
            write(5)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(once, range(8)))
    assert AuditEvent.objects.count() == 40
    assert numbers_at_fault() == []
