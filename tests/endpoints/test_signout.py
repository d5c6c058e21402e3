"""POST /signout (accounts.md 2.10)."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.models import RefreshToken
from tests.conftest import Api, Reply, account

PATH = "/signout"
GONE = (401, "invalid-refresh-token")
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def refresh(api: Api, reply: Reply) -> Reply:
    return api.post("/token", {"refreshToken": reply.refresh_token})


def test_37_one_session_ends_and_the_others_go_on(api: Api) -> None:
    first, second, bob = api.sign_up(), api.sign_in(), api.sign_up("bob@example.com")
    reply = api.post(PATH, {"refreshToken": first.refresh_token})
    assert (reply.status, reply.text) == (200, '"OK"\n')
    assert refresh(api, first).outcome == GONE
    assert (refresh(api, second).status, refresh(api, bob).status) == (200, 200)


def test_signing_out_twice_is_ok(api: Api) -> None:
    body = {"refreshToken": api.sign_up().refresh_token}
    assert [api.post(PATH, body).status for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("secret", [UNKNOWN, "nonsense", "x" * 5000])
def test_unknown_refresh_token_of_any_form_is_ok_and_ends_nothing(api: Api, secret: str) -> None:
    session = api.sign_up()
    assert api.post(PATH, {"refreshToken": secret}).status == 200
    assert refresh(api, session).status == 200


def test_bearer_does_not_matter_for_one_session(api: Api) -> None:
    ann, bob = api.sign_up(), api.sign_up("bob@example.com")
    assert api.post(PATH, {"refreshToken": ann.refresh_token}, token=bob.token).status == 200
    assert (refresh(api, ann).outcome, refresh(api, bob).status) == (GONE, 200)


def test_personal_access_token_is_revoked_by_it(api: Api) -> None:
    secret = api.sign_up().refresh_token
    RefreshToken.objects.update(kind=RefreshToken.Kind.PAT)
    assert api.post(PATH, {"refreshToken": secret}).status == 200
    assert not RefreshToken.objects.exists()


def test_spent_refresh_token_ends_its_session_too(api: Api) -> None:
    first = api.sign_up()
    second = refresh(api, first)
    assert api.post(PATH, {"refreshToken": first.refresh_token}).status == 200
    assert refresh(api, second).outcome == GONE


def test_all_sessions_of_the_bearer_end_personal_access_tokens_too(api: Api) -> None:
    first, second, bob = api.sign_up(), api.sign_in(), api.sign_up("bob@example.com")
    RefreshToken.objects.filter(pk=second.session["refreshTokenId"]).update(kind=RefreshToken.Kind.PAT)
    reply = api.post(PATH, {"all": True}, token=first.token)
    assert (reply.status, reply.text) == (200, '"OK"\n')
    assert not account(first).refresh_tokens.exists()
    assert refresh(api, bob).status == 200
    assert api.sign_in().status == 200


def test_all_wins_over_the_refresh_token_given(api: Api) -> None:
    ann, bob = api.sign_up(), api.sign_up("bob@example.com")
    assert api.post(PATH, {"all": True, "refreshToken": bob.refresh_token}, token=ann.token).status == 200
    assert (refresh(api, ann).outcome, refresh(api, bob).status) == (GONE, 200)


@pytest.mark.parametrize("token", [None, "a.b.c"])
def test_all_without_a_good_bearer_is_an_invalid_request(api: Api, token: str | None) -> None:
    session = api.sign_up()
    body = {"all": True, "refreshToken": session.refresh_token}
    assert api.post(PATH, body, token=token).outcome == (400, "invalid-request")
    assert refresh(api, session).status == 200


def test_all_of_a_deleted_user_is_ok(api: Api) -> None:
    session = api.sign_up()
    account(session).user.delete()
    assert api.post(PATH, {"all": True}, token=session.token).status == 200


def test_guest_and_disabled_user_may_sign_out(api: Api) -> None:
    guest, ann = api.anonymous(), api.sign_up()
    user = account(ann).user
    user.is_active = False
    user.save()
    for session in (guest, ann):
        assert api.post(PATH, {"all": True}, token=session.token).status == 200
    assert not RefreshToken.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"refreshToken": ""}, {"all": False}, {"all": False, "refreshToken": ""}], ids=str
)
def test_nothing_to_sign_out_of_is_an_invalid_request(api: Api, body: dict[str, Any]) -> None:
    session = api.sign_up()
    assert api.post(PATH, body, token=session.token).outcome == (400, "invalid-request")
    assert refresh(api, session).status == 200


def test_unknown_fields_are_tolerated(api: Api) -> None:
    session = api.sign_up()
    body = {"refreshToken": session.refresh_token, "device": {"a": None}, "ALL": True}
    assert api.post(PATH, body).status == 200
    assert refresh(api, session).outcome == GONE


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"refreshToken": 5}, "value must be a string"),
        ({"refreshToken": None}, "Value is not nullable"),
        ({"all": "true"}, "value must be a boolean"),
        ({"all": None}, "Value is not nullable"),
    ],
    ids=str,
)
def test_known_fields_have_their_types(api: Api, body: dict[str, Any], reason: str) -> None:
    reply = api.post(PATH, body)
    assert (reply.outcome, reply.json["reason"]) == ((400, "schema-validation-error"), reason)


def test_body_is_needed(api: Api) -> None:
    assert api.post(PATH, token=api.sign_up().token).outcome == (400, "request-validation-error")


def test_access_token_outlives_the_session(api: Api) -> None:
    session = api.sign_up()
    api.post(PATH, {"all": True}, token=session.token)
    assert api.get("/user", token=session.token).status == 200
