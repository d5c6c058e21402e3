"""POST /signin/pat (accounts.md 3.14)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth.models import Account, RefreshToken
from tests.conftest import Api, Reply, account

PATH = "/signin/pat"
INVALID = (401, "invalid-pat")
UNKNOWN = "00000000-0000-4000-8000-000000000000"

# What can stand against a user, in the order of the specification's list: state, answer.
USER_FAULTS = [
    ("blocked", (401, "invalid-email-password")),
    ("disabled", (401, "disabled-user")),
    ("unverified", (401, "unverified-user")),
    ("anonymous", (403, "forbidden-anonymous")),
]


def make(api: Api, session: Reply, expires_at: str = "2090-01-01T00:00:00Z") -> str:
    reply = api.post("/pat", {"expiresAt": expires_at}, token=session.token)
    return str(reply.json["personalAccessToken"])


def sign_in(api: Api, secret: str) -> Reply:
    return api.post(PATH, {"personalAccessToken": secret})


def put(settings: Any, *states: str) -> None:
    """Bring the one user there is into these states."""
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = "unverified" in states
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"] if "blocked" in states else []
    get_user_model().objects.update(is_active="disabled" not in states)
    if states == ("anonymous",):  # alone: the lists do not ask about guests
        Account.objects.update(is_anonymous=True)


def test_opens_a_session_with_a_refresh_token_of_its_own(api: Api) -> None:
    session = api.sign_up()
    secret = make(api, session)
    reply = sign_in(api, secret)
    assert (reply.status, list(reply.json)) == (200, ["session"])
    assert (reply.user["id"], reply.user["roles"]) == (session.user["id"], ["editor", "me", "user"])
    assert reply.refresh_token not in (secret, session.refresh_token)
    assert api.get("/user", token=reply.token).json["id"] == session.user["id"]
    assert api.post("/token", {"refreshToken": reply.refresh_token}).status == 200
    assert RefreshToken.objects.get(kind="pat").pk != reply.session["refreshTokenId"]


def test_it_stays_good_however_often_used(api: Api) -> None:
    secret = make(api, api.sign_up())
    sessions = [sign_in(api, secret) for _ in range(3)]
    assert len({session.refresh_token for session in sessions}) == 3
    api.post("/signout", {"refreshToken": sessions[0].refresh_token})
    assert sign_in(api, secret).status == 200


def test_signing_in_is_noted_as_the_last_login(api: Api) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        secret = make(api, api.sign_up())
        clock.shift(60)
        sign_in(api, secret)
        assert Account.objects.get().user.last_login == timezone.now()


def test_it_lives_until_its_own_end_whatever_the_lives_of_sessions(api: Api, settings: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_EXPIRES_IN = settings.AUTH_REFRESH_TOKEN_MAX_LIFETIME = 60
    with time_machine.travel("2030-01-01T00:00:00Z", tick=False) as clock:
        secret = make(api, api.sign_up(), "2031-01-01T00:00:00Z")
        clock.move_to("2030-12-31T23:59:59Z")
        assert sign_in(api, secret).status == 200
        clock.move_to("2031-01-01T00:00:00Z")
        assert sign_in(api, secret).outcome == INVALID


def test_neither_a_sessions_token_nor_an_access_token_is_one(api: Api) -> None:
    session = api.sign_up()
    for other in (session.refresh_token, session.session["refreshTokenId"], UNKNOWN):
        assert sign_in(api, other).outcome == INVALID
    assert sign_in(api, session.token).outcome == (400, "schema-validation-error")
    assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200


def test_it_is_no_sessions_token(api: Api) -> None:
    secret = make(api, api.sign_up())
    assert api.post("/token", {"refreshToken": secret}).outcome == (401, "invalid-refresh-token")
    assert sign_in(api, secret).status == 200


@pytest.mark.parametrize("first", range(len(USER_FAULTS)))
def test_of_several_things_against_the_user_the_first_is_told_and_the_token_kept(
    api: Api, settings: Any, first: int
) -> None:
    secret = make(api, api.sign_up())
    sessions = RefreshToken.objects.count()
    put(settings, *[state for state, _ in USER_FAULTS[first:]])
    assert sign_in(api, secret).outcome == USER_FAULTS[first][1]
    assert RefreshToken.objects.count() == sessions
    put(settings)
    Account.objects.update(is_anonymous=False)
    assert sign_in(api, secret).status == 200


def test_token_that_is_not_good_is_told_before_what_stands_against_the_user(api: Api, settings: Any) -> None:
    secret = make(api, api.sign_up(), "2001-01-01T00:00:00Z")
    put(settings, "disabled")
    assert sign_in(api, secret).outcome == INVALID


def test_it_goes_with_its_user(api: Api) -> None:
    session = api.sign_up()
    secret = make(api, session)
    account(session).user.delete()
    assert sign_in(api, secret).outcome == INVALID


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, 'property "personalAccessToken" is missing'),
        ({"personalAccessToken": None}, "Value is not nullable"),
        ({"personalAccessToken": 5}, "value must be a string"),
        ({"personalAccessToken": "secret"}, "string doesn't match the regular expression"),
        ({"personalAccessToken": "ABCDEF00-0000-4000-8000-000000000000"}, "string doesn't match"),
        ({"personalAccessToken": UNKNOWN, "refreshToken": UNKNOWN}, 'property "refreshToken" is unsupported'),
    ],
    ids=str,
)
def test_body_holds_a_token_and_nothing_else(api: Api, body: dict[str, Any], reason: str) -> None:
    reply = api.post(PATH, body)
    assert reply.outcome == (400, "schema-validation-error")
    assert reply.json["reason"].startswith(reason)


@pytest.mark.parametrize("fault", ["unknown", "disabled"])
def test_concealment(api: Api, settings: Any, fault: str) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    secret = make(api, api.sign_up())
    put(settings, fault)
    assert sign_in(api, UNKNOWN if fault == "unknown" else secret).outcome == (400, "invalid-request")
