"""POST /pat (accounts.md 3.15; elevation: 2.8; date-times: 1.2, RFC 3339)."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import RefreshToken
from tests.conftest import Api, Reply, account
from tests.endpoints.elevated_token import elevated_token

PAT, SIGN_IN = "/pat", "/signin/pat"
LATER = {"expiresAt": "2090-01-01T00:00:00Z"}
MALFORMED, INVALID = "missing or malformed authorization header", "invalid or expired token"

# What can stand against a user, in the order of the specification's list: state, answer.
USER_FAULTS = [
    ("gone", (401, "invalid-email-password")),
    ("blocked", (401, "invalid-email-password")),
    ("disabled", (401, "disabled-user")),
    ("unverified", (401, "unverified-user")),
]


def sign_in(api: Api, made: Reply) -> Reply:
    return api.post(SIGN_IN, {"personalAccessToken": made.json["personalAccessToken"]})


def test_answers_the_id_and_the_secret_and_shows_the_secret_this_once(api: Api) -> None:
    session = api.sign_up()
    reply = api.post(PAT, LATER, token=session.token)
    assert reply.status == 200
    assert reply.text == json.dumps(reply.json, separators=(",", ":")) + "\n"
    assert sorted(reply.json) == ["id", "personalAccessToken"]
    stored = RefreshToken.objects.get(kind="pat")
    assert (reply.json["id"], stored.account_id) == (str(stored.pk), account(session).pk)
    assert str(uuid.UUID(reply.json["personalAccessToken"])) == reply.json["personalAccessToken"]
    assert reply.json["personalAccessToken"] not in [str(value) for value in vars(stored).values()]


def test_secret_signs_in_and_the_id_does_not(api: Api) -> None:
    session = api.sign_up()
    made = api.post(PAT, LATER, token=session.token)
    assert sign_in(api, made).user["id"] == session.user["id"]
    assert api.post(SIGN_IN, {"personalAccessToken": made.json["id"]}).outcome == (401, "invalid-pat")


def test_user_may_have_many_and_its_session_goes_on(api: Api) -> None:
    session = api.sign_up()
    made = [api.post(PAT, LATER, token=session.token) for _ in range(3)]
    assert [sign_in(api, each).status for each in made] == [200] * 3
    assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200
    assert sign_in(api, made[0]).status == 200


@pytest.mark.parametrize("metadata", [None, {}, {"name": "laptop", "deep": [{"é": None}, 1.5]}], ids=str)
def test_metadata_of_any_content_is_kept(api: Api, metadata: dict[str, Any] | None) -> None:
    body = LATER if metadata is None else {**LATER, "metadata": metadata}
    assert api.post(PAT, body, token=api.sign_up().token).status == 200
    assert RefreshToken.objects.get(kind="pat").metadata == metadata


def test_host_is_told_the_id_and_never_the_secret(api: Api) -> None:
    heard: list[dict[str, Any]] = []

    def receive(signal: Any, sender: Any, **details: Any) -> None:
        heard.append(details)

    session = api.sign_up()
    signals.personal_access_token_created.connect(receive)
    try:
        made = api.post(PAT, LATER, token=session.token)
    finally:
        signals.personal_access_token_created.disconnect(receive)
    assert heard == [{"account": account(session), "token_id": made.json["id"]}]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2090-01-01T00:00:00Z", datetime(2090, 1, 1, tzinfo=UTC)),
        ("2090-01-01t00:00:00z", datetime(2090, 1, 1, tzinfo=UTC)),
        ("2090-01-01T01:30:00+01:30", datetime(2090, 1, 1, tzinfo=UTC)),
        ("2089-12-31T16:00:00-08:00", datetime(2090, 1, 1, tzinfo=UTC)),
        ("2090-01-01T00:00:00-00:00", datetime(2090, 1, 1, tzinfo=UTC)),
        ("2090-01-01T23:59:00+23:59", datetime(2090, 1, 1, tzinfo=UTC)),
        ("2090-01-01T00:00:00.5Z", datetime(2090, 1, 1, microsecond=500000, tzinfo=UTC)),
        ("2090-01-01T00:00:00.000001Z", datetime(2090, 1, 1, microsecond=1, tzinfo=UTC)),
        ("2090-01-01T00:00:00.123456789Z", datetime(2090, 1, 1, microsecond=123456, tzinfo=UTC)),
        ("2096-02-29T00:00:00Z", datetime(2096, 2, 29, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("9999-12-31T23:59:59+14:00", datetime(9999, 12, 31, 9, 59, 59, tzinfo=UTC)),
    ],
)
def test_end_is_any_instant_of_rfc_3339(api: Api, text: str, instant: datetime) -> None:
    made = api.post(PAT, {"expiresAt": text}, token=api.sign_up().token)
    assert made.status == 200
    assert RefreshToken.objects.get(kind="pat").expires_at == instant
    assert sign_in(api, made).status == 200


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2090-01-01",
        "2090-01-01T00:00:00",
        "2090-01-01T00:00Z",
        "2090-01-01 00:00:00Z",
        "2090-01-01T00:00:00 Z",
        "2090-01-01T00:00:00,5Z",
        "2090-01-01T00:00:00.Z",
        "20900101T000000Z",
        "2090-W01-1T00:00:00Z",
        "2090-1-1T00:00:00Z",
        "2090-01-01T00:00:00+01",
        "2090-01-01T00:00:00+0100",
        "2090-01-01T00:00:00+24:00",
        "2090-01-01T00:00:00+01:60",
        "2090-01-01T00:00:00UTC",
        "2090-01-01T00:00:00Z[Europe/Berlin]",
        "2090-13-01T00:00:00Z",
        "2090-02-29T00:00:00Z",
        "2090-01-00T00:00:00Z",
        "2090-01-01T24:00:00Z",
        "2090-01-01T00:60:00Z",
        "2090-06-30T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "-2090-01-01T00:00:00Z",
        "9999-12-31T23:59:59-00:01",
        "0001-01-01T00:00:00+00:01",
        "٢٠٩٠-01-01T00:00:00Z",
        "2090-01-01T00:00:00Z\n",
    ],
)
def test_end_that_is_no_such_instant_is_refused(api: Api, text: str) -> None:
    reply = api.post(PAT, {"expiresAt": text}, token=api.sign_up().token)
    assert reply.outcome == (400, "schema-validation-error")
    assert "date-time" in reply.json["reason"]
    assert not RefreshToken.objects.filter(kind="pat").exists()


@pytest.mark.parametrize("text", ["2001-01-01T00:00:00Z", "1000-01-01T00:00:00Z"])
def test_end_may_lie_in_the_past_and_the_token_is_then_good_for_nothing(api: Api, text: str) -> None:
    made = api.post(PAT, {"expiresAt": text}, token=api.sign_up().token)
    assert made.status == 200
    assert sign_in(api, made).outcome == (401, "invalid-pat")


def test_end_is_that_instant_whatever_the_zone_it_was_told_in(api: Api) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        end = (now + timedelta(hours=1)).astimezone(timezone.get_fixed_timezone(330)).isoformat()
        assert end.endswith("+05:30")
        made = api.post(PAT, {"expiresAt": end}, token=api.sign_up().token)
        clock.shift(3599)
        assert sign_in(api, made).status == 200
        clock.shift(2)
        assert sign_in(api, made).outcome == (401, "invalid-pat")


@pytest.mark.parametrize("first", range(len(USER_FAULTS)))
def test_of_several_things_against_the_user_the_first_is_told(api: Api, settings: Any, first: int) -> None:
    states = [state for state, _ in USER_FAULTS[first:]]
    session = api.sign_up()
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = "unverified" in states
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"] if "blocked" in states else []
    get_user_model().objects.update(is_active="disabled" not in states)
    if "gone" in states:
        account(session).user.delete()
    assert api.post(PAT, LATER, token=session.token).outcome == USER_FAULTS[first][1]
    assert not RefreshToken.objects.filter(kind="pat").exists()


@pytest.mark.parametrize("required", [True, False])
def test_guest_is_forbidden(api: Api, settings: Any, required: bool) -> None:
    token = api.anonymous().token
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    assert api.post(PAT, LATER, token=token).outcome == (403, "forbidden-anonymous")


def test_phone_only_user_is_served(api: Api, settings: Any) -> None:
    session = api.sign_up()
    stored = account(session)
    stored.set_email(None)
    stored.phone_number = "+12025550100"
    stored.save()
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    made = api.post(PAT, LATER, token=session.token)
    assert (made.status, sign_in(api, made).user["id"]) == (200, session.user["id"])


@pytest.mark.parametrize(
    ("mode", "claim", "passes"),
    [
        ("disabled", "none", True),
        ("disabled", "own", True),
        ("recommended", "none", True),
        ("recommended", "own", True),
        ("required", "none", False),
        ("required", "another's", False),
        ("required", "truth", False),
        ("required", "own", True),
    ],
)
def test_elevation_is_asked_for_where_it_is_required(
    api: Api, settings: Any, mode: str, claim: str, passes: bool
) -> None:
    session, bob = api.sign_up(), api.sign_up("bob@example.com")
    values = {"own": session.user["id"], "another's": bob.user["id"], "truth": True}
    token = session.token if claim == "none" else elevated_token(settings, session, values[claim])
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = mode
    reply = api.post(PAT, LATER, token=token)
    assert reply.outcome == ((200, None) if passes else (401, "unauthorized"))
    if not passes:
        assert reply.json["reason"] == "elevated claim required"
        assert reply.json["securityScheme"] == "BearerAuthElevated"


@pytest.mark.parametrize(("token", "reason"), [(None, MALFORMED), ("", INVALID), ("bad", INVALID)])
def test_token_is_needed_before_a_body(api: Api, token: str | None, reason: str) -> None:
    reply = api.post(PAT, {}, token=token)
    assert (reply.outcome, reply.json["reason"]) == ((401, "unauthorized"), reason)
    assert reply.json["securityScheme"] == "BearerAuthElevated"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, 'property "expiresAt" is missing'),
        ({"expiresAt": None}, "Value is not nullable"),
        ({"expiresAt": 3786912000}, "value must be a string"),
        ({**LATER, "metadata": "text"}, "value must be an object"),
        ({**LATER, "metadata": [1]}, "value must be an object"),
        ({**LATER, "name": "laptop"}, 'property "name" is unsupported'),
    ],
    ids=str,
)
def test_body_holds_an_end_and_metadata_and_nothing_else(api: Api, body: dict[str, Any], reason: str) -> None:
    reply = api.post(PAT, body, token=api.sign_up().token)
    assert (reply.outcome, reply.json["reason"]) == ((400, "schema-validation-error"), reason)


def test_concealment(api: Api, settings: Any) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    assert api.post(PAT, LATER, token=api.anonymous().token).outcome == (400, "invalid-request")
