"""A mail or SMS outage in the middle of a request (accounts.md 1.17, 3.1-3.20, mudbase.md section 4; security.md 69).

An SMS leaves before anything is stored: nothing has changed. A mail leaves after: the change stays, one asks further.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import include, path

from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, AccountRole, OneTimeCode, RefreshToken, Ticket
from tests.conftest import PASSWORD, PREFIX, Api, Inbox, Reply, account
from tests.sms_inbox import CHANGE, CHANGE_VERIFY, NUMBER, OTHER_NUMBER, SEND, change_number, code, open_inbox, sign_in
from tests.sms_inbox import use as use_code

urlpatterns = [path("v1/", include("nhost_auth.urls")), path("api/auth/", include("nhost_auth.urls_mudbase"))]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]

ANN = {"email": "ann@example.com"}
CONVERT = {"signInMethod": "email-password", **ANN, "password": PASSWORD}
CRASH = (500, "internal-server-error")
RESEND = ("/user/email/send-verification-email", ANN)
LINK, OTP_MAIL = ("/signin/passwordless/email", ANN), ("/signin/otp/email", ANN)

Outage = Callable[[], AbstractContextManager[None]]


class BrokenBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("mail.example.com does not answer")


def broken_gateway(to: str, text: str) -> None:
    raise ConnectionRefusedError("the gateway does not answer")


@pytest.fixture(autouse=True)
def everything_on(settings: Any) -> None:
    open_inbox(settings)
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True


@pytest.fixture
def outage(settings: Any) -> Outage:
    """Neither mails nor SMS leave while this is open."""

    @contextmanager
    def broken() -> Iterator[None]:
        working = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
        settings.AUTH_SMS_PROVIDER = f"{__name__}.broken_gateway"
        yield
        settings.EMAIL_BACKEND, settings.AUTH_SMS_PROVIDER = working, "memory"

    return broken


def post(path: str, body: dict[str, Any], token: str = "", prefix: str = PREFIX) -> Reply:
    """As a client whose server answers crashes instead of raising them."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = Client(raise_request_exception=False)
    return Reply(client.post(prefix + path, json.dumps(body), "application/json", headers=headers))


def everything() -> list[Any]:
    models = (get_user_model(), Account, AccountRole, RefreshToken, Ticket, OneTimeCode)
    return [list(model._base_manager.order_by("pk").values()) for model in models]


def nobody(api: Api) -> str:
    return ""


def user(api: Api) -> str:
    """The token of a user whose address is proven."""
    unproven(api)
    Account.objects.update(email_verified=True)
    return api.sign_in().token


def unproven(api: Api) -> str:
    api.post("/signup/email-password", {**ANN, "password": PASSWORD})
    Ticket.objects.all().delete()
    return ""


def guest(api: Api) -> str:
    return api.anonymous().token


@dataclass(frozen=True)
class MailCase:
    path: str
    body: dict[str, Any]
    who: Callable[[Api], str]
    ticket: str
    """The kind of ticket that is stored though its mail did not leave; none: a code."""
    sessions: int = 0
    """How many are left."""
    again: tuple[int, str | None] = (200, None)
    way_on: tuple[str, dict[str, Any]] | None = None
    """What to ask where asking again sends nothing."""
    verified: bool = False
    to: str = field(default="ann@example.com", kw_only=True)


RESET, NEW_EMAIL = "/user/password/reset", {"newEmail": "new@example.com"}
EXISTS, CONVERTED = (409, "user-already-exists"), (400, "user-not-anonymous")
BY_LINK = {"signInMethod": "passwordless", **ANN}
MAILS = [
    MailCase("/signup/email-password", {**ANN, "password": PASSWORD}, nobody, "verifyEmail", 0, EXISTS, RESEND),
    MailCase("/signup/passwordless/email", ANN, nobody, "passwordlessEmail", 0, way_on=LINK),
    MailCase("/signup/otp/email", ANN, nobody, "", 0, way_on=OTP_MAIL),
    MailCase("/signin/passwordless/email", ANN, nobody, "passwordlessEmail"),
    MailCase("/signin/passwordless/email", ANN, user, "passwordlessEmail", 1, verified=True),
    MailCase("/signin/otp/email", ANN, nobody, ""),
    MailCase("/signin/otp/email", ANN, user, "", 1, verified=True),
    MailCase("/user/deanonymize", CONVERT, guest, "verifyEmail", 0, CONVERTED, RESEND),
    MailCase("/user/deanonymize", BY_LINK, guest, "passwordlessEmail", 0, CONVERTED, LINK),
    MailCase("/user/email/change", NEW_EMAIL, user, "emailConfirmChange", 1, verified=True, to="new@example.com"),
    MailCase("/user/email/send-verification-email", ANN, unproven, "verifyEmail"),
    MailCase(RESET, ANN, user, "passwordReset", 1, verified=True),
]
every_mail = pytest.mark.parametrize("case", MAILS, ids=lambda case: f"{case.path} {case.who.__name__}")


@every_mail
def test_mail_outage_is_a_500_after_the_change(api: Api, inbox: Inbox, outage: Outage, case: MailCase) -> None:
    token = case.who(api)
    sent = len(inbox)
    with outage():
        reply = post(case.path, case.body, token)
    assert reply.json == {"status": 500, "message": "Internal server error", "error": "internal-server-error"}
    found = Account.objects.find_by_email("ann@example.com")
    assert found is not None
    assert (reply.status, len(inbox), found.is_anonymous) == (500, sent, False)
    assert Account.objects.count() == get_user_model().objects.count() == 1
    assert (found.user.email, found.role_names) == ("ann@example.com", ["editor", "me", "user"])
    assert (found.email_verified, RefreshToken.objects.count()) == (case.verified, case.sessions)
    assert [ticket.kind for ticket in Ticket.objects.all()] == ([case.ticket] if case.ticket else [])
    assert OneTimeCode.objects.count() == int(not case.ticket)


def use_mail(api: Api, inbox: Inbox, to: str) -> Reply:
    """The session that the newest mail leads to."""
    mail = inbox.to(to)[-1]
    if mail.template == "signin-otp":
        return api.post("/signin/otp/email/verify", {"email": to, "otp": mail.ticket})
    secret = api.get("/verify", query=mail.query).query["refreshToken"]
    return api.post("/token", {"refreshToken": secret})


@every_mail
def test_after_a_mail_outage_there_is_a_way_on(api: Api, inbox: Inbox, outage: Outage, case: MailCase) -> None:
    token = case.who(api)
    with outage():
        post(case.path, case.body, token)
    (account_id,) = Account.objects.values_list("pk", flat=True)
    sent = len(inbox.to(case.to))
    assert post(case.path, case.body, token).outcome == case.again
    if case.way_on is not None:
        assert len(inbox.to(case.to)) == sent
        assert post(*case.way_on).status == 200
    assert len(inbox.to(case.to)) == sent + 1
    reply = use_mail(api, inbox, case.to)
    assert (reply.user["id"], reply.user["email"], reply.user["emailVerified"]) == (str(account_id), case.to, True)
    assert Account.objects.count() == 1


def test_password_and_sessions_stay_when_the_reset_mail_does_not_leave(api: Api, outage: Outage) -> None:
    user(api)
    with outage():
        assert post(RESET, ANN).outcome == CRASH
        assert post(RESET, {"email": "nobody@example.com"}).status == 200
    session = api.sign_in()
    assert (session.status, api.post("/token", {"refreshToken": session.refresh_token}).status) == (200, 200)


def test_conversion_of_mudbase_answers_its_session_though_the_mail_does_not_leave(api: Api, outage: Outage) -> None:
    token = guest(api)
    body = {**ANN, "password": PASSWORD}
    with outage():
        reply = post("/anonymous/convert", body, token, "/api/auth")
    assert (reply.status, reply.json["user"]["isAnonymous"]) == (200, False)
    assert post("/user/email/send-verification-email", ANN).status == 200


def owner(api: Api) -> str:
    """Of a number, with a code that is on its way."""
    token = sign_in(api).token
    api.post(SEND, {"phoneNumber": NUMBER})
    return token


def expected(api: Api) -> str:
    """Somebody unknown whose code is on its way."""
    api.post(SEND, {"phoneNumber": NUMBER})
    return ""


def waiting_guest(api: Api) -> str:
    token = guest(api)
    api.post("/user/deanonymize/sms", {"phoneNumber": NUMBER}, token=token)
    return token


def changing_user(api: Api) -> str:
    token = user(api)
    change_number(api, token, OTHER_NUMBER)
    api.post(CHANGE, {"newPhoneNumber": NUMBER}, token=token)
    return token


TO_NUMBER, TO_NEW = {"phoneNumber": NUMBER, "options": {"displayName": "Ann"}}, {"newPhoneNumber": NUMBER}
TEXTS: list[tuple[str, dict[str, Any], Callable[[Api], str]]] = [
    (SEND, TO_NUMBER, nobody),
    (SEND, TO_NUMBER, expected),
    (SEND, TO_NUMBER, owner),
    ("/signup/passwordless/sms", TO_NUMBER, nobody),
    ("/signup/passwordless/sms", TO_NUMBER, expected),
    ("/user/deanonymize/sms", TO_NUMBER, guest),
    ("/user/deanonymize/sms", TO_NUMBER, waiting_guest),
    (CHANGE, TO_NEW, user),
    (CHANGE, TO_NEW, changing_user),
]
every_sms = pytest.mark.parametrize(("where", "body", "who"), TEXTS)


def prove(where: str, otp: str, token: str) -> Reply:
    if where == CHANGE:
        return post(CHANGE_VERIFY, {"newPhoneNumber": NUMBER, "otp": otp}, token)
    return post("/signin/passwordless/sms/otp", {"phoneNumber": NUMBER, "otp": otp})


@every_sms
@pytest.mark.parametrize("conceal", [True, False])
def test_sms_outage_is_told_and_nothing_has_changed(
    api: Api, outage: Outage, settings: Any, where: str, body: dict[str, Any], who: Callable[[Api], str], conceal: bool
) -> None:
    token = who(api)
    settings.AUTH_CONCEAL_ERRORS = conceal
    stored = everything()
    with outage():
        assert post(where, body, token).outcome == (400, "cannot-send-sms")
    assert everything() == stored


@every_sms
def test_after_an_sms_outage_asking_again_works(
    api: Api, outage: Outage, where: str, body: dict[str, Any], who: Callable[[Api], str]
) -> None:
    token = who(api)
    with outage():
        post(where, body, token)
    assert post(where, body, token).status == 200
    assert prove(where, code(), token).status == 200
    assert Account.objects.get().phone_number == NUMBER


@pytest.mark.parametrize(("where", "body", "who"), [row for row in TEXTS if row[2] not in (nobody, guest, user)])
def test_code_from_before_an_sms_outage_stays_good(
    api: Api, outage: Outage, where: str, body: dict[str, Any], who: Callable[[Api], str]
) -> None:
    token = who(api)
    with outage():
        post(where, body, token)
    assert prove(where, code(), token).status == 200


def test_number_of_somebody_else_is_told_though_the_gateway_is_down(api: Api, outage: Outage) -> None:
    first = sign_in(api)
    token = user(api)
    with outage():
        assert post(CHANGE, TO_NEW, token).outcome == EXISTS
        assert post("/user/deanonymize/sms", TO_NUMBER, guest(api)).outcome == EXISTS
        assert post("/signup/passwordless/sms", TO_NUMBER).status == 200
    assert (len(memory.outbox), account(first).phone_number) == (1, NUMBER)
    assert use_code(api, code()).outcome == (400, "invalid-otp")
