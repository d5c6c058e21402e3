"""Every response shape (accounts.md 1.1, 2.1, 2.2)."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth.models import Account, RefreshToken
from tests.conftest import Api, Reply, account

ALWAYS = {
    *("activeMfaType", "avatarUrl", "createdAt", "defaultRole", "displayName", "emailVerified", "id", "isAnonymous"),
    *("locale", "metadata", "phoneNumberVerified", "roles"),
}
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def by_phone(api: Api) -> Reply:
    """A session of somebody who has a phone number and no e-mail address."""
    stored = get_user_model().objects.create(username="phone").account
    stored.phone_number = "+15551234567"
    stored.save()
    _, secret = RefreshToken.objects.issue(stored, ip=None, device="")
    return api.post("/token", {"refreshToken": secret})


def test_session_has_these_members(api: Api) -> None:
    session = api.sign_up().session
    assert set(session) == {"accessToken", "accessTokenExpiresIn", "refreshToken", "refreshTokenId", "user"}
    assert (session["accessTokenExpiresIn"], type(session["accessTokenExpiresIn"])) == (900, int)


def test_refresh_token_and_its_id_are_lower_case_uuids_that_differ(api: Api) -> None:
    session = api.sign_up().session
    for name in ("refreshToken", "refreshTokenId"):
        assert str(uuid.UUID(session[name])) == session[name]
    assert session["refreshToken"] != session["refreshTokenId"]


def test_life_of_the_access_token_is_told_as_it_is(api: Api, settings: Any) -> None:
    settings.AUTH_ACCESS_TOKEN_EXPIRES_IN = 60
    reply = api.sign_up()
    assert reply.session["accessTokenExpiresIn"] == 60
    assert reply.claims["exp"] - reply.claims["iat"] == 60


def test_user_with_an_address_has_no_phone_number(api: Api) -> None:
    user = api.sign_up().user
    assert set(user) == ALWAYS | {"email"}


def test_user_with_a_phone_number_has_no_address(api: Api) -> None:
    user = by_phone(api).user
    assert set(user) == ALWAYS | {"phoneNumber"}
    assert user["phoneNumber"] == "+15551234567"


def test_guest_has_neither(api: Api) -> None:
    assert set(api.anonymous().user) == ALWAYS


def test_user_with_both_has_both(api: Api) -> None:
    session = api.sign_up()
    Account.objects.update(phone_number="+15551234567", phone_number_verified=True)
    user = api.get("/user", token=session.token).json
    assert set(user) == ALWAYS | {"email", "phoneNumber"}
    assert user["phoneNumberVerified"] is True


def test_members_have_these_types(api: Api) -> None:
    for user in (api.sign_up().user, api.anonymous().user, by_phone(api).user):
        assert str(uuid.UUID(user["id"])) == user["id"]
        for name in ("displayName", "locale", "defaultRole", "avatarUrl", "createdAt"):
            assert isinstance(user[name], str)
        for name in ("emailVerified", "phoneNumberVerified", "isAnonymous"):
            assert isinstance(user[name], bool)
        assert all(isinstance(role, str) for role in user["roles"])
        assert (user["metadata"], user["activeMfaType"]) == (None, None)


def test_every_way_to_the_user_shows_the_same(api: Api) -> None:
    signed_up = api.sign_up()
    refreshed = api.post("/token", {"refreshToken": signed_up.refresh_token})
    shown = api.get("/user", token=refreshed.token).json
    assert signed_up.user == refreshed.user == api.sign_in().user == shown


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2030, 1, 2, 3, 4, 5, 678901, UTC), "2030-01-02T03:04:05.678901Z"),
        (datetime(2030, 1, 2, 3, 4, 5, 0, UTC), "2030-01-02T03:04:05Z"),
    ],
)
def test_times_are_rfc_3339_in_utc(api: Api, moment: datetime, text: str) -> None:
    with time_machine.travel(moment, tick=False), timezone.override("Asia/Tokyo"):
        created_at = api.sign_up().user["createdAt"]
    assert created_at == text
    assert RFC_3339.fullmatch(created_at)


def test_times_are_so_too_where_the_host_knows_no_time_zones(api: Api, settings: Any) -> None:
    settings.USE_TZ, settings.TIME_ZONE = False, "Asia/Tokyo"
    # A number, because an aware datetime would move the process to its zone.
    with time_machine.travel(datetime(2030, 1, 2, 3, 4, 5, 0, UTC).timestamp(), tick=False):
        session = api.sign_up()
        shown = api.get("/user", token=session.token).json
    assert session.user["createdAt"] == shown["createdAt"] == "2030-01-02T03:04:05Z"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/version"), ("GET", "/healthz"), ("GET", "/.well-known/jwks.json"), ("GET", "/user")]
)
def test_json_ends_with_a_newline(api: Api, method: str, path: str) -> None:
    reply = api.call(method, path, token=api.sign_up().token)
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.text.endswith("\n")
    assert reply.text.count("\n") == 1


def test_ok_is_a_json_string(api: Api) -> None:
    assert api.post("/signout", {"refreshToken": api.sign_up().refresh_token}).text == '"OK"\n'


def test_errors_end_with_a_newline_too(api: Api) -> None:
    assert [api.sign_in().text[-2:], api.get("/user").text[-2:], api.post("/token").text[-2:]] == ["}\n"] * 3


def test_no_session_is_null(api: Api, settings: Any) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    assert api.sign_up().text == '{"session":null}\n'


def test_text_comes_back_as_it_was_given(api: Api) -> None:
    metadata = {"</script>": 'é \u2028 😀 \\ " \u0001', "": [None, True, 1.5, {}]}
    session = api.sign_up(displayName="Änn 名 😀", metadata=metadata)
    user = api.get("/user", token=session.token).json
    assert (user["displayName"], user["metadata"]) == ("Änn 名 😀", metadata)
    assert account(session).metadata == metadata
