"""POST /user/deanonymize (accounts.md 3.4)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from django.contrib.auth import get_user_model
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client

from nhost_auth.models import Account, AccountRole, RefreshToken, Ticket
from tests.conftest import PASSWORD, PREFIX, Api, Inbox, Reply, account
from tests.endpoints.leak_database import leak_database

PATH = "/user/deanonymize"
EMAIL_PASSWORD = {"signInMethod": "email-password", "email": "ann@example.com", "password": PASSWORD}
PASSWORDLESS = {"signInMethod": "passwordless", "email": "ann@example.com"}
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
OPTIONS = {
    "allowedRoles": ["me", "editor"],
    "defaultRole": "me",
    "displayName": "Ann",
    "locale": "fr",
    "metadata": {"from": "guest"},
    "redirectTo": "https://app.example.com/done",
}

# The columns of the specification's table: body, whether verification is required, mail, ticket, sessions kept.
COLUMNS: list[tuple[dict[str, Any], bool, str | None, str, bool]] = [
    (EMAIL_PASSWORD, True, "email-verify", "verifyEmail", False),
    (EMAIL_PASSWORD, False, None, "", True),
    (PASSWORDLESS, True, "signin-passwordless", "passwordlessEmail", False),
    (PASSWORDLESS, False, "signin-passwordless", "passwordlessEmail", False),
]
table = pytest.mark.parametrize(("body", "required", "template", "kind", "kept"), COLUMNS)

# Every reason to refuse, in the order of the specification's list: settings, body, options, answer.
FAULTS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], tuple[int, str]]] = [
    ({"AUTH_PASSWORD_MIN_LENGTH": 16}, {}, {}, (400, "password-too-short")),
    ({}, {}, {"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
    ({}, {}, {"allowedRoles": ["admin"]}, (400, "role-not-allowed")),
    ({}, {}, {"defaultRole": "admin"}, (400, "default-role-must-be-in-allowed-roles")),
    ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAILS": ["bob@example.com"]}, {}, {}, (401, "invalid-email-password")),
    ({}, {"email": "bob@example.com"}, {}, (409, "user-already-exists")),
]


class BrokenBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError


def forged(settings: Any, reply: Reply, **changes: Any) -> str:
    return jwt.encode({**reply.claims, **changes}, settings.HASURA_GRAPHQL_JWT_SECRET["key"], "HS256")


def everything() -> list[Any]:
    models = (get_user_model(), Account, AccountRole, RefreshToken, Ticket)
    return [list(model._base_manager.order_by("pk").values()) for model in models]


@table
def test_guest_becomes_a_regular_user_under_the_same_id(
    api: Api, settings: Any, body: dict[str, Any], required: bool, template: str | None, kind: str, kept: bool
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    guest = api.anonymous(metadata={"cart": 7})
    before = account(guest)
    reply = api.post(PATH, {**body, "options": OPTIONS}, token=guest.token)
    assert (reply.status, reply.text) == (200, '"OK"\n')
    after = Account.objects.get_with_roles(pk=before.pk)
    assert after is not None
    assert (after.is_anonymous, after.email, after.email_verified) == (False, "ann@example.com", False)
    assert (after.display_name, after.locale, after.metadata) == ("Ann", "fr", {"from": "guest"})
    assert (after.default_role_id, after.role_names) == ("me", ["editor", "me"])
    assert (after.created_at, after.avatar_url, after.user_id) == (before.created_at, "", before.user_id)
    assert after.user.email == "ann@example.com"


@table
def test_sessions_and_mail(
    api: Api,
    inbox: Inbox,
    settings: Any,
    body: dict[str, Any],
    required: bool,
    template: str | None,
    kind: str,
    kept: bool,
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    guest = api.anonymous()
    bystander = api.anonymous()
    api.post(PATH, body, token=guest.token)
    outcome = (200, None) if kept else (401, "invalid-refresh-token")
    assert api.post("/token", {"refreshToken": guest.refresh_token}).outcome == outcome
    assert api.post("/token", {"refreshToken": bystander.refresh_token}).status == 200
    assert [mail.template for mail in inbox.to("ann@example.com")] == ([template] if template else [])
    assert [ticket.kind for ticket in Ticket.objects.all()] == ([kind] if kind else [])


@table
def test_older_tickets_of_the_guest_end(
    api: Api, settings: Any, body: dict[str, Any], required: bool, template: str | None, kind: str, kept: bool
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    guest = api.anonymous()
    old = [Ticket.objects.issue(account(guest), each) for each in Ticket.Kind.values]
    api.post(PATH, body, token=guest.token)
    for ticket in old:
        query = {"ticket": ticket, "redirectTo": "https://app.example.com"}
        assert api.get("/verify", query=query).query["error"] == "invalid-ticket"


@pytest.mark.parametrize(("required", "outcome"), [(False, (200, None)), (True, (401, "unverified-user"))])
def test_password_is_set(api: Api, settings: Any, required: bool, outcome: tuple[int, str | None]) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    api.post(PATH, EMAIL_PASSWORD, token=api.anonymous().token)
    assert api.sign_in().outcome == outcome


def test_password_given_for_passwordless_is_ignored(api: Api, settings: Any) -> None:
    settings.AUTH_PASSWORD_MIN_LENGTH = 99
    guest = api.anonymous()
    user = account(guest).user
    user.set_password(PASSWORD)  # by the host's own code: it ends too
    user.save()
    assert api.post(PATH, {**PASSWORDLESS, "password": PASSWORD}, token=guest.token).status == 200
    assert api.sign_in().outcome == (401, "invalid-email-password")
    assert Account.objects.get().user.has_usable_password() is False


@pytest.mark.parametrize("body", [EMAIL_PASSWORD, PASSWORDLESS])
def test_mailed_link_signs_in_and_proves_the_address(
    api: Api, inbox: Inbox, settings: Any, body: dict[str, Any]
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    guest = api.anonymous()
    api.post(PATH, {**body, "codeChallenge": CHALLENGE, "options": OPTIONS}, token=guest.token)
    query = inbox.last().query
    assert query["type"] == ("emailVerify" if body is EMAIL_PASSWORD else "signinPasswordless")
    assert (query["codeChallenge"], query["redirectTo"]) == (CHALLENGE, "https://app.example.com/done")
    del query["codeChallenge"]
    session = api.post("/token", {"refreshToken": api.get("/verify", query=query).query["refreshToken"]})
    assert (session.user["id"], session.user["emailVerified"]) == (guest.user["id"], True)


def test_kept_session_gets_a_regular_users_token_by_refreshing(api: Api) -> None:
    guest = api.anonymous()
    api.post(PATH, EMAIL_PASSWORD, token=guest.token)
    session = api.post("/token", {"refreshToken": guest.refresh_token})
    assert session.user["isAnonymous"] is False
    assert session.hasura["x-hasura-user-is-anonymous"] == "false"
    assert session.hasura["x-hasura-allowed-roles"] == ["editor", "me", "user"]


def test_what_the_options_leave_out_is_as_for_a_new_user(api: Api) -> None:
    guest = api.post("/signin/anonymous", {"displayName": "Guest", "locale": "fr", "metadata": {"cart": 7}})
    api.post(PATH, {**EMAIL_PASSWORD, "connection": "ignored"}, token=guest.token)
    user = api.get("/user", token=api.sign_in().token).json
    assert (user["displayName"], user["locale"], user["defaultRole"]) == ("ann@example.com", "en", "user")
    assert (user["roles"], user["metadata"]) == (["editor", "me", "user"], {})


@pytest.mark.parametrize("body", [EMAIL_PASSWORD, PASSWORDLESS])
@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_of_the_list_decides_and_nothing_changes(
    api: Api, inbox: Inbox, settings: Any, first: int, body: dict[str, Any]
) -> None:
    api.sign_up("BOB@example.com")
    guest = api.anonymous()
    # Passwordless never looks at the password: there the next fault decides.
    expected = FAULTS[1 if body is PASSWORDLESS and first == 0 else first][3]
    changed, options = {**body, "email": "bob@example.com"}, {}
    for switch, change, option, _ in FAULTS[first:]:
        for name, value in switch.items():
            setattr(settings, name, value)
        changed |= change
        options |= option
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    stored = everything()
    assert api.post(PATH, {**changed, "options": options}, token=guest.token).outcome == expected
    assert (everything(), len(inbox)) == (stored, 0)


def test_regular_users_token_is_refused_before_anything_else(api: Api, inbox: Inbox) -> None:
    token, stored = api.sign_up("bob@example.com").token, everything()
    for body in ({**EMAIL_PASSWORD, "options": {"allowedRoles": ["admin"]}}, PASSWORDLESS):
        assert api.post(PATH, body, token=token).outcome == (400, "user-not-anonymous")
    assert (everything(), len(inbox)) == (stored, 0)


def test_token_whose_subject_is_no_user_id_is_refused(api: Api, settings: Any) -> None:
    guest = api.anonymous()
    for subject in ("nobody", ""):
        token = forged(settings, guest, sub=subject)
        assert api.post(PATH, EMAIL_PASSWORD, token=token).outcome == (400, "invalid-request")


def test_password_is_needed_for_email_password(api: Api) -> None:
    guest, stored = api.anonymous(), everything()
    body = {"signInMethod": "email-password", "email": "ann@example.com", "options": {"allowedRoles": ["admin"]}}
    assert api.post(PATH, body, token=guest.token).outcome == (400, "invalid-request")
    assert everything() == stored


def test_leaked_password_is_refused(api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AUTH_PASSWORD_HIBP_ENABLED = True
    guest, stored = api.anonymous(), everything()
    with leak_database(monkeypatch, PASSWORD):
        reply = api.post(PATH, EMAIL_PASSWORD, token=guest.token)
    assert (reply.outcome, everything()) == ((400, "password-in-hibp-database"), stored)


@pytest.mark.parametrize("body", [EMAIL_PASSWORD, PASSWORDLESS])
def test_deleted_guest_is_gone(api: Api, inbox: Inbox, body: dict[str, Any]) -> None:
    guest = api.anonymous()
    account(guest).user.delete()
    assert api.post(PATH, body, token=guest.token).outcome == (401, "invalid-email-password")
    assert (Account.objects.count(), len(inbox)) == (0, 0)


@pytest.mark.parametrize("body", [EMAIL_PASSWORD, PASSWORDLESS])
def test_disabled_guest_is_refused(api: Api, inbox: Inbox, body: dict[str, Any]) -> None:
    guest = api.anonymous()
    user = account(guest).user
    user.is_active = False
    user.save()
    stored = everything()
    assert api.post(PATH, body, token=guest.token).outcome == (401, "disabled-user")
    assert (everything(), len(inbox)) == (stored, 0)


@pytest.mark.parametrize("body", [EMAIL_PASSWORD, PASSWORDLESS])
def test_guests_token_converts_once(api: Api, inbox: Inbox, body: dict[str, Any]) -> None:
    guest = api.anonymous()
    assert api.post(PATH, EMAIL_PASSWORD, token=guest.token).status == 200
    stored = everything()
    again = {**body, "email": "other@example.com"}
    assert api.post(PATH, again, token=guest.token).outcome == (400, "user-not-anonymous")
    assert (everything(), len(inbox)) == (stored, 0)


@pytest.mark.parametrize("body", [EMAIL_PASSWORD, PASSWORDLESS])
def test_switches_that_are_not_looked_at(api: Api, settings: Any, body: dict[str, Any]) -> None:
    guest = api.anonymous()
    settings.AUTH_DISABLE_SIGNUP = settings.AUTH_DISABLE_NEW_USERS = settings.AUTH_DISABLE_AUTO_SIGNUP = True
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = settings.AUTH_ANONYMOUS_USERS_ENABLED = False
    assert api.post(PATH, body, token=guest.token).status == 200
    assert account(guest).disabled is False


def test_mail_failure_comes_after_the_conversion(transactional_db: None, api: Api, settings: Any) -> None:
    guest = api.anonymous()
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {guest.token}"})
    reply = Reply(client.post(PREFIX + PATH, PASSWORDLESS, "application/json"))
    assert reply.outcome == (500, "internal-server-error")
    assert account(guest).email == "ann@example.com"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"signInMethod": "sms"}, "value is not one of the allowed values"),
        ({"signInMethod": None}, "Value is not nullable"),
        ({"password": "ab"}, "minimum string length is 3"),
        ({"codeChallenge": "short"}, "minimum string length is 43"),
        ({"connection": 5}, "value must be a string"),
        ({"phoneNumber": "+1"}, 'property "phoneNumber" is unsupported'),
    ],
    ids=str,
)
def test_body_is_checked_for_passwordless_too(api: Api, changes: dict[str, Any], reason: str) -> None:
    reply = api.post(PATH, {**PASSWORDLESS, **changes}, token=api.anonymous().token)
    assert reply.outcome == (400, "schema-validation-error")
    assert reply.json["reason"].startswith(reason)


def test_token_is_needed(api: Api) -> None:
    assert api.post(PATH, PASSWORDLESS).outcome == (401, "unauthorized")


@pytest.mark.parametrize(("fault", "error"), [("taken", "invalid-request"), ("regular", "user-not-anonymous")])
def test_concealment(api: Api, settings: Any, fault: str, error: str) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    taken = api.sign_up()
    token = taken.token if fault == "regular" else api.anonymous().token
    assert api.post(PATH, EMAIL_PASSWORD, token=token).outcome == (400, error)
