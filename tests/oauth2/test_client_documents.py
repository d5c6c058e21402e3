"""Applications that describe themselves by a document at their client id (identity.md 7.9)."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from nhost_auth.models import OAuth2Client, OAuth2Request
from nhost_auth.models.oauth2_clients import SCOPES
from nhost_auth.oauth2 import client_documents
from tests.conftest import PREFIX, Reply
from tests.internet import Internet
from tests.oauth2.application import AUTHORIZE, INTROSPECT, REVOKE, Application, form, parameters
from tests.oauth2.documents import BACK, CANNOT, DOCUMENTS, HOST, INVALID, PATH, URL, ask, client, description, document


def agreed(app: Application, ann: Reply) -> str:
    """The code that the application gets."""
    reply = app.agree(ann.token, ask(app).query["request_id"])
    return parameters(reply.json["redirectUri"])["code"]


def test_application_that_nobody_has_registered_signs_people_in(
    app: Application, internet: Internet, ann: Reply
) -> None:
    exchanged = app.exchange(agreed(app, ann), redirect_uri=BACK)
    assert exchanged.status == 200, exchanged.text
    assert app.refresh(exchanged.json["refresh_token"]).status == 200
    assert app.introspect(exchanged.json["access_token"])["active"] is True
    assert [(asked.method, asked.headers["accept"]) for asked in internet.asked] == [("GET", "application/json")]


def test_row_is_what_the_document_says(app: Application) -> None:
    before = timezone.now()
    assert ask(app).status == 302
    row = client()
    assert (row.kind, row.name, row.redirect_uris, row.scopes) == (row.Kind.DOCUMENT, "Shop", [BACK], list(SCOPES))
    assert (row.is_public, row.metadata) == (True, document())
    assert row.fetched_at is not None
    assert before <= row.fetched_at <= timezone.now()


def test_form_and_query_of_the_url_serve_too(app: Application, internet: Internet) -> None:
    url = f"{URL}?tenant=7"
    internet.answer(HOST, PATH, value=document(client_id=url))
    assert form(app.api, AUTHORIZE, app.request(client_id=url, redirect_uri=BACK)).status == 302
    assert [asked.query for asked in internet.asked] == [{"tenant": "7"}]


def test_proof_key_is_always_needed(app: Application) -> None:
    reply = ask(app, code_challenge=None, code_challenge_method=None)
    assert reply.query["error_description"] == "PKCE code_challenge is required for public clients"


def test_redirect_uri_has_to_be_in_the_document(app: Application) -> None:
    assert ask(app, redirect_uri=f"{BACK}/other").outcome == (400, "invalid_request")


def test_document_is_good_for_an_hour_and_then_read_anew(app: Application, internet: Internet) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        assert ask(app).status == 302
        internet.answer(HOST, PATH, value=document(client_name="Store", redirect_uris=[f"{BACK}/new"], scope="openid"))
        clock.shift(3599)
        assert ask(app).status == 302
        assert len(internet.asked) == 1
        clock.shift(1)
        assert ask(app).outcome == (400, "invalid_request")
        assert ask(app, redirect_uri=f"{BACK}/new").query["error"] == "invalid_scope"
        assert len(internet.asked) == 2
    row = client()
    assert (row.name, row.redirect_uris, row.scopes) == ("Store", [f"{BACK}/new"], ["openid"])
    assert row.updated_at == row.fetched_at
    assert row.created_at < row.updated_at


def test_document_that_went_away_ends_new_requests_and_not_what_was_let_in(
    app: Application, internet: Internet, ann: Reply
) -> None:
    tokens, waiting = app.exchange(agreed(app, ann), redirect_uri=BACK).json, ask(app).query["request_id"]
    OAuth2Client.objects.update(fetched_at=timezone.now() - timedelta(hours=1))
    internet.answer(HOST, PATH, status=404, value="gone")
    assert description(ask(app)) == CANNOT
    assert app.agree(ann.token, waiting).status == 200
    assert app.refresh(tokens["refresh_token"]).status == 200
    internet.answer(HOST, PATH, value=document())
    assert ask(app).status == 302


def test_error_is_not_kept(app: Application, internet: Internet) -> None:
    internet.answer(HOST, PATH, status=503, value="later")
    assert description(ask(app)) == CANNOT
    internet.answer(HOST, PATH, value=document())
    assert ask(app).status == 302


def test_registered_client_of_that_id_stays_as_it_is(app: Application, internet: Internet) -> None:
    OAuth2Client.objects.create(client_id=URL, name="Ours", redirect_uris=["https://ours.example/back"])
    assert ask(app).outcome == (400, "invalid_request")
    assert ask(app, redirect_uri="https://ours.example/back").status == 302
    assert OAuth2Client.objects.keep_document(URL, redirect_uris=[BACK]) == client()
    row = client()
    assert (row.kind, row.name, row.redirect_uris) == (row.Kind.REGISTERED, "Ours", ["https://ours.example/back"])
    assert internet.asked == []


def test_secret_that_a_row_got_otherwise_goes(app: Application) -> None:
    assert ask(app).status == 302
    OAuth2Client.objects.update(secret_hash="x", fetched_at=None)
    assert ask(app).status == 302
    assert client().is_public


@pytest.mark.parametrize("other", [{DOCUMENTS: False}, {"AUTH_OAUTH2_PROVIDER_ENABLED": False}], ids=str)
def test_nothing_is_fetched_while_it_is_switched_off(
    app: Application, internet: Internet, settings: Any, other: dict[str, Any]
) -> None:
    assert ask(app).status == 302
    for name, value in other.items():
        setattr(settings, name, value)
    assert ask(app).outcome in (INVALID, (500, "server_error"))
    OAuth2Client.objects.all().delete()
    assert ask(app).outcome in (INVALID, (500, "server_error"))
    assert len(internet.asked) == 1


def test_document_that_nobody_has_let_in_is_forgotten_after_a_day(
    app: Application, internet: Internet, ann: Reply
) -> None:
    registered = Application.registered(app.api).row
    other = URL + "?other"
    agreed(app, ann)
    internet.answer(HOST, PATH, value=document(client_id=other))
    assert ask(app, client_id=other).status == 302
    rest = {URL, registered.pk}
    for shift, kept in ((timedelta(hours=23), {*rest, other}), (timedelta(hours=25), rest)):
        with time_machine.travel(timezone.now() + shift, tick=False):
            call_command("auth_prune", stdout=io.StringIO())
        assert set(OAuth2Client.objects.values_list("pk", flat=True)) == kept


def test_no_other_endpoint_fetches(app: Application, internet: Internet) -> None:
    assert app.exchange("nothing").outcome[0] in (400, 401)
    for path in (REVOKE, INTROSPECT):
        assert form(app.api, path, {"token": "x", "client_id": URL}).outcome == INVALID
    assert internet.asked == []


MANY = 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [False, True], ids=["first", "again"])
def test_documents_that_are_fetched_at_once_make_one_client(
    app: Application, internet: Internet, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """All have looked for the row before any of them has the document."""
    monkeypatch.setattr(client_documents, "FETCH_SECONDS", 60)
    if known:
        OAuth2Client.objects.keep_document(URL, redirect_uris=[])
        OAuth2Client.objects.update(fetched_at=None)
    barrier = threading.Barrier(MANY)
    internet.once_asked(HOST, PATH, barrier.wait)
    replies = at_once(lambda browser: browser.get(PREFIX + AUTHORIZE, app.request(redirect_uri=BACK)))
    assert [reply.status for reply in replies] == [302] * MANY
    assert all("request_id" in reply.query for reply in replies)
    assert OAuth2Request.objects.filter(client_id=URL).count() == MANY
    assert (client().name, client().kind) == ("Shop", OAuth2Client.Kind.DOCUMENT)


def at_once(request: Callable[[Client], Any]) -> list[Reply]:
    def once(_: int) -> Reply:
        try:
            return Reply(request(Client()))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(once, range(MANY)))
