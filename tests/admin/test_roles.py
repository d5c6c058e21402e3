"""Roles are added and, where nobody has them, deleted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.models import Account, AuditEvent, Role
from tests.admin.conftest import ROLES, Browser, give_roles, person


def test_role_is_added(root: Browser) -> None:
    assert root.post(f"{ROLES}add/", {"name": "boss"}).status_code == 302
    assert Role.objects.filter(name="boss").exists()
    assert "already exists" in root.post(f"{ROLES}add/", {"name": "boss"}).content.decode()


def test_name_stays(root: Browser) -> None:
    Role.objects.create(name="boss")
    assert root.post(f"{ROLES}boss/change/", {"name": "chief"}).status_code == 403
    assert not Role.objects.filter(name="chief").exists()


def test_role_of_nobody_is_deleted(root: Browser) -> None:
    Role.objects.ensure(["boss", "chief"])
    assert root.post(f"{ROLES}boss/delete/", {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": ["chief"], "post": "yes"}
    assert root.post(ROLES, chosen).status_code == 302
    assert not Role.objects.filter(name__in=["boss", "chief"]).exists()


def test_roles_that_come_and_go_are_in_the_audit_trail(root: Browser) -> None:
    for name in ("boss", "chief"):
        root.post(f"{ROLES}add/", {"name": name})
    root.post(f"{ROLES}boss/delete/", {"post": "yes"})
    root.post(ROLES, {"action": "delete_selected", "_selected_action": ["chief"], "post": "yes"})
    events = AuditEvent.objects.order_by("number")
    assert [(event.event, event.data["role"]) for event in events] == [
        ("role_added", "boss"),
        ("role_added", "chief"),
        ("role_deleted", "boss"),
        ("role_deleted", "chief"),
    ]


@pytest.mark.parametrize("default", [False, True])
def test_role_of_somebody_is_kept_and_the_page_says_why(root: Browser, default: bool) -> None:
    Role.objects.create(name="boss")
    ann = person()
    if default:
        Account.objects.filter(pk=ann.pk).update(default_role="boss")
    else:
        give_roles(ann, "boss")
    for page in (
        root.page(f"{ROLES}boss/delete/"),
        root.post(f"{ROLES}boss/delete/", {"post": "yes"}).content.decode(),
        root.post(ROLES, {"action": "delete_selected", "_selected_action": ["boss"], "post": "yes"}).content.decode(),
    ):
        assert "Accounts have the role boss" in page
    assert Role.objects.filter(name="boss").exists()


def test_page_that_deletes_reads_no_accounts(root: Browser) -> None:
    for number in range(20):
        person(f"p{number}", sessions=0, pats=0, keys=0)
    with CaptureQueriesContext(connection) as captured:
        page = root.page(f"{ROLES}user/delete/")
    assert len(captured) <= 10
    assert "p1@example.com" not in page


def test_list_asks_as_much_of_few_as_of_many(root: Browser) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            root.page(ROLES)
        return len(captured)

    few = count()
    Role.objects.ensure(f"role {number}" for number in range(60))
    assert count() == few
