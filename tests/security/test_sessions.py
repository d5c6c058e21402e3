"""Sessions: their tokens, their end, and theirs alone (OWASP ASVS 5.0, 7.2-7.5 and 10.4.8; RFC 9700, 4.14.2).

What ends a session at its backend ends its access tokens too where AUTH_ACCESS_TOKEN_SESSION_BOUND is on.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import make_server

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from nhost_auth.infra.crypto import digest
from nhost_auth.models import AuditEvent, RefreshToken, SpentRefreshToken, Ticket
from tests.conftest import PREFIX, Api, Reply, account
from tests.endpoints.totp_app import code_of, enrol
from tests.security.people import Person, ann, open_every_way
from tests.security.threads import Shot, at_once
from tests.ways import told
from tests.webauthn_page import elevate

GONE, DISABLED, UNAUTHORIZED = (401, "invalid-refresh-token"), (401, "disabled-user"), (401, "unauthorized")
DAY = 24 * 3600
NEW_PASSWORD = "Another-horse-8"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as travelling:
        yield travelling


@pytest.fixture
def bound(settings: Any) -> None:
    settings.AUTH_ACCESS_TOKEN_SESSION_BOUND = True


def refresh(api: Api, session: Reply) -> Reply:
    return api.post("/token", {"refreshToken": session.refresh_token})


def pat(api: Api, session: Reply) -> str:
    made = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=session.token)
    return str(made.json["personalAccessToken"])


@pytest.mark.parametrize("kind", ["session", "successor", "personal access token"])
def test_34_every_bit_of_a_token_varies(api: Api, kind: str) -> None:
    session = api.sign_up()
    token = {
        "session": lambda: api.sign_in().refresh_token,
        "successor": lambda: refresh(api, api.sign_in()).refresh_token,
        "personal access token": lambda: pat(api, session),
    }[kind]
    drawn = [uuid.UUID(token()).int for _ in range(48)]
    # A bit that is random is the same forty-eight times in a row once in a hundred million million times.
    always, never = drawn[0], drawn[0]
    for number in drawn:
        always, never = always & number, never | number
    assert (always, never) == (0, 2**128 - 1)
    assert len(set(drawn)) == 48


def elevated_by_totp(api: Api, person: Person) -> Reply:
    return api.post("/elevate/totp", {"otp": person.totp_code()}, token=person.token)


def elevated_by_key(api: Api, person: Person) -> Reply:
    return elevate(api, person.token, person.device)


@pytest.mark.parametrize("proof", [elevated_by_totp, elevated_by_key], ids=["totp", "key"])
def test_35_further_proof_gives_a_new_session_in_the_place_of_the_one_before(
    api: Api, settings: Any, bound: None, proof: Callable[[Api, Person], Reply]
) -> None:
    open_every_way(settings)
    person = ann(api)
    other = RefreshToken.objects.create(account=person.account, hash="other", expires_at=timezone.now().replace(2090))
    elevated = proof(api, person)
    assert elevated.refresh_token != person.session.refresh_token
    assert refresh(api, person.session).outcome == GONE
    assert api.get("/user", token=person.token).outcome == UNAUTHORIZED
    assert api.get("/user", token=elevated.token).status == 200
    assert refresh(api, elevated).status == 200
    assert RefreshToken.objects.filter(pk=other.pk).exists()


def test_35_the_second_factor_gives_a_token_that_nobody_had_before(api: Api, settings: Any) -> None:
    open_every_way(settings)
    session = api.sign_up()
    secret = enrol(api, session)
    step = api.sign_in().json["mfa"]["ticket"]
    opened = api.post("/signin/mfa/totp", {"ticket": step, "otp": code_of(secret)})
    assert opened.refresh_token not in (session.refresh_token, step)
    again = {"ticket": step, "otp": code_of(secret, steps=1)}
    assert api.post("/signin/mfa/totp", again).outcome == (401, "invalid-ticket")


def test_36_daily_refresh_for_four_hundred_days_ends_at_the_absolute_limit(api: Api, settings: Any, clock: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_MAX_LIFETIME = 90 * DAY
    session, lived = api.sign_up(), 0
    for day in range(1, 401):
        clock.shift(DAY)
        reply = refresh(api, session)
        session, lived = (reply, day) if reply.status == 200 else (session, lived)
    assert lived == 89
    assert refresh(api, session).outcome == GONE


def test_36_session_that_is_not_used_ends(api: Api, clock: Any) -> None:
    session = api.sign_up()
    clock.shift(30 * DAY)
    assert refresh(api, session).outcome == GONE


End = Callable[[Api, Reply], object]


def ended_from_another(api: Api, session: Reply) -> object:
    path = f"/user/sessions/{session.session['refreshTokenId']}"
    return api.call("DELETE", path, token=api.sign_in().token)


def reset(api: Api, session: Reply) -> object:
    ticket = Ticket.objects.issue(account(session), Ticket.Kind.PASSWORD_RESET)
    return api.post("/user/password", {"newPassword": NEW_PASSWORD, "ticket": ticket})


ENDS: dict[str, End] = {
    "sign-out": lambda api, session: api.post("/signout", {"refreshToken": session.refresh_token}),
    "sign-out everywhere": lambda api, session: api.post("/signout", {"all": True}, token=session.token),
    "list of sessions": ended_from_another,
    "reset": reset,
    "command": lambda _, session: call_command("auth_end_sessions", user=session.user["id"], verbosity=0),
    "deleted row": lambda *_: RefreshToken.objects.all().delete(),
}


@pytest.mark.parametrize("end", ENDS)
def test_37_session_that_was_ended_is_over_at_once(api: Api, bound: None, end: str) -> None:
    session = api.sign_up()
    assert api.get("/user", token=session.token).status == 200
    ENDS[end](api, session)
    assert refresh(api, session).outcome == GONE
    assert api.get("/user", token=session.token).outcome == UNAUTHORIZED
    assert api.post("/token/verify", token=session.token).outcome == (400, "invalid-request")


def test_37_session_that_goes_on_keeps_its_tokens(api: Api, bound: None) -> None:
    session, other = api.sign_up(), api.sign_in()
    api.post("/signout", {"refreshToken": other.refresh_token})
    refreshed = refresh(api, session)
    for token in (session.token, refreshed.token):
        assert api.get("/user", token=token).status == 200


def test_37_token_of_before_the_setting_lasts_its_time(api: Api, settings: Any) -> None:
    session = api.sign_up()
    settings.AUTH_ACCESS_TOKEN_SESSION_BOUND = True
    api.post("/signout", {"all": True}, token=session.token)
    assert "sid" not in session.claims
    assert api.get("/user", token=session.token).status == 200


def by_sql(session: Reply) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE auth_user SET is_active = %s", [False])


DISABLES: dict[str, Callable[[Reply], object]] = {
    "bulk update": lambda _: get_user_model().objects.update(is_active=False),
    "SQL": by_sql,
}
DELETES: dict[str, Callable[[Reply], object]] = {
    "user": lambda session: account(session).user.delete(),
    "users": lambda _: get_user_model().objects.all().delete(),
    "account": lambda session: account(session).delete(),
}


@pytest.mark.parametrize("way", DISABLES)
def test_38_whoever_is_disabled_is_out_at_once(api: Api, way: str) -> None:
    session = api.sign_up()
    token = pat(api, session)
    DISABLES[way](session)
    assert refresh(api, session).outcome == DISABLED
    assert api.get("/user", token=session.token).outcome == DISABLED
    assert api.post("/signin/pat", {"personalAccessToken": token}).outcome == DISABLED


@pytest.mark.parametrize("way", DELETES)
def test_38_whoever_is_deleted_is_out_at_once(api: Api, way: str) -> None:
    session = api.sign_up()
    token = pat(api, session)
    DELETES[way](session)
    assert refresh(api, session).outcome == GONE
    assert api.get("/user", token=session.token).outcome == (401, "invalid-email-password")
    assert api.post("/signin/pat", {"personalAccessToken": token}).outcome == (401, "invalid-pat")


@pytest.mark.parametrize("revokes", [True, False])
@pytest.mark.parametrize("way", ["reset", "change"])
def test_39_new_password_ends_all_sessions_and_tokens_as_the_setting_says(
    api: Api, settings: Any, way: str, revokes: bool
) -> None:
    settings.AUTH_PASSWORD_CHANGE_REVOKES_PATS = revokes
    sessions, token = [api.sign_up(), api.sign_in(), api.sign_in()], pat(api, api.sign_in())
    if way == "reset":
        reset(api, sessions[0])
    else:
        api.post("/user/password", {"newPassword": NEW_PASSWORD}, token=sessions[0].token)
    assert [refresh(api, session).outcome for session in sessions] == [GONE] * 3
    assert (api.post("/signin/pat", {"personalAccessToken": token}).status == 401) is revokes


@pytest.mark.django_db(transaction=True)
def test_42_fifty_who_refresh_by_one_token_get_one_successor(api: Api) -> None:
    session = api.sign_up()
    replies = at_once([Shot("/token", {"refreshToken": session.refresh_token})] * 50)
    assert {told(reply) for reply in replies} == {(200, None)}
    assert len({reply.refresh_token for reply in replies}) == 1
    stored = RefreshToken.objects.get()
    assert stored.hash == digest(replies[0].refresh_token)
    assert list(stored.spent.values_list("hash", flat=True)) == [digest(session.refresh_token)]


def test_43_reuse_ends_the_family_and_is_written_down_and_others_go_on(api: Api, clock: Any) -> None:
    stolen, parallel, bystander = api.sign_up(), api.sign_in(), api.sign_up("bob@example.com")
    successor = refresh(api, stolen)
    clock.shift(11)
    assert refresh(api, stolen).outcome == GONE
    assert refresh(api, successor).outcome == GONE
    event = AuditEvent.objects.get(event="refresh_token_reused")
    assert str(event.account_id) == stolen.user["id"]
    assert stolen.session["refreshTokenId"] in str(event.data)
    assert (refresh(api, parallel).status, refresh(api, bystander).status) == (200, 200)


@contextmanager
def serving() -> Iterator[tuple[str, int]]:
    """The API behind a real socket."""

    def serve() -> None:
        server.serve_forever(poll_interval=0.01)
        connections.close_all()

    with make_server("127.0.0.1", 0, WSGIHandler()) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.server_address[:2]  # type: ignore[misc]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_44_answer_that_was_lost_comes_again(api: Api) -> None:
    session = api.sign_up()
    content = json.dumps({"refreshToken": session.refresh_token})
    head = f"POST {PREFIX}/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with serving() as address:
        with socket.create_connection(address) as connected:
            connected.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n{content}".encode())
        deadline = time.monotonic() + 20
        while not SpentRefreshToken.objects.exists():
            assert time.monotonic() < deadline, "the token was never exchanged"
    stored = RefreshToken.objects.get().hash
    again = refresh(api, session)
    assert again.status == 200
    assert digest(again.refresh_token) == stored == RefreshToken.objects.get().hash
    assert refresh(api, again).status == 200
