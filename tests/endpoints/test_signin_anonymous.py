"""POST /signin/anonymous (accounts.md 3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.models import Account, Role
from tests.conftest import Api, Inbox, account

SIGN_IN = "/signin/anonymous"


def test_guest_gets_a_session(api: Api, inbox: Inbox) -> None:
    reply = api.post(SIGN_IN, {})
    assert reply.status == 200
    assert list(reply.json) == ["session"]
    user = reply.user
    assert (user["isAnonymous"], user["displayName"], user["locale"]) == (True, "Anonymous User", "en")
    assert (user["defaultRole"], user["roles"]) == ("anonymous", ["anonymous"])
    assert (user["avatarUrl"], user["metadata"], user["emailVerified"]) == ("", None, False)
    assert "email" not in user
    assert len(inbox) == 0


def test_access_token_says_that_it_is_a_guest(api: Api) -> None:
    reply = api.anonymous()
    assert reply.hasura == {
        "x-hasura-allowed-roles": ["anonymous"],
        "x-hasura-default-role": "anonymous",
        "x-hasura-user-id": reply.user["id"],
        "x-hasura-user-is-anonymous": "true",
    }


def test_session_can_be_refreshed_and_stays_a_guest(api: Api) -> None:
    again = api.post("/token", {"refreshToken": api.anonymous().refresh_token})
    assert again.user["isAnonymous"] is True
    assert again.hasura["x-hasura-user-is-anonymous"] == "true"


def test_body_may_be_missing(api: Api) -> None:
    assert api.post(SIGN_IN).user["isAnonymous"] is True


def test_profile_is_stored(api: Api) -> None:
    given = {"displayName": "Guest/7 _!", "locale": "fr", "metadata": {"cart": [7]}}
    user = api.post(SIGN_IN, given).user
    assert {name: user[name] for name in given} == given
    stored = Account.objects.get(pk=user["id"])
    assert (stored.display_name, stored.locale, stored.metadata) == ("Guest/7 _!", "fr", {"cart": [7]})


def test_display_name_has_no_bounds(api: Api) -> None:
    assert api.post(SIGN_IN, {"displayName": "x" * 5000}).user["displayName"] == "x" * 5000


def test_locale_that_is_not_allowed_becomes_the_default(api: Api) -> None:
    assert api.post(SIGN_IN, {"locale": "deu"}).user["locale"] == "en"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"locale": "e"}, "minimum string length is 2"),
        ({"locale": "engl"}, "maximum string length is 3"),
        ({"metadata": "x"}, "value must be an object"),
        ({"displayName": 5}, "value must be a string"),
        ({"email": "ann@example.com"}, 'property "email" is unsupported'),
        ({"options": {}}, 'property "options" is unsupported'),
    ],
    ids=str,
)
def test_body_is_checked_where_there_is_one(api: Api, body: dict[str, Any], reason: str) -> None:
    reply = api.post(SIGN_IN, body)
    assert (reply.outcome, reply.json["reason"]) == ((400, "schema-validation-error"), reason)
    assert Account.objects.count() == 0


def test_every_guest_is_somebody_else(api: Api) -> None:
    first, second = api.anonymous(), api.anonymous()
    assert first.user["id"] != second.user["id"]
    assert first.refresh_token != second.refresh_token


def test_guest_is_stored_enabled_without_password_and_address(api: Api) -> None:
    stored = account(api.anonymous())
    assert (stored.is_anonymous, stored.disabled, stored.email, stored.email_normalized) == (True, False, None, None)
    assert stored.user.has_usable_password() is False
    assert stored.user.email == ""
    assert stored.user.last_login is not None


def test_role_anonymous_comes_into_being_where_it_is_missing(api: Api) -> None:
    Role.objects.filter(name="anonymous").delete()
    assert api.anonymous().user["roles"] == ["anonymous"]


def test_role_and_avatar_do_not_follow_the_settings_for_regular_users(api: Api, settings: Any) -> None:
    settings.AUTH_USER_DEFAULT_ROLE = "editor"
    settings.AUTH_USER_DEFAULT_ALLOWED_ROLES = ["editor"]
    settings.AUTH_GRAVATAR_ENABLED = True
    user = api.anonymous().user
    assert (user["defaultRole"], user["roles"], user["avatarUrl"]) == ("anonymous", ["anonymous"], "")


@pytest.mark.parametrize(
    ("switches", "outcome"),
    [
        ({"AUTH_DISABLE_SIGNUP": True}, (403, "signup-disabled")),
        ({"AUTH_ANONYMOUS_USERS_ENABLED": False}, (409, "disabled-endpoint")),
        ({"AUTH_DISABLE_SIGNUP": True, "AUTH_ANONYMOUS_USERS_ENABLED": False}, (403, "signup-disabled")),
        ({"AUTH_DISABLE_SIGNUP": True, "AUTH_CONCEAL_ERRORS": True}, (400, "invalid-request")),
        ({"AUTH_ANONYMOUS_USERS_ENABLED": False, "AUTH_CONCEAL_ERRORS": True}, (409, "disabled-endpoint")),
    ],
    ids=str,
)
def test_switches_that_close_it(api: Api, settings: Any, switches: dict[str, bool], outcome: tuple[int, str]) -> None:
    for name, value in switches.items():
        setattr(settings, name, value)
    assert api.anonymous().outcome == outcome
    assert Account.objects.count() == 0


@pytest.mark.parametrize(
    "switch", ["AUTH_DISABLE_NEW_USERS", "AUTH_DISABLE_AUTO_SIGNUP", "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED"]
)
def test_switches_that_do_not_concern_guests(api: Api, settings: Any, switch: str) -> None:
    setattr(settings, switch, True)
    guest = api.anonymous()
    assert account(guest).disabled is False
    assert api.post("/token", {"refreshToken": guest.refresh_token}).status == 200
