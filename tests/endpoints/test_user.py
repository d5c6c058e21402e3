"""GET /user (accounts.md 3.16, 1.8; design.md section 9)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from nhost_auth.models import Account, RefreshToken
from tests.conftest import Api, Reply, account

# What stands against a user, in the order of the specification.
FAULTS = [
    ("blocked", (401, "invalid-email-password")),
    ("disabled", (401, "disabled-user")),
    ("unverified", (401, "unverified-user")),
]


def spoil(reply: Reply, settings: Any, fault: str) -> None:
    if fault == "blocked":
        settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"]
    elif fault == "disabled":
        user = account(reply).user
        user.is_active = False
        user.save()
    else:
        settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True


def phone_session(api: Api) -> Reply:
    """A session of somebody who has a phone number and no e-mail address."""
    stored = get_user_model().objects.create(username="phone").account
    stored.phone_number, stored.phone_number_verified = "+15551234567", True
    stored.save()
    _, secret = RefreshToken.objects.issue(stored, ip=None, device="")
    return api.post("/token", {"refreshToken": secret})


def test_answers_the_bare_user(api: Api) -> None:
    session = api.sign_up(displayName="Ann", metadata={"a": 1})
    reply = api.get("/user", token=session.token)
    assert reply.status == 200
    assert reply.json == session.user


def test_reads_the_store_at_every_call(api: Api) -> None:
    token = api.sign_up().token
    Account.objects.update(display_name="Renamed", locale="fr", metadata={"b": 2}, email_verified=True)
    user = api.get("/user", token=token).json
    assert (user["displayName"], user["locale"], user["metadata"], user["emailVerified"]) == (
        "Renamed",
        "fr",
        {"b": 2},
        True,
    )


def test_roles_are_the_stored_ones_only_while_sessions_add_the_default_role(api: Api) -> None:
    session = api.sign_up()
    account(session).account_roles.filter(role="user").delete()
    assert api.get("/user", token=session.token).json["roles"] == ["editor", "me"]
    assert sorted(api.sign_in().user["roles"]) == ["editor", "me", "user"]


@pytest.mark.parametrize("required", [True, False])
def test_phone_only_user_is_served(api: Api, settings: Any, required: bool) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    settings.AUTH_ACCESS_CONTROL_ALLOWED_EMAILS = ["bob@example.com"]
    user = api.get("/user", token=phone_session(api).token)
    assert user.status == 200
    assert (user.json["phoneNumber"], user.json["phoneNumberVerified"]) == ("+15551234567", True)
    assert "email" not in user.json


def test_disabled_phone_only_user_is_refused(api: Api, settings: Any) -> None:
    session = phone_session(api)
    spoil(session, settings, "disabled")
    assert api.get("/user", token=session.token).outcome == (401, "disabled-user")
    assert api.post("/token", {"refreshToken": session.refresh_token}).outcome == (401, "disabled-user")


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_things_against_the_user_the_first_is_told(api: Api, settings: Any, first: int) -> None:
    session = api.sign_up()
    for fault, _ in FAULTS[first:]:
        spoil(session, settings, fault)
    assert api.get("/user", token=session.token).outcome == FAULTS[first][1]


@pytest.mark.parametrize("required", [True, False])
def test_guest_is_forbidden(api: Api, settings: Any, required: bool) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    assert api.get("/user", token=api.anonymous().token).outcome == (403, "forbidden-anonymous")


def test_disabled_guest_is_disabled_first(api: Api, settings: Any) -> None:
    guest = api.anonymous()
    spoil(guest, settings, "disabled")
    assert api.get("/user", token=guest.token).outcome == (401, "disabled-user")


def test_converted_guest_is_served_by_the_token_from_before(api: Api) -> None:
    guest = api.anonymous()
    body = {"signInMethod": "email-password", "email": "ann@example.com", "password": "Correct-horse-7"}
    api.post("/user/deanonymize", body, token=guest.token)
    user = api.get("/user", token=guest.token).json
    assert (user["isAnonymous"], user["metadata"]) == (False, {})


def test_deleted_user_is_gone(api: Api) -> None:
    session = api.sign_up()
    account(session).user.delete()
    assert api.get("/user", token=session.token).outcome == (401, "invalid-email-password")


def test_token_is_needed(api: Api) -> None:
    reply = api.get("/user")
    assert (reply.outcome, reply.json["securityScheme"]) == ((401, "unauthorized"), "BearerAuth")


@pytest.mark.parametrize("fault", ["blocked", "disabled", "unverified", "anonymous"])
def test_concealment(api: Api, settings: Any, fault: str) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    session = api.anonymous() if fault == "anonymous" else api.sign_up()
    if fault != "anonymous":
        spoil(session, settings, fault)
    assert api.get("/user", token=session.token).outcome == (400, "invalid-request")
