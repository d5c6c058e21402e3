"""POST /signin/passwordless/email (accounts.md 3.6, 1.17, 1.18)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Account, RefreshToken, Ticket
from tests.conftest import Api, Inbox, Mail, Reply, account

SEND = "/signin/passwordless/email"
ANN = {"email": "ann@example.com"}
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
HOUR = 3600

# Every reason to refuse, in the order of the specification's list: settings, options, answer.
FAULTS: list[tuple[dict[str, Any], dict[str, Any], tuple[int, str]]] = [
    ({"AUTH_EMAIL_PASSWORDLESS_ENABLED": False}, {}, (409, "disabled-endpoint")),
    ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAIL_DOMAINS": ["example.com"]}, {}, (401, "invalid-email-password")),
    ({}, {"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
    ({}, {"allowedRoles": ["admin"]}, (400, "role-not-allowed")),
    ({}, {"defaultRole": "admin"}, (400, "default-role-must-be-in-allowed-roles")),
    ({"AUTH_DISABLE_SIGNUP": True}, {}, (403, "signup-disabled")),
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


def session_of(api: Api, mail: Mail) -> Reply:
    return api.post("/token", {"refreshToken": follow(api, mail).query["refreshToken"]})


def test_unknown_address_makes_an_account_and_sends_a_link(api: Api, inbox: Inbox) -> None:
    reply = api.post(SEND, {"email": "Ann@Example.com"})
    assert (reply.status, reply.text) == (200, '"OK"\n')
    mail = inbox.last()
    assert (mail.template, mail.message.to) == ("signin-passwordless", ["Ann@Example.com"])
    assert mail.message.subject == "Secure sign-in link"
    assert mail.ticket.startswith("passwordlessEmail:")
    assert mail.link in mail.message.body
    stored = Account.objects.get()
    assert (stored.email, stored.email_verified, stored.user.last_login) == ("Ann@Example.com", False, None)
    assert stored.user.has_usable_password() is False
    assert RefreshToken.objects.count() == 0


def test_link_names_target_ticket_and_type_sorted_by_name(api: Api, inbox: Inbox) -> None:
    api.post(SEND, ANN)
    ticket = quote(inbox.last().ticket, safe="")
    assert inbox.last().link == (
        f"https://auth.example.com/v1/verify?redirectTo=https%3A%2F%2Fapp.example.com&ticket={ticket}"
        "&type=signinPasswordless"
    )


def test_link_signs_in_and_proves_the_address(api: Api, inbox: Inbox) -> None:
    api.post(SEND, ANN)
    reply = follow(api, inbox.last())
    assert reply.query["type"] == "passwordlessEmail"
    session = api.post("/token", {"refreshToken": reply.query["refreshToken"]})
    assert (session.user["email"], session.user["emailVerified"]) == ("ann@example.com", True)
    assert session.user["roles"] == ["editor", "me", "user"]


@pytest.mark.parametrize("required", [True, False])
def test_known_unverified_address_gets_a_link_for_its_account(
    api: Api, inbox: Inbox, settings: Any, required: bool
) -> None:
    user = api.sign_up().user
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    api.post(SEND, {"email": "ANN@example.com"})
    assert inbox.last().message.to == ["ANN@example.com"]
    found = session_of(api, inbox.last()).user
    assert (found["id"], found["email"], found["emailVerified"]) == (user["id"], "ann@example.com", True)
    assert api.sign_in().status == 200


def test_options_are_stored_with_a_new_account(api: Api, inbox: Inbox) -> None:
    options = {"displayName": "Ann", "locale": "fr", "allowedRoles": ["me"], "defaultRole": "me", "metadata": {"a": 1}}
    api.post(SEND, {**ANN, "options": options})
    stored = Account.objects.find_by_email("ann@example.com")
    assert stored is not None
    assert (stored.display_name, stored.locale, stored.metadata) == ("Ann", "fr", {"a": 1})
    assert (stored.default_role_id, stored.role_names) == ("me", ["me"])
    assert '<html lang="fr">' in inbox.last().html


def test_options_of_a_known_address_are_checked_but_only_the_target_is_used(api: Api, inbox: Inbox) -> None:
    stored = account(api.sign_up(displayName="Ann", locale="fr", metadata={"a": 1}))
    assert api.post(SEND, {**ANN, "options": {"allowedRoles": ["admin"]}}).outcome == (400, "role-not-allowed")
    target = "https://app.example.com/in?tab=2"
    options = {"displayName": "Other", "locale": "en", "metadata": {"b": 2}, "redirectTo": target}
    assert api.post(SEND, {**ANN, "options": options}).status == 200
    stored.refresh_from_db()
    assert (stored.display_name, stored.locale, stored.metadata) == ("Ann", "fr", {"a": 1})
    assert (inbox.last().query["redirectTo"], len(inbox)) == (target, 1)
    assert '<html lang="fr">' in inbox.last().html
    reply = follow(api, inbox.last())
    assert reply.location.startswith("https://app.example.com/in?")
    assert reply.query["tab"] == "2"


def test_link_works_once(api: Api, inbox: Inbox) -> None:
    api.post(SEND, ANN)
    assert "refreshToken" in follow(api, inbox.last()).query
    assert follow(api, inbox.last()).query["error"] == "invalid-ticket"


def test_24_link_lives_an_hour(api: Api, inbox: Inbox) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        api.post(SEND, ANN)
        clock.shift(HOUR - 1)
        assert "refreshToken" in follow(api, inbox.last()).query
        api.post(SEND, ANN)
        clock.shift(HOUR + 1)
        assert follow(api, inbox.last()).query["error"] == "invalid-ticket"


def test_newer_link_ends_the_older_one(api: Api, inbox: Inbox) -> None:
    for _ in range(2):
        api.post(SEND, ANN)
    older, newer = inbox.to("ann@example.com")
    assert follow(api, older).query["error"] == "invalid-ticket"
    assert "refreshToken" in follow(api, newer).query


def test_code_challenge_rides_in_the_link_and_makes_it_answer_with_a_code(api: Api, inbox: Inbox) -> None:
    api.post(SEND, {**ANN, "codeChallenge": CHALLENGE})
    assert list(inbox.last().query) == ["codeChallenge", "redirectTo", "ticket", "type"]
    reply = follow(api, inbox.last())
    assert "refreshToken" not in reply.query
    exchanged = api.post("/token/exchange", {"code": reply.query["code"], "codeVerifier": VERIFIER})
    assert exchanged.user["email"] == "ann@example.com"


def test_known_disabled_user_is_told_so(api: Api, inbox: Inbox) -> None:
    user = account(api.sign_up()).user
    user.is_active = False
    user.save()
    assert api.post(SEND, ANN).outcome == (401, "disabled-user")
    assert (len(inbox), Ticket.objects.count()) == (0, 0)


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_of_the_list_decides(api: Api, inbox: Inbox, settings: Any, first: int) -> None:
    options = put_from(settings, first)
    assert api.post(SEND, {**ANN, "options": options}).outcome == FAULTS[first][2]
    stored = int(FAULTS[first][2][1] == "disabled-user")
    assert (Account.objects.count(), Ticket.objects.count(), len(inbox)) == (stored, 0, 0)


@pytest.mark.parametrize("further", [{}, {"AUTH_DISABLE_SIGNUP": True}, {"AUTH_DISABLE_NEW_USERS": True}], ids=str)
def test_where_signing_in_registers_nobody_an_unknown_address_is_ok_and_nothing_happens(
    api: Api, inbox: Inbox, settings: Any, further: dict[str, bool]
) -> None:
    for name, value in {"AUTH_DISABLE_AUTO_SIGNUP": True, **further}.items():
        setattr(settings, name, value)
    reply = api.post(SEND, ANN)
    assert (reply.status, reply.text) == (200, '"OK"\n')
    assert (Account.objects.count(), len(inbox)) == (0, 0)


def test_new_users_can_be_stored_disabled(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    assert api.post(SEND, ANN).outcome == (401, "disabled-user")
    assert Account.objects.get().disabled is True
    settings.AUTH_DISABLE_NEW_USERS = False
    assert api.post(SEND, ANN).outcome == (401, "disabled-user")
    assert len(inbox) == 0


@pytest.mark.parametrize(
    "switch", ["AUTH_DISABLE_SIGNUP", "AUTH_DISABLE_AUTO_SIGNUP", "AUTH_DISABLE_NEW_USERS", "AUTH_OTP_EMAIL_ENABLED"]
)
def test_switches_that_do_not_concern_a_known_address(api: Api, inbox: Inbox, settings: Any, switch: str) -> None:
    api.sign_up()
    setattr(settings, switch, switch != "AUTH_OTP_EMAIL_ENABLED")
    assert api.post(SEND, ANN).status == 200
    assert "refreshToken" in follow(api, inbox.last()).query


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, 'property "email" is missing'),
        ({**ANN, "password": "Correct-horse-7"}, 'property "password" is unsupported'),
        ({**ANN, "options": {"connection": "x"}}, 'property "connection" is unsupported'),
        ({**ANN, "codeChallenge": CHALLENGE[:-1]}, "minimum string length is 43"),
        ({**ANN, "codeChallenge": CHALLENGE + "A"}, "maximum string length is 43"),
        ({**ANN, "codeChallenge": None}, "Value is not nullable"),
        ({**ANN, "codeChallenge": CHALLENGE[:-1] + "="}, "string doesn't match the regular expression"),
    ],
    ids=str,
)
def test_body_holds_an_address_options_and_a_challenge_and_nothing_else(
    api: Api, body: dict[str, Any], reason: str
) -> None:
    reply = api.post(SEND, body)
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
    assert api.post(SEND, {**ANN, "options": options}).outcome == expected
