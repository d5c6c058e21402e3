"""The audit trail can be read and found in, and nothing else."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nhost_auth.flows import audit
from nhost_auth.models import AuditEvent
from tests.admin.conftest import EVENTS, Browser
from tests.conftest import Api

ID = uuid.UUID(int=7)


@pytest.fixture
def events(db: None) -> None:
    with audit.acting(actor="command tests", ip="203.0.113.9", agent="Browser"):
        audit.note("signed_in", ID, method="email-password")
        audit.note("signed_out", uuid.UUID(int=8))
    with audit.acting(ip="2001:db8::1"):
        audit.refused("invalid-otp", "somewhere")
        audit.note("of_a_later_version")


def listed(root: Browser, **query: str) -> set[str]:
    return {event.event for event in root.get(EVENTS, **query).context["cl"].result_list}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": str(ID)}, {"signed_in"}),
        ({"q": "203.0.113.9"}, {"signed_in", "signed_out"}),
        ({"q": "2001:0db8::0001"}, {"refused", "of_a_later_version"}),
        ({"q": "of a later version"}, {"of_a_later_version"}),
        ({"q": "signed"}, set()),
        ({"event": "signed_out"}, {"signed_out"}),
        ({"outcome": "invalid-otp"}, {"refused"}),
        ({"outcome": "success"}, {"signed_in", "signed_out", "of_a_later_version"}),
    ],
)
def test_events_are_found(root: Browser, events: None, query: dict[str, str], found: set[str]) -> None:
    assert listed(root, **query) == found


def test_newest_comes_first_with_who_did_it(root: Browser, events: None) -> None:
    numbers = [event.number for event in root.get(EVENTS).context["cl"].result_list]
    assert numbers == sorted(numbers, reverse=True)
    page = root.page(EVENTS)
    assert "command tests" in page
    assert f"/admin/nhost_auth/account/{ID}/change/" in page


def test_page_of_an_event_tells_its_data(root: Browser, events: None) -> None:
    event = AuditEvent.objects.get(event="signed_in")
    page = root.page(f"{EVENTS}{event.pk}/change/")
    assert "email-password" in page
    assert event.hash not in page
    bare = root.page(f"{EVENTS}{AuditEvent.objects.get(event='of_a_later_version').pk}/change/")
    assert ">None<" not in bare
    assert event.details_hash not in page


def test_every_event_that_is_noted_can_be_chosen(root: Browser, api: Api) -> None:
    api.sign_up()
    api.sign_in(password="wrong password")
    offered = {str(value) for spec in root.get(EVENTS).context["cl"].filter_specs for value, _ in spec.lookup_choices}
    assert {"signed_up", "refused", "account_disabled", "account_edited", "invalid-email-password"} <= offered
    assert set(AuditEvent.objects.values_list("event", flat=True)) <= offered
    assert "token_refreshed" not in offered


def test_list_asks_as_much_of_few_as_of_many_and_never_which_there_are(root: Browser, events: None) -> None:
    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            root.page(EVENTS)
        return [query["sql"] for query in captured.captured_queries]

    few = asked()
    AuditEvent.objects.append([AuditEvent(at=timezone.now(), event="signed_in", data={}) for _ in range(90)])
    many = asked()
    assert len(many) == len(few) <= 6
    assert not any("DISTINCT" in sql for sql in many)


def test_trail_cannot_be_changed(root: Browser, events: None) -> None:
    before = list(AuditEvent.objects.values())
    number = before[0]["number"]
    for path in (f"{EVENTS}add/", f"{EVENTS}{number}/change/", f"{EVENTS}{number}/delete/"):
        assert root.post(path, {"event": "forged", "post": "yes"}).status_code == 403
    root.post(EVENTS, {"action": "delete_selected", "_selected_action": [str(number)], "post": "yes"})
    assert list(AuditEvent.objects.values()) == before
