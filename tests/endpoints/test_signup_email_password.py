"""POST /signup/email-password (accounts.md 3.1, 1.9-1.14)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from nhost_auth.models import Account, RefreshToken
from tests.conftest import PASSWORD, Api, Inbox, account
from tests.endpoints.leak_database import leak_database

SIGN_UP = "/signup/email-password"
ANN = {"email": "ann@example.com", "password": PASSWORD}
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

# Every reason to refuse, in the order of the specification's list: settings, changes of the body, answer.
FAULTS: list[tuple[dict[str, Any], dict[str, Any], tuple[int, str]]] = [
    ({"AUTH_DISABLE_SIGNUP": True}, {}, (403, "signup-disabled")),
    ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAILS": ["ann@example.com"]}, {}, (401, "invalid-email-password")),
    ({"AUTH_PASSWORD_MIN_LENGTH": 16}, {}, (400, "password-too-short")),
    ({}, {"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
    ({}, {"allowedRoles": ["user", "admin"]}, (400, "role-not-allowed")),
    ({}, {"defaultRole": "admin"}, (400, "default-role-must-be-in-allowed-roles")),
    ({}, {"taken": True}, (409, "user-already-exists")),
    ({"AUTH_DISABLE_NEW_USERS": True}, {}, (401, "disabled-user")),
]


def put(settings: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def test_new_account_gets_a_session_at_once(api: Api, inbox: Inbox) -> None:
    reply = api.post(SIGN_UP, ANN)
    assert reply.status == 200
    assert list(reply.json) == ["session"]
    user = reply.user
    assert (user["email"], user["displayName"], user["emailVerified"]) == ("ann@example.com", "ann@example.com", False)
    assert (user["isAnonymous"], user["locale"], user["defaultRole"]) == (False, "en", "user")
    assert user["roles"] == ["editor", "me", "user"]
    assert user["metadata"] is None
    assert account(reply).user.last_login is not None
    assert len(inbox) == 0
    assert api.post("/token", {"refreshToken": reply.refresh_token}).user["id"] == user["id"]


def test_access_token_says_who_and_with_which_roles(api: Api) -> None:
    reply = api.post(SIGN_UP, ANN)
    assert (reply.claims["sub"], reply.claims["iss"]) == (reply.user["id"], "tests")
    assert reply.claims["exp"] - reply.claims["iat"] == 900
    assert reply.hasura == {
        "x-hasura-allowed-roles": ["editor", "me", "user"],
        "x-hasura-default-role": "user",
        "x-hasura-user-id": reply.user["id"],
        "x-hasura-user-is-anonymous": "false",
    }


def test_options_are_stored(api: Api) -> None:
    options = {
        "allowedRoles": ["me", "editor"],
        "defaultRole": "me",
        "displayName": "Ann Étoile",
        "locale": "fr",
        "metadata": {"nested": {"list": [1, "two", None, True]}},
        "redirectTo": "https://app.example.com/welcome",
    }
    live = api.get("/user", token=api.sign_up(**options).token).json
    assert live["roles"] == ["editor", "me"]
    assert {name: live[name] for name in ("defaultRole", "displayName", "locale", "metadata")} == {
        name: options[name] for name in ("defaultRole", "displayName", "locale", "metadata")
    }


def test_locale_that_is_not_allowed_becomes_the_default(api: Api) -> None:
    assert api.sign_up(locale="de").user["locale"] == "en"


def test_default_role_always_belongs_to_the_allowed_ones(api: Api, settings: Any) -> None:
    settings.AUTH_USER_DEFAULT_ALLOWED_ROLES = ["me"]
    assert api.sign_up().user["roles"] == ["me", "user"]


@pytest.mark.parametrize("options", [{"allowedRoles": []}, {"allowedRoles": ["me"]}, {"defaultRole": "admin"}], ids=str)
def test_default_role_outside_the_roles_asked_for_is_refused(api: Api, options: dict[str, Any]) -> None:
    assert api.sign_up(**options).outcome == (400, "default-role-must-be-in-allowed-roles")


def test_avatar_is_the_gravatar_of_the_lower_cased_address(api: Api, settings: Any) -> None:
    digest = hashlib.md5(b"ann@example.com").hexdigest()
    assert api.sign_up("Ann@Example.com").user["avatarUrl"] == f"https://www.gravatar.com/avatar/{digest}?d=blank&r=g"
    settings.AUTH_GRAVATAR_DEFAULT, settings.AUTH_GRAVATAR_RATING = "retro", "pg"
    assert api.sign_up("bob@example.com").user["avatarUrl"].endswith("?d=retro&r=pg")
    settings.AUTH_GRAVATAR_ENABLED = False
    assert api.sign_up("cid@example.com").user["avatarUrl"] == ""


def test_address_is_kept_as_typed(api: Api) -> None:
    reply = api.sign_up("Ann.Lee@Example.COM")
    assert reply.user["email"] == "Ann.Lee@Example.COM"
    assert account(reply).user.email == "Ann.Lee@Example.COM"


def test_password_is_stored_as_a_hash_that_signs_in(api: Api) -> None:
    stored = account(api.sign_up()).user.password
    assert stored.startswith("argon2$argon2id$")
    assert PASSWORD not in stored
    assert api.sign_in().status == 200


def test_where_addresses_are_verified_there_is_no_session_but_a_mail(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    reply = api.post(SIGN_UP, {**ANN, "email": "Ann@Example.com"})
    assert (reply.status, reply.json) == (200, {"session": None})
    mail = inbox.last()
    assert (mail.template, mail.message.to) == ("email-verify", ["Ann@Example.com"])
    assert mail.ticket.startswith("verifyEmail:")
    assert mail.link.startswith("https://auth.example.com/v1/verify?redirectTo=")
    assert list(mail.query.items()) == [
        ("redirectTo", "https://app.example.com"),
        ("ticket", mail.ticket),
        ("type", "emailVerify"),
    ]
    assert not RefreshToken.objects.exists()
    assert Account.objects.get().user.last_login is None
    assert api.sign_in().outcome == (401, "unverified-user")
    assert api.get("/verify", query=mail.query).query["type"] == "verifyEmail"
    assert api.sign_in().user["emailVerified"] is True


def test_redirect_target_and_challenge_ride_in_the_link(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    target = "https://app.example.com/done?step=1#top"
    api.post(SIGN_UP, {**ANN, "codeChallenge": CHALLENGE, "options": {"redirectTo": target}})
    assert list(inbox.last().query) == ["codeChallenge", "redirectTo", "ticket", "type"]
    assert inbox.last().query["codeChallenge"] == CHALLENGE
    assert inbox.last().query["redirectTo"] == target


def test_challenge_means_nothing_without_verification(api: Api, inbox: Inbox) -> None:
    assert api.post(SIGN_UP, {**ANN, "codeChallenge": CHALLENGE}).refresh_token
    assert len(inbox) == 0


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_of_the_list_decides(api: Api, inbox: Inbox, settings: Any, first: int) -> None:
    options: dict[str, Any] = {}
    for switch, change, _ in FAULTS[first:]:
        put(settings, switch)
        options |= change
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    before = 0
    if options.pop("taken", False):
        get_user_model().objects.create_user("first", email="ANN@example.com")
        before = 1
    assert api.post(SIGN_UP, {**ANN, "options": options}).outcome == FAULTS[first][2]
    stored = before + (FAULTS[first][2][1] == "disabled-user")
    assert (Account.objects.count(), get_user_model().objects.count(), len(inbox)) == (stored, stored, 0)


def test_address_of_another_account_is_taken_in_any_case(api: Api) -> None:
    api.sign_up()
    for email in ("ann@example.com", "ANN@Example.com"):
        assert api.sign_up(email, "Another-pass-1").outcome == (409, "user-already-exists")
    assert Account.objects.count() == 1
    assert api.sign_in().status == 200


@pytest.mark.parametrize("state", ["disabled", "unverified"])
def test_disabled_and_unverified_accounts_hold_their_address(api: Api, inbox: Inbox, settings: Any, state: str) -> None:
    user = account(api.sign_up()).user
    if state == "disabled":
        user.is_active = False
        user.save()
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    assert api.post(SIGN_UP, ANN).outcome == (409, "user-already-exists")
    assert len(inbox) == 0


@pytest.mark.parametrize("verified_required", [True, False])
def test_new_users_can_be_stored_disabled(api: Api, inbox: Inbox, settings: Any, verified_required: bool) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = verified_required
    assert api.post(SIGN_UP, ANN).outcome == (401, "disabled-user")
    stored = Account.objects.get()
    assert stored.disabled
    assert stored.user.last_login is None
    assert not RefreshToken.objects.exists()
    assert len(inbox) == 0
    assert api.sign_in().outcome == (401, "disabled-user")


@pytest.mark.parametrize(
    "switch",
    [{"AUTH_DISABLE_AUTO_SIGNUP": True}, {"AUTH_OTP_EMAIL_ENABLED": False}, {"AUTH_ANONYMOUS_USERS_ENABLED": False}],
)
def test_switches_of_other_ways_in_have_no_effect(api: Api, settings: Any, switch: dict[str, Any]) -> None:
    put(settings, switch)
    assert api.post(SIGN_UP, ANN).status == 200


@pytest.mark.parametrize(
    ("lists", "email", "allowed"),
    [
        ({"BLOCKED_EMAIL_DOMAINS": ["example.com"]}, "ann@example.com", False),
        ({"BLOCKED_EMAIL_DOMAINS": ["example.com"]}, "ann@sub.example.com", True),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"]}, "ann@example.com", True),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"]}, "ann@sub.example.com", False),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"]}, "ann@Example.com", False),
        ({"ALLOWED_EMAILS": ["bob@example.com"]}, "ann@example.com", False),
        ({"ALLOWED_EMAILS": ["ann@example.com"], "BLOCKED_EMAIL_DOMAINS": ["example.com"]}, "ann@example.com", True),
        ({"ALLOWED_EMAILS": ["ann@example.com"], "BLOCKED_EMAILS": ["ann@example.com"]}, "ann@example.com", False),
        ({"ALLOWED_EMAIL_DOMAINS": ["b.io"], "BLOCKED_EMAIL_DOMAINS": ["b.io"]}, "ann@b.io", False),
    ],
    ids=str,
)
def test_access_lists_decide_who_may_sign_up(
    api: Api, settings: Any, lists: dict[str, list[str]], email: str, allowed: bool
) -> None:
    put(settings, {f"AUTH_ACCESS_CONTROL_{name}": value for name, value in lists.items()})
    assert api.sign_up(email).outcome == ((200, None) if allowed else (401, "invalid-email-password"))


@pytest.mark.parametrize(("password", "outcome"), [("éééé", (200, None)), ("seven77", (400, "password-too-short"))])
def test_least_length_counts_bytes(api: Api, settings: Any, password: str, outcome: tuple[int, str | None]) -> None:
    settings.AUTH_PASSWORD_MIN_LENGTH = 8
    assert api.sign_up(password=password).outcome == outcome


def test_password_that_bcrypt_would_cut_is_refused(api: Api, settings: Any) -> None:
    settings.AUTH_PASSWORD_HASHER = "django.contrib.auth.hashers.BCryptPasswordHasher"
    settings.AUTH_PASSWORD_MAX_LENGTH = 100
    assert api.sign_up(password="é" * 36 + "x").outcome == (400, "invalid-request")
    assert Account.objects.count() == 0


def test_leaked_password_is_refused(api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AUTH_PASSWORD_HIBP_ENABLED = True
    with leak_database(monkeypatch, "leaked-password") as asked:
        assert api.sign_up(password="leaked-password").outcome == (400, "password-in-hibp-database")
        assert api.sign_up().status == 200
    assert [len(path.rpartition("/")[2]) for path in asked] == [5, 5]


def test_leaked_password_is_not_looked_up_unless_asked_for(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    with leak_database(monkeypatch, PASSWORD) as asked:
        assert api.sign_up().status == 200
    assert asked == []


@pytest.mark.parametrize(
    ("switch", "error"),
    [
        ({"AUTH_DISABLE_SIGNUP": True}, "invalid-request"),
        ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAILS": ["ann@example.com"]}, "invalid-request"),
        ({"AUTH_DISABLE_NEW_USERS": True}, "invalid-request"),
        ({"AUTH_USER_DEFAULT_ROLE": "user"}, "invalid-request"),
        ({"AUTH_PASSWORD_MIN_LENGTH": 16}, "password-too-short"),
    ],
    ids=str,
)
def test_concealment(api: Api, settings: Any, switch: dict[str, Any], error: str) -> None:
    if switch == {"AUTH_USER_DEFAULT_ROLE": "user"}:
        api.sign_up()
    put(settings, {"AUTH_CONCEAL_ERRORS": True, **switch})
    assert api.post(SIGN_UP, ANN).outcome == (400, error)
