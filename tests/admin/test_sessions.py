"""Everybody's sessions and personal access tokens, and ending them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.models import AuditEvent, RefreshToken
from tests.admin.conftest import SESSIONS, Browser, person
from tests.conftest import Api, account

Browse = Callable[..., Browser]
TOLD = {"regular": "signed_out", "pat": "personal_access_token_revoked"}


def test_40_deleted_session_is_over(root: Browser, api: Api) -> None:
    session = api.sign_up()
    token = account(session).refresh_tokens.get()
    assert root.post(f"{SESSIONS}{token.pk}/delete/", {"post": "yes"}).status_code == 302
    assert api.post("/token", {"refreshToken": session.refresh_token}).outcome == (401, "invalid-refresh-token")


@pytest.mark.parametrize("kind", sorted(TOLD))
@pytest.mark.parametrize("many", [False, True])
def test_deleting_is_told_as_what_it_is(root: Browser, kind: str, many: bool) -> None:
    ann = person()
    token = ann.refresh_tokens.get(kind=kind)
    chosen = {"action": "delete_selected", "_selected_action": [str(token.pk)], "post": "yes"}
    path, data = (SESSIONS, chosen) if many else (f"{SESSIONS}{token.pk}/delete/", {"post": "yes"})
    assert root.post(path, data).status_code == 302
    assert list(ann.refresh_tokens.values_list("kind", flat=True)) == [other for other in TOLD if other != kind]
    assert list(AuditEvent.objects.filter(account_id=ann.pk).values_list("event", flat=True)) == [TOLD[kind]]


def test_expired_session_is_deleted_too(root: Browser) -> None:
    token = person(pats=0).refresh_tokens.get()
    RefreshToken.objects.update(expires_at="2020-01-01T00:00:00Z")
    root.post(f"{SESSIONS}{token.pk}/delete/", {"post": "yes"})
    assert not RefreshToken.objects.exists()


def test_permission_to_view_deletes_nothing(browse: Browse) -> None:
    token = person().refresh_tokens.first()
    viewer = browse("view_refreshtoken")
    assert viewer.post(f"{SESSIONS}{token.pk}/delete/", {"post": "yes"}).status_code == 403
    viewer.post(SESSIONS, {"action": "delete_selected", "_selected_action": [str(token.pk)], "post": "yes"})
    assert RefreshToken.objects.count() == 2


def test_list_asks_as_much_of_few_as_of_many(root: Browser) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            root.page(SESSIONS)
        return len(captured)

    person("ann")
    few = count()
    for number in range(20):
        person(f"p{number}", sessions=3)
    assert count() == few <= 6


def test_kinds_are_told_apart(root: Browser) -> None:
    person()
    listed = root.get(SESSIONS, kind__exact="pat").context["cl"].result_list
    assert [token.kind for token in listed] == ["pat"]
