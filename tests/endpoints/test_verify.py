"""GET /verify (accounts.md 3.22, 1.15)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth.models import Account, PkceCode, RefreshToken, Ticket
from tests.conftest import Api, Reply, account

PATH = "/verify"
CLIENT_URL = "https://app.example.com"
TARGET = "https://app.example.com/in"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
KINDS = ("verifyEmail", "passwordlessEmail", "emailConfirmChange", "passwordReset")
LIVES = dict.fromkeys(KINDS, 3600) | {"verifyEmail": 30 * 24 * 3600}
PROVING = ("verifyEmail", "passwordlessEmail")
INVALID_TICKET = f"{TARGET}?error=invalid-ticket&errorDescription=Invalid+ticket"

every_kind = pytest.mark.parametrize("kind", KINDS)


def ticket_for(owner: Account, kind: str) -> str:
    return Ticket.objects.issue(owner, kind, {"newEmail": "new@example.com"})


def follow(api: Api, ticket: str, redirect_to: str = TARGET, **more: str) -> Reply:
    return api.get(PATH, query={"ticket": ticket, "redirectTo": redirect_to, **more})


def disable(owner: Account, active: bool = False) -> None:
    owner.user.is_active = active
    owner.user.save()


@every_kind
def test_good_ticket_opens_a_session_and_sends_the_browser_on(api: Api, kind: str) -> None:
    owner = account(api.sign_up())
    reply = follow(api, ticket_for(owner, kind))
    assert (reply.status, reply.text) == (302, "")
    assert (reply.headers["Cache-Control"], reply.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    secret = reply.query["refreshToken"]
    assert reply.location == f"{TARGET}?refreshToken={secret}&type={kind}"
    session = api.post("/token", {"refreshToken": secret})
    assert session.user["id"] == str(owner.pk)


@every_kind
def test_following_a_link_is_noted_as_the_last_login(api: Api, kind: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        owner = account(api.sign_up())
        clock.shift(60)
        follow(api, ticket_for(owner, kind))
        assert Account.objects.get().user.last_login == timezone.now()


@every_kind
def test_ticket_works_once(api: Api, kind: str) -> None:
    ticket = ticket_for(account(api.sign_up()), kind)
    assert "refreshToken" in follow(api, ticket).query
    assert follow(api, ticket).location == INVALID_TICKET


@pytest.mark.parametrize(("kind", "life"), list(LIVES.items()))
def test_24_ticket_has_its_time(api: Api, kind: str, life: int) -> None:
    owner = account(api.sign_up())
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ticket = ticket_for(owner, kind)
        clock.shift(life - 1)
        assert "refreshToken" in follow(api, ticket).query
        ticket = ticket_for(owner, kind)
        clock.shift(life + 1)
        assert follow(api, ticket).query["error"] == "invalid-ticket"


@every_kind
def test_newer_ticket_of_a_kind_ends_the_older_one(api: Api, kind: str) -> None:
    owner = account(api.sign_up())
    older, newer = ticket_for(owner, kind), ticket_for(owner, kind)
    assert follow(api, older).query["error"] == "invalid-ticket"
    assert "refreshToken" in follow(api, newer).query


@pytest.mark.parametrize(
    "ticket",
    [
        "verifyEmail:00000000-0000-4000-8000-000000000000",
        "mfaTotp:00000000-0000-4000-8000-000000000000",
        "otp:123456",
        "123456",
        "verifyEmail",
        ":",
        "verifyEmail:é\0",
    ],
)
def test_unknown_ticket_of_any_form_is_invalid(api: Api, ticket: str) -> None:
    assert follow(api, ticket).location == INVALID_TICKET


@every_kind
@pytest.mark.parametrize("claimed", [*KINDS, "mfaTotp", "otp", ""])
def test_ticket_is_good_for_its_own_kind_only(api: Api, kind: str, claimed: str) -> None:
    ticket = ticket_for(account(api.sign_up()), kind)
    secret = ticket.partition(":")[2]
    reply = follow(api, f"{claimed}:{secret}")
    assert ("refreshToken" in reply.query) == (claimed == kind)


@pytest.mark.parametrize(
    ("kind", "verified"), [("verifyEmail", True), ("passwordlessEmail", True), ("passwordReset", False)]
)
def test_proving_tickets_verify_the_address(api: Api, kind: str, verified: bool) -> None:
    owner = account(api.sign_up())
    follow(api, ticket_for(owner, kind))
    owner.refresh_from_db()
    assert (owner.email, owner.email_verified) == ("ann@example.com", kind in PROVING)


def test_confirmed_change_replaces_the_address(api: Api) -> None:
    owner = account(api.sign_up())
    session = api.post(
        "/token", {"refreshToken": follow(api, ticket_for(owner, "emailConfirmChange")).query["refreshToken"]}
    )
    assert (session.user["email"], session.user["emailVerified"]) == ("new@example.com", True)
    assert get_user_model().objects.get().email == "new@example.com"
    assert api.sign_in("NEW@example.com").status == 200
    assert api.sign_in("ann@example.com").outcome == (401, "invalid-email-password")


def test_address_taken_meanwhile_is_told_and_nothing_changes(api: Api) -> None:
    owner = account(api.sign_up())
    ticket = ticket_for(owner, "emailConfirmChange")
    api.sign_up("New@Example.com")
    assert follow(api, ticket).location == (f"{TARGET}?error=user-already-exists&errorDescription=User+already+exists")
    owner.refresh_from_db()
    assert (owner.email, owner.email_verified, owner.user.email) == ("ann@example.com", False, "ann@example.com")
    assert follow(api, ticket).query["error"] == "invalid-ticket"


@every_kind
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("blocked", "invalid-email-password"),
        ("disabled", "disabled-user"),
        ("unverified", "unverified-user"),
        ("anonymous", "forbidden-anonymous"),
    ],
)
def test_user_who_may_not_come_in_is_told_and_the_ticket_spent(
    api: Api, settings: Any, kind: str, fault: str, error: str
) -> None:
    owner = account(api.anonymous() if fault == "anonymous" else api.sign_up())
    ticket, sessions = ticket_for(owner, kind), RefreshToken.objects.count()
    if fault == "disabled":
        disable(owner)
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = fault == "unverified"
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"] if fault == "blocked" else []
    tolerated = fault == "unverified" and kind in PROVING
    reply = follow(api, ticket)
    assert reply.query.get("error") == (None if tolerated else error)
    assert (RefreshToken.objects.count() - sessions) == int(tolerated)
    owner.refresh_from_db()
    assert (owner.email_verified, owner.email == "new@example.com") == (tolerated, False)
    assert follow(api, ticket).query["error"] == "invalid-ticket"


@every_kind
def test_code_challenge_gets_a_code_instead_of_a_refresh_token(api: Api, kind: str) -> None:
    owner = account(api.sign_up())
    sessions = RefreshToken.objects.count()
    reply = follow(api, ticket_for(owner, kind), codeChallenge=CHALLENGE)
    code = reply.query["code"]
    assert reply.location == f"{TARGET}?code={code}&type={kind}"
    assert RefreshToken.objects.count() == sessions
    exchanged = api.post("/token/exchange", {"code": code, "codeVerifier": VERIFIER})
    assert exchanged.user["id"] == str(owner.pk)


@pytest.mark.parametrize("challenge", [CHALLENGE[:-1], CHALLENGE + "A", CHALLENGE[:-1] + "=", CHALLENGE + "\n"])
def test_bad_code_challenge_is_told_after_the_effect(api: Api, challenge: str) -> None:
    owner = account(api.sign_up())
    ticket, sessions = ticket_for(owner, "verifyEmail"), RefreshToken.objects.count()
    reply = follow(api, ticket, codeChallenge=challenge)
    assert reply.location == (f"{TARGET}?error=invalid-request&errorDescription=The+request+payload+is+incorrect")
    owner.refresh_from_db()
    assert (owner.email_verified, PkceCode.objects.count(), RefreshToken.objects.count()) == (True, 0, sessions)
    assert follow(api, ticket).query["error"] == "invalid-ticket"


@pytest.mark.parametrize(
    ("target", "location"),
    [
        (CLIENT_URL, "https://app.example.com?refreshToken={}&type=verifyEmail"),
        (f"{CLIENT_URL}/a?step=1", "https://app.example.com/a?refreshToken={}&step=1&type=verifyEmail"),
        (f"{CLIENT_URL}/?a=1&type=x&refreshToken=y", "https://app.example.com/?a=1&refreshToken={}&type=verifyEmail"),
        (f"{CLIENT_URL}/?z=1&b=&a=%26+", "https://app.example.com/?a=%26+&b=&refreshToken={}&type=verifyEmail&z=1"),
        (f"{CLIENT_URL}/a#/route?x=1", "https://app.example.com/a?refreshToken={}&type=verifyEmail#/route?x=1"),
        (f"{CLIENT_URL}/ü?q=ö", "https://app.example.com/%C3%BC?q=%C3%B6&refreshToken={}&type=verifyEmail"),
        ("myapp://cb", "myapp://cb?refreshToken={}&type=verifyEmail"),
        ("myapp://cb/deep?x=1#f", "myapp://cb/deep?refreshToken={}&type=verifyEmail&x=1#f"),
        ("com.example.app:/cb", "com.example.app:/cb?refreshToken={}&type=verifyEmail"),
        ("myapp:///cb", "myapp:///cb?refreshToken={}&type=verifyEmail"),
    ],
)
def test_targets_own_query_and_fragment_are_kept_and_keys_sorted(
    api: Api, settings: Any, target: str, location: str
) -> None:
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = ["myapp://cb", "myapp:///cb", "com.example.app:/cb"]
    reply = follow(api, ticket_for(account(api.sign_up()), "verifyEmail"), target)
    assert reply.location == location.format(reply.query["refreshToken"])


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//app.example.com", "https://app.example.com.evil.example", "myapp://cb", "/in"],
)
def test_51_target_that_is_not_allowed_leads_to_the_client_url_and_leaves_the_ticket(api: Api, target: str) -> None:
    ticket = ticket_for(account(api.sign_up()), "verifyEmail")
    expected = (
        f"{CLIENT_URL}?error=redirectTo-not-allowed"
        "&errorDescription=The+value+of+%22options.redirectTo%22+is+not+allowed."
    )
    # Twice: no answer leaves its parameters behind for the next one.
    assert [follow(api, ticket, target).location for _ in range(2)] == [expected, expected]
    assert "refreshToken" in follow(api, ticket).query


def test_query_and_fragment_of_the_client_url_are_kept_in_error_redirects(api: Api, settings: Any) -> None:
    settings.AUTH_CLIENT_URL = "https://app.example.com/#/home"
    reply = follow(api, "verifyEmail:x", "https://evil.example")
    assert reply.location.startswith("https://app.example.com/?error=redirectTo-not-allowed&")
    assert reply.location.endswith("#/home")


@pytest.mark.parametrize(
    "target",
    ["https://app.example.com/%zz", "https://app.example.com:port/", "https://[app", "https://app.example.com/\n"],
)
def test_target_that_does_not_read_as_a_url_is_an_invalid_request(api: Api, target: str) -> None:
    ticket = ticket_for(account(api.sign_up()), "verifyEmail")
    assert follow(api, ticket, target).outcome == (400, "invalid-request")
    assert "refreshToken" in follow(api, ticket).query


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ({}, "ticket"),
        ({"redirectTo": TARGET}, "ticket"),
        ({"ticket": "", "redirectTo": TARGET}, "ticket"),
        ({"ticket": "verifyEmail:x"}, "redirectTo"),
    ],
)
def test_ticket_and_target_are_required(api: Api, query: dict[str, str], missing: str) -> None:
    reply = api.get(PATH, query=query)
    assert reply.status == 400
    assert reply.json["errors"] == "bad-request"
    assert reply.json["message"] == f"Query argument {missing} is required, but not found"


@pytest.mark.parametrize("link_type", ["emailVerify", "emailConfirmChange", "signinPasswordless", "passwordReset"])
def test_type_is_ignored(api: Api, link_type: str) -> None:
    reply = follow(api, ticket_for(account(api.sign_up()), "verifyEmail"), type=link_type, unknown="1")
    assert reply.query["type"] == "verifyEmail"


@pytest.mark.parametrize("link_type", ["verifyEmail", "EmailVerify", "other"])
def test_type_has_to_be_a_known_one(api: Api, link_type: str) -> None:
    ticket = ticket_for(account(api.sign_up()), "verifyEmail")
    assert follow(api, ticket, type=link_type).outcome == (400, "schema-validation-error")
    assert "refreshToken" in follow(api, ticket).query


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_other_methods_do_not_use_up_the_ticket(api: Api, method: str) -> None:
    query = {"ticket": ticket_for(account(api.sign_up()), "verifyEmail"), "redirectTo": TARGET}
    assert api.call(method, PATH, query=query).status == 404
    assert "refreshToken" in api.get(PATH, query=query).query


def test_concealment_holds_in_redirects(api: Api, settings: Any) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    concealed = f"{TARGET}?error=invalid-request&errorDescription=The+request+payload+is+incorrect"
    owner = account(api.sign_up())
    ticket = ticket_for(owner, "verifyEmail")
    disable(owner)
    assert [follow(api, ticket).location for _ in range(2)] == [concealed, concealed]
    assert follow(api, ticket, "https://evil.example").query["error"] == "redirectTo-not-allowed"
