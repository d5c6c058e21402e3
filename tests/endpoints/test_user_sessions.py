"""GET /user/sessions and DELETE /user/sessions/<id>: where somebody is signed in (security.md 41)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import RefreshToken
from tests.conftest import Api, Reply, account

PATH = "/user/sessions"
NOT_FOUND = (404, "session-not-found")
PHONE = {"User-Agent": "Phone/1.0"}


def listed(api: Api, token: str, **query: str) -> list[dict[str, Any]]:
    reply = api.get(PATH, token=token, query=query)
    assert reply.status == 200
    found: list[dict[str, Any]] = reply.json["sessions"]
    return found


def session_id(reply: Reply) -> str:
    return str(reply.session["refreshTokenId"])


def test_41_lists_the_bearer_s_sessions_with_device_and_address_the_last_used_first(api: Api) -> None:
    api.sign_up("bob@example.com")
    with time_machine.travel("2026-01-01T12:00:00Z", tick=False) as clock:
        first = api.sign_up()
        clock.shift(60)
        body = {"email": "ann@example.com", "password": "Correct-horse-7"}
        second = api.post("/signin/email-password", body, headers=PHONE)
        found = listed(api, first.token)
    assert [session["id"] for session in found] == [session_id(second), session_id(first)]
    assert found[0] == {
        "id": session_id(second),
        "device": "Phone/1.0",
        "ip": "127.0.0.1",
        "createdAt": "2026-01-01T12:01:00Z",
        "lastUsedAt": "2026-01-01T12:01:00Z",
        "expiresAt": "2026-01-31T12:01:00Z",
        "current": False,
    }


def test_refresh_moves_the_last_use_and_the_device_and_leaves_the_beginning(api: Api) -> None:
    with time_machine.travel("2026-01-01T12:00:00Z", tick=False) as clock:
        ann = api.sign_up()
        clock.shift(600)
        refreshed = api.post("/token", {"refreshToken": ann.refresh_token}, headers=PHONE)
        (found,) = listed(api, refreshed.token)
    assert found["id"] == session_id(ann)
    assert (found["createdAt"], found["lastUsedAt"]) == ("2026-01-01T12:00:00Z", "2026-01-01T12:10:00Z")
    assert found["device"] == "Phone/1.0"


def test_marks_the_session_that_says_it_asks(api: Api) -> None:
    first = api.sign_up()
    second = api.sign_in()
    found = listed(api, first.token, refreshTokenId=session_id(second))
    assert {session["id"]: session["current"] for session in found} == {
        session_id(first): False,
        session_id(second): True,
    }


def test_leaves_out_personal_access_tokens_and_what_has_expired(api: Api) -> None:
    ann = api.sign_up()
    api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=ann.token)
    kept = api.sign_in()
    RefreshToken.objects.filter(pk=session_id(ann)).update(expires_at=timezone.now())
    assert [session["id"] for session in listed(api, ann.token)] == [session_id(kept)]


def test_shows_no_secret(api: Api) -> None:
    ann = api.sign_up()
    text = api.get(PATH, token=ann.token).text
    stored = RefreshToken.objects.get()
    assert stored.hash not in text
    assert ann.refresh_token not in text


def test_41_ended_session_refreshes_no_more_and_the_others_do(api: Api) -> None:
    ann, other = api.sign_up(), api.sign_in()
    heard: list[dict[str, Any]] = []

    def hear(sender: Any, signal: Any, **arguments: Any) -> None:
        heard.append(arguments)

    signals.signed_out.connect(hear)
    assert api.call("DELETE", f"{PATH}/{session_id(other)}", token=ann.token).json == "OK"
    signals.signed_out.disconnect(hear)
    assert api.post("/token", {"refreshToken": other.refresh_token}).outcome == (401, "invalid-refresh-token")
    assert api.post("/token", {"refreshToken": ann.refresh_token}).status == 200
    assert heard == [{"account": account(ann), "everywhere": False}]


@pytest.mark.parametrize("whose", ["bob", "nobody", "ended", "pat", "expired"])
def test_41_session_that_is_not_the_bearer_s_is_not_found_and_stays(api: Api, whose: str) -> None:
    ann, bob = api.sign_up(), api.sign_up("bob@example.com")
    other = api.sign_in()
    pat = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=ann.token).json["id"]
    if whose == "ended":
        api.post("/signout", {"refreshToken": other.refresh_token})
    if whose == "expired":
        RefreshToken.objects.filter(pk=session_id(other)).update(expires_at=timezone.now())
    ids = {"bob": session_id(bob), "nobody": uuid.uuid4(), "ended": session_id(other), "expired": session_id(other)}
    rows = RefreshToken.objects.count()
    assert api.call("DELETE", f"{PATH}/{ids.get(whose, pat)}", token=ann.token).outcome == NOT_FOUND
    assert RefreshToken.objects.count() == rows


@pytest.mark.parametrize(
    ("method", "path"), [("GET", PATH), ("DELETE", f"{PATH}/00000000-0000-4000-8000-000000000000")]
)
def test_needs_a_bearer_token(api: Api, method: str, path: str) -> None:
    assert api.call(method, path).outcome == (401, "unauthorized")


def test_id_that_is_no_uuid_is_no_path_of_ours(api: Api) -> None:
    assert api.call("DELETE", f"{PATH}/1", token=api.sign_up().token).status == 404
