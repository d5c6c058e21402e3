"""POST /user/email/change and /user/email/send-verification-email (accounts.md 3.17, 3.18; configuration.md 5.4)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth.models import Account, Ticket
from tests.conftest import Api, Inbox, Mail, Reply, account

CHANGE, VERIFICATION = "/user/email/change", "/user/email/send-verification-email"
ANN, NEW = {"email": "ann@example.com"}, {"newEmail": "new@example.com"}
TARGET = {"redirectTo": "https://app.example.com/done"}
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

# What can stand against a user, in the order of the specification's list: state, answer.
USER_FAULTS = [
    ("gone", (401, "invalid-email-password")),
    ("blocked", (401, "invalid-email-password")),
    ("disabled", (401, "disabled-user")),
    ("unverified", (401, "unverified-user")),
]


def put(owner: Account, settings: Any, *states: str) -> None:
    """Bring a user into these states."""
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = "unverified" in states
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"] if "blocked" in states else []
    get_user_model().objects.filter(pk=owner.user_id).update(is_active="disabled" not in states)
    if "verified" in states:
        Account.objects.filter(pk=owner.pk).update(email_verified=True)
    if "gone" in states:
        owner.user.delete()


def follow(api: Api, mail: Mail) -> Reply:
    return api.get("/verify", query=mail.query)


def test_link_goes_to_the_new_address_and_names_both(api: Api, inbox: Inbox) -> None:
    token = api.sign_up().token
    reply = api.post(CHANGE, {"newEmail": "New@Example.com"}, token=token)
    assert (reply.status, reply.text, len(inbox)) == (200, '"OK"\n', 1)
    mail = inbox.last()
    assert (mail.template, mail.message.to) == ("email-confirm-change", ["New@Example.com"])
    assert mail.message.subject == "Change your email address"
    assert mail.ticket.startswith("emailConfirmChange:")
    assert (mail.query["type"], mail.query["ticket"]) == ("emailConfirmChange", mail.ticket)
    assert "ann@example.com" in mail.message.body
    assert "New@Example.com" in mail.message.body


def test_asking_changes_neither_the_address_nor_that_it_is_unproven(api: Api, inbox: Inbox, settings: Any) -> None:
    session = api.sign_up()
    api.post(CHANGE, NEW, token=session.token)
    user = api.get("/user", token=session.token).json
    assert (user["email"], user["emailVerified"]) == ("ann@example.com", False)
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    assert api.sign_in().outcome == (401, "unverified-user")
    assert follow(api, inbox.last()).query["error"] == "unverified-user"


def test_link_puts_the_new_address_in_place_and_sessions_go_on(api: Api, inbox: Inbox) -> None:
    session = api.sign_up()
    api.post(CHANGE, {"newEmail": "New@Example.com"}, token=session.token)
    assert follow(api, inbox.last()).query["type"] == "emailConfirmChange"
    user = api.post("/token", {"refreshToken": session.refresh_token}).user
    assert (user["email"], user["emailVerified"]) == ("New@Example.com", True)
    assert api.sign_in("new@example.com").user["id"] == user["id"]
    assert api.sign_in("ann@example.com").outcome == (401, "invalid-email-password")


def test_second_request_replaces_the_first(api: Api, inbox: Inbox) -> None:
    token = api.sign_up().token
    api.post(CHANGE, NEW, token=token)
    first = inbox.last()
    api.post(CHANGE, {"newEmail": "newer@example.com"}, token=token)
    assert follow(api, first).query["error"] == "invalid-ticket"
    assert "refreshToken" in follow(api, inbox.last()).query
    assert api.get("/user", token=token).json["email"] == "newer@example.com"


def test_link_lives_an_hour(api: Api, inbox: Inbox) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        api.post(CHANGE, NEW, token=api.sign_up().token)
        clock.shift(HOUR + 1)
        assert follow(api, inbox.last()).query["error"] == "invalid-ticket"
        api.post(CHANGE, NEW, token=api.sign_in().token)
        clock.shift(HOUR - 1)
        assert "refreshToken" in follow(api, inbox.last()).query


@pytest.mark.parametrize("taken", ["bob@example.com", "BOB@Example.com", "ann@example.com", "Ann@Example.com"])
def test_address_of_anybody_is_taken_in_any_case_the_own_one_too(api: Api, inbox: Inbox, taken: str) -> None:
    api.sign_up("bob@example.com")
    assert api.post(CHANGE, {"newEmail": taken}, token=api.sign_up().token).outcome == (409, "user-already-exists")
    assert (len(inbox), Ticket.objects.count()) == (0, 0)


@pytest.mark.parametrize("first", range(len(USER_FAULTS)))
def test_change_by_a_user_who_may_not_is_refused_before_the_address_is_looked_up(
    api: Api, inbox: Inbox, settings: Any, first: int
) -> None:
    session = api.sign_up()
    api.sign_up("bob@example.com")
    put(account(session), settings, *[state for state, _ in USER_FAULTS[first:]])
    for address in ("bob@example.com", "new@example.com"):
        assert api.post(CHANGE, {"newEmail": address}, token=session.token).outcome == USER_FAULTS[first][1]
    assert len(inbox) == 0


def test_guest_has_no_address_to_change(api: Api, inbox: Inbox) -> None:
    assert api.post(CHANGE, NEW, token=api.anonymous().token).outcome == (403, "forbidden-anonymous")
    assert len(inbox) == 0


def test_target_is_looked_at_before_the_user(api: Api, settings: Any) -> None:
    session = api.sign_up()
    put(account(session), settings, "disabled")
    body = {**NEW, "options": {"redirectTo": "https://evil.example"}}
    assert api.post(CHANGE, body, token=session.token).outcome == (400, "redirectTo-not-allowed")


def test_new_address_is_not_put_through_the_access_lists(api: Api, inbox: Inbox, settings: Any) -> None:
    session = api.sign_up()
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["new@example.com"]
    assert api.post(CHANGE, NEW, token=session.token).status == 200
    follow(api, inbox.last())
    assert api.get("/user", token=session.token).outcome == (401, "invalid-email-password")


def test_verification_mail_brings_a_link_that_proves_the_address(api: Api, inbox: Inbox) -> None:
    session = api.sign_up()
    reply = api.post(VERIFICATION, {"email": "Ann@Example.com"})
    assert (reply.status, reply.text, len(inbox)) == (200, '"OK"\n', 1)
    mail = inbox.last()
    assert (mail.template, mail.message.to) == ("email-verify", ["Ann@Example.com"])
    assert mail.message.subject == "Verify your email"
    assert (mail.query["type"], mail.ticket.partition(":")[0]) == ("emailVerify", "verifyEmail")
    assert follow(api, mail).query["type"] == "verifyEmail"
    assert api.get("/user", token=session.token).json["emailVerified"] is True


@pytest.mark.parametrize("required", [True, False])
def test_verification_mail_is_sent_whether_or_not_it_is_required(
    api: Api, inbox: Inbox, settings: Any, required: bool
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    api.sign_up()
    assert api.post(VERIFICATION, ANN).status == 200
    assert "refreshToken" in follow(api, inbox.last()).query
    assert api.sign_in().status == 200


def test_verification_link_lives_thirty_days(api: Api, inbox: Inbox) -> None:
    api.sign_up()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for seconds, error in ((30 * DAY + 1, "invalid-ticket"), (30 * DAY - 1, None)):
            api.post(VERIFICATION, ANN)
            clock.shift(seconds)
            assert follow(api, inbox.last()).query.get("error") == error


@pytest.mark.parametrize("used", [0, 1, 2])
def test_verification_mails_of_ten_minutes_are_all_good_and_the_first_use_ends_them_all(
    api: Api, inbox: Inbox, settings: Any, used: int
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    with time_machine.travel(timezone.now(), tick=False) as clock:
        api.sign_up()
        for _ in range(2):
            clock.shift(5 * MINUTE - 1)
            assert api.post(VERIFICATION, ANN).status == 200
        mails = inbox.to("ann@example.com")
        assert len({mail.ticket for mail in mails}) == 3
        assert "refreshToken" in follow(api, mails[used]).query
        assert [follow(api, mail).query["error"] for mail in mails] == ["invalid-ticket"] * 3


def test_verification_mail_ends_those_older_than_ten_minutes(api: Api, inbox: Inbox) -> None:
    api.sign_up()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            api.post(VERIFICATION, ANN)
            clock.shift(6 * MINUTE)
        api.post(VERIFICATION, ANN)
        oldest, middle, _ = inbox.to("ann@example.com")
        assert follow(api, oldest).query["error"] == "invalid-ticket"
        assert "refreshToken" in follow(api, middle).query


def test_verification_mail_leaves_links_of_other_kinds_good(api: Api, inbox: Inbox) -> None:
    token = api.sign_up().token
    api.post(CHANGE, NEW, token=token)
    api.post(VERIFICATION, ANN)
    assert "refreshToken" in follow(api, inbox.to("new@example.com")[0]).query


@pytest.mark.parametrize("first", range(5))
def test_verification_mail_of_several_faults_the_first_of_the_list_decides(
    api: Api, inbox: Inbox, settings: Any, first: int
) -> None:
    states = ("target", "gone", "blocked", "disabled", "verified")[first:]
    owner = account(api.sign_up())
    put(owner, settings, *states)
    body = {**ANN, "options": {"redirectTo": "https://evil.example"}} if "target" in states else ANN
    outcomes = [
        (400, "redirectTo-not-allowed"),
        (401, "invalid-email-password"),
        (401, "invalid-email-password"),
        (401, "disabled-user"),
        (400, "email-already-verified"),
    ]
    assert api.post(VERIFICATION, body).outcome == outcomes[first]
    assert (len(inbox), Ticket.objects.count()) == (0, 0)


def test_verification_mail_asks_for_no_token_and_looks_at_none(api: Api, inbox: Inbox) -> None:
    api.sign_up()
    assert api.post(VERIFICATION, ANN, token=api.sign_up("bob@example.com").token).status == 200
    assert inbox.last().message.to == ["ann@example.com"]


@pytest.mark.parametrize(("path", "body"), [(CHANGE, NEW), (VERIFICATION, ANN)])
def test_target_and_challenge_ride_in_the_link(api: Api, inbox: Inbox, path: str, body: dict[str, Any]) -> None:
    token = api.sign_up().token
    api.post(path, body, token=token)
    assert list(inbox.last().query) == ["redirectTo", "ticket", "type"]
    assert inbox.last().query["redirectTo"] == "https://app.example.com"
    api.post(path, {**body, "options": TARGET, "codeChallenge": CHALLENGE}, token=token)
    assert list(inbox.last().query) == ["codeChallenge", "redirectTo", "ticket", "type"]
    reply = follow(api, inbox.last())
    assert reply.location.startswith(f"{TARGET['redirectTo']}?code=")


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        (CHANGE, {}, 'property "newEmail" is missing'),
        (CHANGE, {**NEW, "email": "x"}, 'property "email" is unsupported'),
        (CHANGE, {**NEW, "options": {"locale": "fr"}}, 'property "locale" is unsupported'),
        (CHANGE, {**NEW, "codeChallenge": "short"}, "minimum string length is 43"),
        (VERIFICATION, {}, 'property "email" is missing'),
        (VERIFICATION, {**ANN, "options": {"displayName": "Ann"}}, 'property "displayName" is unsupported'),
        (VERIFICATION, {**ANN, "codeChallenge": "=" * 43}, "string doesn't match the regular expression"),
    ],
    ids=str,
)
def test_body_holds_an_address_a_target_and_a_challenge_and_nothing_else(
    api: Api, path: str, body: dict[str, Any], reason: str
) -> None:
    reply = api.post(path, body, token=api.sign_up().token)
    assert reply.outcome == (400, "schema-validation-error")
    assert reply.json["reason"].startswith(reason)


@pytest.mark.parametrize("address", ["new", "new@", "a b@example.com", "new@exämple.com"])
def test_new_address_has_to_be_one(api: Api, inbox: Inbox, address: str) -> None:
    reply = api.post(CHANGE, {"newEmail": address}, token=api.sign_up().token)
    assert (reply.status, reply.json["message"]) == (400, "newEmail: failed to pass regex validation")
    assert len(inbox) == 0


def test_change_needs_a_token_before_anything_else(api: Api) -> None:
    reply = api.post(CHANGE, {})
    assert (reply.outcome, reply.json["securityScheme"]) == ((401, "unauthorized"), "BearerAuthElevated")


def test_concealment(api: Api, settings: Any) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    token = api.sign_up().token
    assert api.post(CHANGE, {"newEmail": "ann@example.com"}, token=token).outcome == (400, "invalid-request")
    assert api.post(VERIFICATION, {"email": "nobody@example.com"}).outcome == (400, "invalid-request")
    Account.objects.update(email_verified=True)
    assert api.post(VERIFICATION, ANN).outcome == (400, "invalid-request")
