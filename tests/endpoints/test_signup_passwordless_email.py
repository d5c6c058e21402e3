"""POST /signup/passwordless/email (accounts.md 3.7, 1.5)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Account, RefreshToken, Ticket
from tests.conftest import Api, Inbox, Mail, Reply, account

SIGN_UP, SIGN_IN = "/signup/passwordless/email", "/signin/passwordless/email"
ANN = {"email": "ann@example.com"}
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
HOUR = 3600

# Every reason to refuse, in the order of the specification's list: settings, options, answer.
FAULTS: list[tuple[dict[str, Any], dict[str, Any], tuple[int, str]]] = [
    ({"AUTH_EMAIL_PASSWORDLESS_ENABLED": False}, {}, (409, "disabled-endpoint")),
    ({"AUTH_DISABLE_SIGNUP": True}, {}, (403, "signup-disabled")),
    ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAIL_DOMAINS": ["example.com"]}, {}, (401, "invalid-email-password")),
    ({}, {"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
    ({}, {"allowedRoles": ["admin"]}, (400, "role-not-allowed")),
    ({}, {"defaultRole": "admin"}, (400, "default-role-must-be-in-allowed-roles")),
    ({"AUTH_DISABLE_NEW_USERS": True}, {}, (401, "disabled-user")),
]


@pytest.fixture(autouse=True)
def switched_on(settings: Any) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True


def put_from(settings: Any, first: int) -> dict[str, Any]:
    """Makes the faults from the first one on apply; the options that do their part."""
    options: dict[str, Any] = {}
    for switch, change, _ in FAULTS[first:]:
        for name, value in switch.items():
            setattr(settings, name, value)
        options |= change
    return options


def follow(api: Api, mail: Mail) -> Reply:
    return api.get("/verify", query=mail.query)


def test_new_address_is_stored_and_gets_a_link(api: Api, inbox: Inbox) -> None:
    reply = api.post(SIGN_UP, {"email": "Ann@Example.com"})
    assert (reply.status, reply.text) == (200, '"OK"\n')
    mail = inbox.last()
    assert (mail.template, mail.message.to) == ("signin-passwordless", ["Ann@Example.com"])
    assert mail.query["type"] == "signinPasswordless"
    stored = Account.objects.get()
    assert (stored.email, stored.email_verified, stored.user.last_login) == ("Ann@Example.com", False, None)
    assert stored.user.has_usable_password() is False
    assert RefreshToken.objects.count() == 0


def test_link_opens_the_first_session_and_proves_the_address(api: Api, inbox: Inbox) -> None:
    api.post(SIGN_UP, ANN)
    reply = follow(api, inbox.last())
    session = api.post("/token", {"refreshToken": reply.query["refreshToken"]})
    assert (session.user["email"], session.user["emailVerified"]) == ("ann@example.com", True)
    assert session.user["roles"] == ["editor", "me", "user"]


def test_link_lives_an_hour_and_works_once(api: Api, inbox: Inbox) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        api.post(SIGN_UP, ANN)
        clock.shift(HOUR - 1)
        assert "refreshToken" in follow(api, inbox.last()).query
        assert follow(api, inbox.last()).query["error"] == "invalid-ticket"
        api.post(SIGN_UP, {"email": "bob@example.com"})
        clock.shift(HOUR + 1)
        assert follow(api, inbox.last()).query["error"] == "invalid-ticket"


def test_options_are_stored(api: Api, inbox: Inbox) -> None:
    options = {"displayName": "Ann", "locale": "fr", "allowedRoles": ["me"], "defaultRole": "me", "metadata": {"a": 1}}
    assert api.post(SIGN_UP, {**ANN, "options": options}).status == 200
    stored = Account.objects.find_by_email("ann@example.com")
    assert stored is not None
    assert (stored.display_name, stored.locale, stored.metadata) == ("Ann", "fr", {"a": 1})
    assert (stored.default_role_id, stored.role_names) == ("me", ["me"])
    assert '<html lang="fr">' in inbox.last().html


def test_target_and_challenge_ride_in_the_link(api: Api, inbox: Inbox) -> None:
    target = "https://app.example.com/in"
    api.post(SIGN_UP, {**ANN, "options": {"redirectTo": target}, "codeChallenge": CHALLENGE})
    query = inbox.last().query
    assert (query["redirectTo"], query["codeChallenge"]) == (target, CHALLENGE)
    reply = follow(api, inbox.last())
    assert reply.location == f"{target}?code={reply.query['code']}&type=passwordlessEmail"
    exchanged = api.post("/token/exchange", {"code": reply.query["code"], "codeVerifier": VERIFIER})
    assert exchanged.user["email"] == "ann@example.com"


@pytest.mark.parametrize("verified", [True, False])
def test_known_address_gets_the_same_answer_and_nothing_happens(api: Api, inbox: Inbox, verified: bool) -> None:
    stored = account(api.sign_up())
    stored.email_verified = verified
    stored.save()
    fresh = api.post(SIGN_UP, {"email": "bob@example.com"})
    known = api.post(SIGN_UP, {"email": "ANN@example.com", "options": {"displayName": "Other", "locale": "fr"}})
    assert (known.status, known.text, dict(known.headers)) == (fresh.status, fresh.text, dict(fresh.headers))
    assert (len(inbox), inbox.last().message.to) == (1, ["bob@example.com"])
    assert not Ticket.objects.filter(account=stored).exists()
    stored.refresh_from_db()
    assert (stored.display_name, stored.locale, stored.email) == ("ann@example.com", "en", "ann@example.com")


def test_known_address_keeps_the_link_it_has(api: Api, inbox: Inbox) -> None:
    for _ in range(2):
        api.post(SIGN_UP, ANN)
    assert len(inbox) == 1
    assert "refreshToken" in follow(api, inbox.last()).query


def test_options_are_checked_for_a_known_address_too(api: Api) -> None:
    api.sign_up()
    assert api.post(SIGN_UP, {**ANN, "options": {"allowedRoles": ["admin"]}}).outcome == (400, "role-not-allowed")


def test_known_disabled_user_is_told_so(api: Api, inbox: Inbox) -> None:
    user = account(api.sign_up()).user
    user.is_active = False
    user.save()
    assert api.post(SIGN_UP, ANN).outcome == (401, "disabled-user")
    assert (len(inbox), Ticket.objects.count()) == (0, 0)


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_of_the_list_decides(api: Api, inbox: Inbox, settings: Any, first: int) -> None:
    options = put_from(settings, first)
    assert api.post(SIGN_UP, {**ANN, "options": options}).outcome == FAULTS[first][2]
    stored = int(FAULTS[first][2][1] == "disabled-user")
    assert (Account.objects.count(), Ticket.objects.count(), len(inbox)) == (stored, 0, 0)


def test_known_address_is_refused_too_where_signing_up_is_off(api: Api, inbox: Inbox, settings: Any) -> None:
    api.sign_up()
    settings.AUTH_DISABLE_SIGNUP = True
    assert api.post(SIGN_UP, ANN).outcome == (403, "signup-disabled")
    assert len(inbox) == 0


def test_new_users_can_be_stored_disabled(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    api.post(SIGN_UP, ANN)
    assert Account.objects.get().disabled is True
    settings.AUTH_DISABLE_NEW_USERS = False
    assert api.post(SIGN_UP, ANN).outcome == (401, "disabled-user")
    assert len(inbox) == 0


def test_it_is_the_way_to_register_where_signing_in_registers_nobody(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_DISABLE_AUTO_SIGNUP = True
    assert api.post(SIGN_IN, ANN).status == 200
    assert Account.objects.count() == 0
    assert api.post(SIGN_UP, ANN).status == 200
    assert "refreshToken" in follow(api, inbox.last()).query
    assert api.post(SIGN_IN, ANN).status == 200
    assert "refreshToken" in follow(api, inbox.last()).query


@pytest.mark.parametrize(
    "switch",
    ["AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED", "AUTH_ANONYMOUS_USERS_ENABLED", "AUTH_OTP_EMAIL_ENABLED"],
)
@pytest.mark.parametrize("value", [True, False])
def test_switches_that_do_not_concern_it(api: Api, inbox: Inbox, settings: Any, switch: str, value: bool) -> None:
    setattr(settings, switch, value)
    api.post(SIGN_UP, ANN)
    assert "refreshToken" in follow(api, inbox.last()).query


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, 'property "email" is missing'),
        ({**ANN, "password": "Correct-horse-7"}, 'property "password" is unsupported'),
        ({**ANN, "codeChallenge": "short"}, "minimum string length is 43"),
        ({**ANN, "codeChallenge": "=" * 43}, "string doesn't match the regular expression"),
    ],
    ids=str,
)
def test_body_holds_an_address_options_and_a_challenge_and_nothing_else(
    api: Api, body: dict[str, Any], reason: str
) -> None:
    reply = api.post(SIGN_UP, body)
    assert reply.outcome == (400, "schema-validation-error")
    assert reply.json["reason"].startswith(reason)
    assert Account.objects.count() == 0


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_concealment(api: Api, settings: Any, first: int) -> None:
    options = put_from(settings, first)
    settings.AUTH_CONCEAL_ERRORS = True
    open_codes = {"disabled-endpoint", "redirectTo-not-allowed", "default-role-must-be-in-allowed-roles"}
    plain = FAULTS[first][2]
    expected = plain if plain[1] in open_codes else (400, "invalid-request")
    assert api.post(SIGN_UP, {**ANN, "options": options}).outcome == expected
