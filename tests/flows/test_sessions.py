"""Sessions: what is noted of them, and what of them is told (accounts.md 2.1, 2.5; RFC 9700 4.14.2).

Refreshing is proven in tests/endpoints/test_token.py and test_token_reuse.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import RefreshToken, Ticket
from tests.conftest import Api, Inbox, Reply, account

BROWSER, PHONE = {"User-Agent": "Browser/1"}, {"User-Agent": "Phone/2"}


def by_code(api: Api, inbox: Inbox) -> Reply:
    api.post("/signin/otp/email", {"email": "ann@example.com"})
    return api.post("/signin/otp/email/verify", {"email": "ann@example.com", "otp": inbox.last().ticket}, headers=PHONE)


def by_link(api: Api, session: Reply) -> Reply:
    ticket = Ticket.objects.issue(account(session), Ticket.Kind.PASSWORDLESS_EMAIL)
    return api.get("/verify", query={"ticket": ticket, "redirectTo": "https://app.example.com"}, headers=PHONE)


def by_pat(api: Api, session: Reply) -> Reply:
    made = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=session.token)
    return api.post("/signin/pat", {"personalAccessToken": made.json["personalAccessToken"]}, headers=PHONE)


WAYS_IN: dict[str, Callable[[Api, Reply, Inbox], Any]] = {
    "password": lambda api, *_: api.post(
        "/signin/email-password", {"email": "ann@example.com", "password": "Correct-horse-7"}, headers=PHONE
    ),
    "code": lambda api, _, inbox: by_code(api, inbox),
    "link": lambda api, session, _: by_link(api, session),
    "personal access token": lambda api, session, _: by_pat(api, session),
    "guest": lambda api, *_: api.post("/signin/anonymous", {}, headers=PHONE),
}


@pytest.mark.parametrize("way", WAYS_IN)
def test_every_way_in_opens_one_more_session_and_notes_the_device(api: Api, inbox: Inbox, way: str) -> None:
    session = api.sign_up()
    before = set(RefreshToken.objects.values_list("pk", flat=True))
    WAYS_IN[way](api, session, inbox)
    (opened,) = RefreshToken.objects.filter(kind="regular").exclude(pk__in=before)
    assert (opened.device, opened.ip) == ("Phone/2", "127.0.0.1")
    assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200


def test_refreshing_notes_who_refreshed(api: Api) -> None:
    body = {"email": "ann@example.com", "password": "Correct-horse-7"}
    session = api.post("/signup/email-password", body, headers=BROWSER)
    assert RefreshToken.objects.get().device == "Browser/1"
    api.post("/token", {"refreshToken": session.refresh_token}, headers=PHONE)
    assert RefreshToken.objects.get().device == "Phone/2"


def test_parallel_sessions_refresh_and_end_by_themselves(api: Api) -> None:
    first, second = api.sign_up(), api.sign_in()
    assert first.session["refreshTokenId"] != second.session["refreshTokenId"]
    first = api.post("/token", {"refreshToken": first.refresh_token})
    api.post("/signout", {"refreshToken": second.refresh_token})
    assert api.post("/token", {"refreshToken": second.refresh_token}).outcome == (401, "invalid-refresh-token")
    assert api.post("/token", {"refreshToken": first.refresh_token}).status == 200


@pytest.mark.parametrize("way", ["personal access token", "link"])
def test_session_outlives_what_opened_it(api: Api, inbox: Inbox, way: str) -> None:
    opened = WAYS_IN[way](api, api.sign_up(), inbox)
    secret = opened.query["refreshToken"] if way == "link" else opened.refresh_token
    RefreshToken.objects.filter(kind="pat").delete()
    assert api.post("/token", {"refreshToken": secret}).status == 200


def test_theft_is_logged_by_the_sessions_id_without_any_secret(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = api.sign_up()
        following = api.post("/token", {"refreshToken": session.refresh_token})
        clock.shift(11)
        with caplog.at_level(logging.DEBUG, "nhost_auth"):
            assert api.post("/token", {"refreshToken": session.refresh_token}).status == 401
    (record,) = [each for each in caplog.records if each.name == "nhost_auth.sessions"]
    assert (record.levelname, session.session["refreshTokenId"] in record.getMessage()) == ("WARNING", True)
    for secret in (session.refresh_token, following.refresh_token, "ann@example.com"):
        assert secret not in caplog.text


def test_token_that_has_run_out_warns_of_nothing(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = api.sign_up()
        clock.shift(2592001)
        with caplog.at_level(logging.DEBUG, "nhost_auth"):
            outcome = api.post("/token", {"refreshToken": session.refresh_token}).outcome
    assert outcome == (401, "invalid-refresh-token")
    ours = [record for record in caplog.records if record.name.startswith("nhost_auth")]
    assert [record.getMessage() for record in ours if record.levelno > logging.INFO] == []
