"""POST /user/password and /user/password/reset (accounts.md 3.19, 3.20)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import Account, RefreshToken, Ticket
from tests.conftest import PASSWORD, Api, Inbox, Mail, Reply, account
from tests.endpoints.elevated_token import elevated_token
from tests.endpoints.leak_database import leak_database

CHANGE, RESET = "/user/password", "/user/password/reset"
ANN, NEW = {"email": "ann@example.com"}, "Another-horse-8"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
HOUR = 3600
UNKNOWN = "passwordReset:00000000-0000-4000-8000-000000000000"
OTHER_KINDS = [kind for kind in Ticket.Kind.values if kind != Ticket.Kind.PASSWORD_RESET]

# What can stand against a user, in the order of the specification's list: state, answer.
USER_FAULTS = [
    ("blocked", (401, "invalid-email-password")),
    ("disabled", (401, "disabled-user")),
    ("unverified", (401, "unverified-user")),
    ("anonymous", (403, "forbidden-anonymous")),
]
ways = pytest.mark.parametrize("way", ["bearer", "ticket"])


def change(api: Api, way: str, session: Reply, password: str = NEW, ticket: str | None = None) -> Reply:
    """Set a new password as the bearer, or by a reset ticket, which is a new one unless given."""
    if way == "bearer":
        return api.post(CHANGE, {"newPassword": password}, token=session.token)
    ticket = ticket or Ticket.objects.issue(account(session), Ticket.Kind.PASSWORD_RESET)
    return api.post(CHANGE, {"newPassword": password, "ticket": ticket})


def put(owner: Account, settings: Any, *states: str) -> None:
    """Bring a user into these states."""
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = "unverified" in states
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"] if "blocked" in states else []
    get_user_model().objects.filter(pk=owner.user_id).update(is_active="disabled" not in states)
    if states == ("anonymous",):  # alone: the lists do not ask about guests
        Account.objects.filter(pk=owner.pk).update(is_anonymous=True)


def reset(api: Api, inbox: Inbox, **body: Any) -> Mail:
    assert api.post(RESET, {**ANN, **body}).status == 200
    return inbox.last()


@ways
def test_new_password_takes_the_place_of_the_old_one(api: Api, inbox: Inbox, way: str) -> None:
    reply = change(api, way, api.sign_up())
    assert (reply.status, reply.text, len(inbox)) == (200, '"OK"\n', 0)
    assert api.sign_in(password=NEW).status == 200
    assert api.sign_in().outcome == (401, "invalid-email-password")


@ways
def test_39_sessions_of_the_user_end_and_personal_access_tokens_stay(api: Api, way: str) -> None:
    session, bob = api.sign_up(), api.sign_up("bob@example.com")
    other = api.sign_in()
    pat = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=session.token).json["personalAccessToken"]
    assert change(api, way, session).status == 200
    for ended in (session, other):
        body = {"refreshToken": ended.refresh_token}
        assert api.post("/token", body).outcome == (401, "invalid-refresh-token")
    assert api.post("/signin/pat", {"personalAccessToken": pat}).status == 200
    assert api.post("/token", {"refreshToken": bob.refresh_token}).status == 200
    assert api.get("/user", token=session.token).status == 200


@ways
def test_reset_links_under_way_end_with_the_old_password(api: Api, way: str) -> None:
    session, bob = api.sign_up(), api.sign_up("bob@example.com")
    mine, his = (Ticket.objects.issue(account(each), Ticket.Kind.PASSWORD_RESET) for each in (session, bob))
    change(api, way, session, ticket=mine)
    assert change(api, "ticket", session, "Third-horse-9", mine).outcome == (401, "invalid-ticket")
    assert change(api, "ticket", bob, NEW, his).status == 200


@ways
def test_user_without_a_password_gets_the_first(api: Api, inbox: Inbox, way: str) -> None:
    api.post("/signin/otp/email", ANN)
    session = api.post("/signin/otp/email/verify", {**ANN, "otp": inbox.last().ticket})
    assert change(api, way, session).status == 200
    assert api.sign_in(password=NEW).status == 200


@ways
def test_host_is_told_once_it_is_done(api: Api, settings: Any, way: str) -> None:
    heard: list[Account] = []

    def receive(account: Account, **_: Any) -> None:
        heard.append(account)

    session = api.sign_up()
    settings.AUTH_PASSWORD_MIN_LENGTH = 10
    signals.password_changed.connect(receive)
    try:
        assert change(api, way, session, "short").status == 400
        assert heard == []
        change(api, way, session)
    finally:
        signals.password_changed.disconnect(receive)
    assert heard == [account(session)]


@ways
@pytest.mark.parametrize("first", range(len(USER_FAULTS)))
def test_what_stands_against_the_user_is_told_before_the_password_is_looked_at(
    api: Api, settings: Any, way: str, first: int
) -> None:
    session = api.sign_up()
    ticket = Ticket.objects.issue(account(session), Ticket.Kind.PASSWORD_RESET)
    put(account(session), settings, *[state for state, _ in USER_FAULTS[first:]])
    settings.AUTH_PASSWORD_MIN_LENGTH = 10
    before = account(session).user.password
    assert change(api, way, session, "short", ticket).outcome == USER_FAULTS[first][1]
    assert account(session).user.password == before
    assert Ticket.objects.exists() is (way == "bearer")


@ways
@pytest.mark.parametrize("fault", ["short", "leaked"])
def test_password_that_is_refused_changes_nothing_but_spends_the_ticket(
    api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch, way: str, fault: str
) -> None:
    session = api.sign_up()
    ticket = Ticket.objects.issue(account(session), Ticket.Kind.PASSWORD_RESET)
    settings.AUTH_PASSWORD_MIN_LENGTH = 16 if fault == "short" else 3
    settings.AUTH_PASSWORD_HIBP_ENABLED = fault == "leaked"
    code = {"short": "password-too-short", "leaked": "password-in-hibp-database"}[fault]
    with leak_database(monkeypatch, NEW):
        assert change(api, way, session, ticket=ticket).outcome == (400, code)
    settings.AUTH_PASSWORD_MIN_LENGTH, settings.AUTH_PASSWORD_HIBP_ENABLED = 3, False
    assert api.sign_in().status == 200
    assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200
    again = change(api, "ticket", session, ticket=ticket).outcome
    assert again == ((200, None) if way == "bearer" else (401, "invalid-ticket"))


def test_deleted_user_is_gone(api: Api) -> None:
    session = api.sign_up()
    account(session).user.delete()
    assert change(api, "bearer", session).outcome == (401, "invalid-email-password")


def test_good_bearer_makes_the_ticket_mean_nothing(api: Api) -> None:
    session, bob = api.sign_up(), api.sign_up("bob@example.com")
    his = Ticket.objects.issue(account(bob), Ticket.Kind.PASSWORD_RESET)
    for ticket in (his, UNKNOWN):
        assert api.post(CHANGE, {"newPassword": NEW, "ticket": ticket}, token=session.token).status == 200
    assert api.sign_in(password=NEW).status == api.sign_in("bob@example.com").status == 200
    assert change(api, "ticket", bob, NEW, his).status == 200


@pytest.mark.parametrize("token", [None, "bad", "expired"])
def test_without_a_good_bearer_the_ticket_decides(api: Api, token: str | None) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = api.sign_up()
        shown = session.token if token == "expired" else token
        clock.shift(901)
        assert api.post(CHANGE, {"newPassword": NEW}, token=shown).outcome == (400, "invalid-request")
        ticket = Ticket.objects.issue(account(session), Ticket.Kind.PASSWORD_RESET)
        assert api.post(CHANGE, {"newPassword": NEW, "ticket": ticket}, token=shown).status == 200
    assert api.sign_in(password=NEW).status == 200


def test_bearer_without_the_elevation_asked_for_counts_as_absent(api: Api, settings: Any) -> None:
    session, bob = api.sign_up(), api.sign_up("bob@example.com")
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = "required"
    assert change(api, "bearer", session).outcome == (400, "invalid-request")
    his = Ticket.objects.issue(account(bob), Ticket.Kind.PASSWORD_RESET)
    assert api.post(CHANGE, {"newPassword": NEW, "ticket": his}, token=session.token).status == 200
    assert api.sign_in("bob@example.com", NEW).status == api.sign_in().status == 200
    token = elevated_token(settings, session)
    assert api.post(CHANGE, {"newPassword": NEW}, token=token).status == 200
    assert api.sign_in(password=NEW).status == 200


def test_ticket_works_once_for_an_hour(api: Api) -> None:
    session = api.sign_up()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ticket = Ticket.objects.issue(account(session), Ticket.Kind.PASSWORD_RESET)
        clock.shift(HOUR - 1)
        assert change(api, "ticket", session, NEW, ticket).status == 200
        assert change(api, "ticket", session, PASSWORD, ticket).outcome == (401, "invalid-ticket")
        ticket = Ticket.objects.issue(account(session), Ticket.Kind.PASSWORD_RESET)
        clock.shift(HOUR + 1)
        assert change(api, "ticket", session, PASSWORD, ticket).outcome == (401, "invalid-ticket")
    assert change(api, "ticket", session, PASSWORD, UNKNOWN).outcome == (401, "invalid-ticket")


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_ticket_of_another_kind_is_refused_and_not_spent(api: Api, kind: str) -> None:
    session = api.sign_up()
    ticket = Ticket.objects.issue(account(session), kind, {"newEmail": "new@example.com"})
    renamed = f"passwordReset:{ticket.partition(':')[2]}"
    assert change(api, "ticket", session, NEW, ticket).outcome == (400, "schema-validation-error")
    assert change(api, "ticket", session, NEW, renamed).outcome == (401, "invalid-ticket")
    assert api.sign_in().status == 200
    assert Ticket.objects.filter(kind=kind).count() == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, 'property "newPassword" is missing'),
        ({"newPassword": "ab"}, "minimum string length is 3"),
        ({"newPassword": "x" * 51}, "maximum string length is 50"),
        ({"newPassword": NEW, "oldPassword": PASSWORD}, 'property "oldPassword" is unsupported'),
        ({"newPassword": NEW, "ticket": None}, "Value is not nullable"),
        ({"newPassword": NEW, "ticket": ""}, "string doesn't match the regular expression"),
        ({"newPassword": NEW, "ticket": f" {UNKNOWN}"}, "string doesn't match the regular expression"),
    ],
    ids=str,
)
def test_body_holds_a_password_and_a_reset_ticket_and_nothing_else(api: Api, body: dict[str, Any], reason: str) -> None:
    reply = api.post(CHANGE, body, token=api.sign_up().token)
    assert reply.outcome == (400, "schema-validation-error")
    assert reply.json["reason"].startswith(reason)
    assert api.sign_in().status == 200


def test_reset_mails_a_link_that_signs_in_so_that_a_password_can_be_set(api: Api, inbox: Inbox) -> None:
    user = api.sign_up().user
    mail = reset(api, inbox, email="Ann@Example.com")
    assert (mail.template, mail.message.to) == ("password-reset", ["Ann@Example.com"])
    assert mail.message.subject == "Reset your password"
    assert (mail.query["type"], mail.ticket.partition(":")[0]) == ("passwordReset", "passwordReset")
    followed = api.get("/verify", query=mail.query)
    session = api.post("/token", {"refreshToken": followed.query["refreshToken"]})
    assert (session.user["id"], session.user["emailVerified"]) == (user["id"], False)
    assert change(api, "ticket", session, NEW, mail.ticket).outcome == (401, "invalid-ticket")
    assert change(api, "bearer", session).status == 200
    assert api.sign_in(password=NEW).status == 200


def test_ticket_of_the_mail_sets_a_password_and_is_then_no_link(api: Api, inbox: Inbox) -> None:
    session = api.sign_up()
    mail = reset(api, inbox)
    assert change(api, "ticket", session, NEW, mail.ticket).status == 200
    assert api.get("/verify", query=mail.query).query["error"] == "invalid-ticket"


def test_newer_reset_mail_ends_the_older_one(api: Api, inbox: Inbox) -> None:
    session = api.sign_up()
    older, newer = reset(api, inbox), reset(api, inbox)
    assert change(api, "ticket", session, NEW, older.ticket).outcome == (401, "invalid-ticket")
    assert change(api, "ticket", session, NEW, newer.ticket).status == 200


@pytest.mark.parametrize("fault", ["unknown", "blocked", "disabled", "unverified", "anonymous"])
def test_reset_answers_the_same_and_mails_nothing_to_who_may_not(
    api: Api, inbox: Inbox, settings: Any, fault: str
) -> None:
    owner = account(api.sign_up())
    trace = {"X-Request-Id": "tests"}
    sent = api.post(RESET, ANN, headers=trace)
    Ticket.objects.all().delete()
    put(owner, settings, fault)
    silent = api.post(RESET, {"email": "nobody@example.com"} if fault == "unknown" else ANN, headers=trace)
    assert (silent.status, silent.text, dict(silent.headers)) == (sent.status, sent.text, dict(sent.headers))
    assert (sent.status, len(inbox), Ticket.objects.count()) == (200, 1, 0)


def test_reset_to_a_refused_target_is_told_for_every_address(api: Api, inbox: Inbox) -> None:
    api.sign_up()
    for address in ("ann@example.com", "nobody@example.com"):
        body = {"email": address, "options": {"redirectTo": "https://evil.example"}}
        assert api.post(RESET, body).outcome == (400, "redirectTo-not-allowed")
    assert (len(inbox), RefreshToken.objects.count()) == (0, 1)


def test_target_and_challenge_ride_in_the_link(api: Api, inbox: Inbox) -> None:
    api.sign_up()
    target = {"redirectTo": "https://app.example.com/new-password"}
    query = reset(api, inbox, options=target, codeChallenge=CHALLENGE).query
    assert (query["redirectTo"], query["codeChallenge"]) == (target["redirectTo"], CHALLENGE)
    assert api.get("/verify", query=query).location.startswith(f"{target['redirectTo']}?code=")


def test_concealment(api: Api, settings: Any) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    session = api.sign_up()
    assert change(api, "ticket", session, NEW, UNKNOWN).outcome == (400, "invalid-request")
    put(account(session), settings, "disabled")
    assert change(api, "bearer", session).outcome == (400, "invalid-request")
