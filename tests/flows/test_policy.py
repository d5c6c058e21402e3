"""Who may come in and with what (accounts.md 1.8-1.11, 1.14; design.md section 9)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from nhost_auth.errors import DisabledUser, ForbiddenAnonymous, InvalidEmailPassword, UnverifiedUser
from nhost_auth.flows import policy
from nhost_auth.models import Account
from tests.conftest import Api, Inbox, Reply, account

ACCESS = "AUTH_ACCESS_CONTROL_"
REQUIRED = "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED"
REFUSED = (401, "invalid-email-password")
ANN = "ann@example.com"


def lists(settings: Any, values: dict[str, list[str]]) -> None:
    for name, value in values.items():
        setattr(settings, ACCESS + name, value)


@pytest.mark.parametrize(
    ("values", "email", "accepted"),
    [
        ({}, ANN, True),
        ({"BLOCKED_EMAILS": [ANN]}, ANN, False),
        ({"BLOCKED_EMAILS": [ANN]}, "bob@example.com", True),
        ({"BLOCKED_EMAILS": [ANN], "ALLOWED_EMAILS": [ANN]}, ANN, False),
        ({"BLOCKED_EMAIL_DOMAINS": ["example.com"]}, ANN, False),
        ({"BLOCKED_EMAIL_DOMAINS": ["example.com"]}, "ann@example.org", True),
        ({"BLOCKED_EMAIL_DOMAINS": ["example.com"]}, "ann@mail.example.com", True),
        ({"BLOCKED_EMAIL_DOMAINS": ["example.com"], "ALLOWED_EMAILS": [ANN]}, ANN, True),
        ({"BLOCKED_EMAIL_DOMAINS": ["example.com"], "ALLOWED_EMAILS": [ANN]}, "bob@example.com", False),
        ({"BLOCKED_EMAIL_DOMAINS": ["example.com"], "ALLOWED_EMAIL_DOMAINS": ["example.com"]}, ANN, False),
        ({"ALLOWED_EMAILS": [ANN]}, ANN, True),
        ({"ALLOWED_EMAILS": [ANN]}, "bob@example.com", False),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"]}, ANN, True),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"]}, "ann@example.org", False),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"]}, "ann@mail.example.com", False),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"], "ALLOWED_EMAILS": ["x@example.org"]}, "x@example.org", True),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"], "ALLOWED_EMAILS": ["x@example.org"]}, "y@example.org", False),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"], "BLOCKED_EMAILS": [ANN]}, ANN, False),
        # Allow-lists compare exactly; capitals do not lift a ban.
        ({"ALLOWED_EMAILS": [ANN]}, "Ann@example.com", False),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"]}, "ann@Example.com", False),
        ({"BLOCKED_EMAILS": [ANN]}, "ANN@example.com", False),
        ({"BLOCKED_EMAILS": ["Ann@Example.com"]}, ANN, False),
        ({"BLOCKED_EMAIL_DOMAINS": ["example.com"]}, "ann@EXAMPLE.com", False),
    ],
    ids=str,
)
def test_access_lists(api: Api, settings: Any, values: dict[str, list[str]], email: str, accepted: bool) -> None:
    lists(settings, values)
    assert api.sign_up(email).outcome == ((200, None) if accepted else REFUSED)
    assert Account.objects.exists() is accepted


@pytest.mark.parametrize("text", ["", "ann", "@", "a@b@example.com", "ann@example.com@"])
def test_what_has_not_two_parts_is_no_address(text: str) -> None:
    assert policy.email_allowed(text) is (text == "@")


def test_ban_reaches_those_who_are_in_already(api: Api, settings: Any) -> None:
    session = api.sign_up()
    lists(settings, {"BLOCKED_EMAILS": [ANN]})
    assert api.sign_in().outcome == REFUSED
    assert api.get("/user", token=session.token).outcome == REFUSED


def put(reply: Reply, settings: Any, *states: str) -> None:
    """Bring the account of a session into these states."""
    stored = account(reply)
    if "blocked" in states:
        lists(settings, {"BLOCKED_EMAIL_DOMAINS": ["example.com"]})
    if "unverified" in states:
        setattr(settings, REQUIRED, True)
    if "disabled" in states:
        type(stored.user).objects.filter(pk=stored.user.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        ((), (200, None)),
        (("blocked",), REFUSED),
        (("disabled",), (401, "disabled-user")),
        (("unverified",), (401, "unverified-user")),
        (("blocked", "disabled", "unverified"), REFUSED),
        (("blocked", "unverified"), REFUSED),
        (("disabled", "unverified"), (401, "disabled-user")),
    ],
    ids=str,
)
def test_first_thing_against_a_user_is_told(
    api: Api, settings: Any, states: tuple[str, ...], outcome: tuple[int, str | None]
) -> None:
    session = api.sign_up()
    put(session, settings, *states)
    assert api.get("/user", token=session.token).outcome == outcome


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        ((), (403, "forbidden-anonymous")),
        (("unverified",), (403, "forbidden-anonymous")),
        (("blocked",), (403, "forbidden-anonymous")),
        (("disabled",), (401, "disabled-user")),
    ],
    ids=str,
)
def test_guest_is_told_so_unless_disabled(
    api: Api, settings: Any, states: tuple[str, ...], outcome: tuple[int, str]
) -> None:
    session = api.anonymous()
    put(session, settings, *states)
    assert api.get("/user", token=session.token).outcome == outcome


def test_person_without_an_address_is_served(api: Api, settings: Any) -> None:
    session = api.sign_up()
    stored = account(session)
    stored.set_email(None)
    stored.phone_number = "+491701234567"
    stored.save()
    put(session, settings, "unverified")
    lists(settings, {"ALLOWED_EMAILS": ["someone@example.org"]})
    reply = api.get("/user", token=session.token)
    assert reply.status == 200
    assert reply.json["phoneNumber"] == "+491701234567"
    put(session, settings, "disabled")
    assert api.get("/user", token=session.token).outcome == (401, "disabled-user")


@pytest.mark.parametrize(
    ("states", "error"),
    [
        ((), None),
        (("disabled",), "disabled-user"),
        (("blocked",), "invalid-email-password"),
        (("blocked", "disabled"), "invalid-email-password"),
    ],
    ids=str,
)
def test_link_that_verifies_tolerates_the_unverified_and_no_one_else(
    api: Api, inbox: Inbox, settings: Any, states: tuple[str, ...], error: str | None
) -> None:
    setattr(settings, REQUIRED, True)
    assert api.sign_up().json == {"session": None}
    stored = Account.objects.get()
    if "disabled" in states:
        type(stored.user).objects.update(is_active=False)
    if "blocked" in states:
        lists(settings, {"BLOCKED_EMAILS": [ANN]})
    reply = api.get("/verify", query=inbox.last().query)
    assert reply.status == 302
    assert reply.query.get("error") == error
    assert ("refreshToken" in reply.query) is (error is None)


def test_tolerated_faults_are_passed_over_one_by_one(api: Api, settings: Any) -> None:
    session = api.sign_up()
    put(session, settings, "blocked", "disabled", "unverified")
    stored = account(session)
    stored.is_anonymous = True
    for tolerated, next_one in (
        ((), DisabledUser),
        ((DisabledUser,), UnverifiedUser),
        ((DisabledUser, UnverifiedUser), ForbiddenAnonymous),
        ((InvalidEmailPassword, UnverifiedUser), DisabledUser),
    ):
        with pytest.raises(next_one):
            policy.ensure_valid(stored, tolerate=tolerated)
    policy.ensure_valid(stored, tolerate=(DisabledUser, UnverifiedUser, ForbiddenAnonymous))


FOREIGN = {"redirectTo": "https://evil.example.com"}


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({**FOREIGN, "allowedRoles": ["admin"], "defaultRole": "root"}, "redirectTo-not-allowed"),
        ({"allowedRoles": ["me", "admin"], "defaultRole": "root"}, "role-not-allowed"),
        ({"allowedRoles": ["admin"], "defaultRole": "admin"}, "role-not-allowed"),
        ({"allowedRoles": ["User", "user"]}, "role-not-allowed"),
        ({"defaultRole": "root"}, "default-role-must-be-in-allowed-roles"),
        ({"allowedRoles": ["me"]}, "default-role-must-be-in-allowed-roles"),
        ({"allowedRoles": []}, "default-role-must-be-in-allowed-roles"),
        ({"allowedRoles": ["me", "user"], "defaultRole": "editor"}, "default-role-must-be-in-allowed-roles"),
    ],
    ids=str,
)
def test_options_are_refused_in_order(api: Api, options: dict[str, Any], error: str) -> None:
    assert api.sign_up(**options).outcome == (400, error)
    assert Account.objects.count() == 0


@pytest.mark.parametrize(
    ("options", "roles", "default"),
    [
        ({}, ["editor", "me", "user"], "user"),
        ({"allowedRoles": ["user"]}, ["user"], "user"),
        ({"allowedRoles": ["user", "me", "user"]}, ["me", "user"], "user"),
        ({"defaultRole": "editor"}, ["editor", "me", "user"], "editor"),
        ({"allowedRoles": ["me"], "defaultRole": "me"}, ["me"], "me"),
    ],
    ids=str,
)
def test_roles_that_options_may_ask_for(api: Api, options: dict[str, Any], roles: list[str], default: str) -> None:
    user = api.sign_up(**options).user
    assert (sorted(user["roles"]), user["defaultRole"]) == (roles, default)


def test_default_role_always_belongs_to_the_allowed_ones(api: Api, settings: Any) -> None:
    settings.AUTH_USER_DEFAULT_ROLE, settings.AUTH_USER_DEFAULT_ALLOWED_ROLES = "owner", ["me"]
    user = api.sign_up().user
    assert (set(user["roles"]), user["defaultRole"]) == ({"me", "owner"}, "owner")


def test_options_left_out_have_defaults(api: Api) -> None:
    user = api.sign_up("Ann@example.com").user
    shown = {name: user[name] for name in ("displayName", "locale", "metadata", "defaultRole", "email")}
    assert shown == {
        "displayName": "Ann@example.com",
        "locale": "en",
        "metadata": None,
        "defaultRole": "user",
        "email": "Ann@example.com",
    }


def test_options_given_are_kept(api: Api) -> None:
    user = api.sign_up(displayName="Ann O'Hara, 秘密", locale="fr", metadata={"a": [1, None]}).user
    assert (user["displayName"], user["locale"], user["metadata"]) == ("Ann O'Hara, 秘密", "fr", {"a": [1, None]})


@pytest.mark.parametrize(("given", "kept"), [("fr", "fr"), ("en", "de"), ("xx", "de"), ("FR", "de"), ("de", "de")])
def test_locale_that_is_not_allowed_becomes_the_default(api: Api, settings: Any, given: str, kept: str) -> None:
    settings.AUTH_LOCALE_DEFAULT, settings.AUTH_LOCALE_ALLOWED_LOCALES = "de", ["fr"]
    assert api.sign_up(locale=given).user["locale"] == kept


@pytest.mark.parametrize("email", [ANN, "Ann@Example.com"])
def test_avatar_is_the_gravatar_of_the_address_in_small_letters(api: Api, settings: Any, email: str) -> None:
    settings.AUTH_GRAVATAR_DEFAULT, settings.AUTH_GRAVATAR_RATING = "retro", "pg"
    digest = hashlib.md5(b"ann@example.com").hexdigest()
    assert api.sign_up(email).user["avatarUrl"] == f"https://www.gravatar.com/avatar/{digest}?d=retro&r=pg"


def test_avatar_defaults(api: Api, settings: Any) -> None:
    assert api.sign_up().user["avatarUrl"].endswith("?d=blank&r=g")
    assert api.anonymous().user["avatarUrl"] == ""
    settings.AUTH_GRAVATAR_ENABLED = False
    assert api.sign_up("bob@example.com").user["avatarUrl"] == ""
