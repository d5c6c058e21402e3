"""The rows of "Situations across endpoints", each a test by its name (accounts.md 4, under design.md 4 and 9)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.flows.links import FOLLOWED
from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, RefreshToken
from tests.conftest import PASSWORD, Api, Inbox, account
from tests.contract.test_map import stories
from tests.endpoints.totp_app import enrol
from tests.oauth2.ways import is_of_the_wing
from tests.ways import (
    ANN,
    ANN_PASSWORD,
    GUEST,
    KNOWN,
    TARGET,
    everything_on,
    known,
    path_of,
    told,
)

UNKNOWN, EXISTS, NO_TICKET = (401, "invalid-email-password"), (409, "user-already-exists"), (401, "invalid-ticket")
DISABLED, UNVERIFIED, GUESTS_OUT = (401, "disabled-user"), (401, "unverified-user"), (403, "forbidden-anonymous")
OK, SENT_ON = (200, None), (302, None)
KINDS = [str(kind) for kind in FOLLOWED]
BY_MAIL = [f"/{sign}/{by}/email" for sign in ("signup", "signin") for by in ("passwordless", "otp")]
OF_KNOWN = pytest.mark.parametrize("name", KNOWN)


@pytest.fixture(autouse=True)
def on(settings: Any) -> None:
    everything_on(settings)


def messages(inbox: Inbox) -> int:
    return len(inbox) + len(memory.outbox)


def mail_of(api: Api, inbox: Inbox, kind: str, token: str) -> str:
    """The ticket of a link of this kind that was asked for and mailed."""
    paths = {"verifyEmail": "/user/email/send-verification-email", "passwordlessEmail": "/signin/passwordless/email"}
    if kind == "emailConfirmChange":
        api.post("/user/email/change", {"newEmail": "new@example.com"}, token=token)
    else:
        api.post(paths.get(kind, "/user/password/reset"), ANN)
    assert inbox.last().ticket.startswith(f"{kind}:")
    return inbox.last().ticket


def follow(api: Api, ticket: str) -> tuple[int, str | None]:
    return told(api.post("/verify", query={"ticket": ticket, "redirectTo": TARGET}))


@pytest.mark.parametrize("auto", [True, False])
@pytest.mark.parametrize(
    ("path", "body", "outcome", "creates"),
    [
        ("/signin/email-password", ANN_PASSWORD, UNKNOWN, False),
        ("/signin/passwordless/email", ANN, OK, True),
        ("/signin/otp/email", ANN, OK, True),
        ("/signin/otp/email/verify", {**ANN, "otp": "000000"}, (400, "invalid-otp"), False),
        ("/user/password/reset", ANN, OK, False),
        ("/user/email/send-verification-email", ANN, UNKNOWN, False),
    ],
)
def test_unknown_email(
    api: Api, inbox: Inbox, settings: Any, path: str, body: dict[str, str], outcome: Any, creates: bool, auto: bool
) -> None:
    settings.AUTH_DISABLE_AUTO_SIGNUP = not auto
    assert api.post(path, body).outcome == outcome
    made = int(creates and auto)
    assert (Account.objects.count(), messages(inbox)) == (made, made)


@OF_KNOWN
def test_disabled_user(api: Api, inbox: Inbox, name: str) -> None:
    otherwise = {
        **dict.fromkeys(("/signup/email-password", "/signup/webauthn/verify"), EXISTS),
        "/signup/webauthn": OK,  # which asks a browser and nobody else
        "/signin/passwordless/sms/otp": (400, "invalid-otp"),
        "/user/password/reset": OK,
        "/signout": OK,
        **{f"/verify {kind}": (302, "disabled-user") for kind in KINDS},
    }
    ann = known(api)
    act = KNOWN[name](api, inbox, ann)
    user = account(ann).user
    user.is_active = False
    user.save()
    sessions, sent = RefreshToken.objects.count(), messages(inbox)
    assert told(act()) == otherwise.get(name, DISABLED)
    assert messages(inbox) == sent
    assert RefreshToken.objects.count() == (0 if name == "/signout" else sessions)


PROVES = ("/signin/otp/email/verify", "/verify verifyEmail", "/verify passwordlessEmail")
ASKS_FOR_PROOF = ("/signin/passwordless/email", "/signin/otp/email", "/user/email/send-verification-email")


# The codes of elevation go to proven addresses alone.
@pytest.mark.parametrize("name", [name for name in KNOWN if not name.startswith("/elevate/otp/email")])
def test_unverified_user_verification_required(api: Api, inbox: Inbox, settings: Any, name: str) -> None:
    otherwise = {
        **dict.fromkeys(("/signup/email-password", "/signup/webauthn/verify"), EXISTS),
        "/signup/webauthn": OK,  # which asks a browser and nobody else
        **dict.fromkeys(("/signup/passwordless/email", "/signup/otp/email", "/signup/passwordless/sms"), OK),
        **dict.fromkeys((*ASKS_FOR_PROOF, "/signin/passwordless/sms", "/user/password/reset", "/signout"), OK),
        "/signin/otp/email/verify": OK,
        "/elevate": OK,  # which only tells
        **{f"/verify {kind}": SENT_ON for kind in ("verifyEmail", "passwordlessEmail")},
        **{f"/verify {kind}": (302, "unverified-user") for kind in ("emailConfirmChange", "passwordReset")},
    }
    ann = known(api)
    act = KNOWN[name](api, inbox, ann)
    sent = len(inbox)
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    assert told(act()) == otherwise.get(name, UNVERIFIED)
    assert len(inbox) - sent == int(name in ASKS_FOR_PROOF)
    assert account(ann).email_verified is (name in PROVES)
    wrong_password = UNKNOWN if name in PROVES else UNVERIFIED
    assert api.sign_in(password="Wrong-horse-7").outcome == wrong_password


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        *((name, GUESTS_OUT) for name in ("/user", "/pat", "/user/email/change", "/user/password", "/token/verify")),
        *((name, GUESTS_OUT) for name in ("/user/phone-number/change", "/user/phone-number/change/verify")),
        *((name, OK) for name in ("/token", "/signout", *GUEST)),
    ],
)
def test_anonymous_user(
    api: Api, inbox: Inbox, settings: Any, name: str, outcome: tuple[int, str | None], required: bool
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    act = {**KNOWN, **GUEST}[name](api, inbox, api.anonymous())
    assert act().outcome == outcome


@pytest.mark.parametrize(
    "name",
    [
        "/signin/email-password",
        "/signin/otp/email/verify",
        "/signin/passwordless/sms/otp",
        "/signin/pat",
        "/signin/webauthn/verify",
        "/token",
        "/token/exchange",
        *(f"/verify {kind}" for kind in KINDS),
    ],
)
def test_totp_on(api: Api, inbox: Inbox, name: str) -> None:
    ann = known(api)
    enrol(api, ann)
    reply = KNOWN[name](api, inbox, ann)()
    asked = reply.status == 200 and "mfa" in reply.json
    assert asked is (name == "/signin/email-password")
    assert told(reply) in (OK, SENT_ON)


@pytest.mark.parametrize("email", ["bob@example.com", "BOB@Example.COM"])
@pytest.mark.parametrize(
    ("path", "body", "who", "outcome"),
    [
        ("/signup/email-password", {"password": PASSWORD}, "", EXISTS),
        ("/user/deanonymize", {"signInMethod": "email-password", "password": PASSWORD}, "guest", EXISTS),
        ("/user/deanonymize", {"signInMethod": "passwordless"}, "guest", EXISTS),
        ("/user/email/change", {}, "ann", EXISTS),
        ("/signup/passwordless/email", {}, "", OK),
        ("/signup/otp/email", {}, "", OK),
    ],
)
def test_duplicate_email(
    api: Api, inbox: Inbox, path: str, body: dict[str, str], who: str, outcome: Any, email: str
) -> None:
    api.sign_up("bob@example.com")
    token = {"guest": api.anonymous, "ann": api.sign_up}[who]().token if who else None
    people = Account.objects.count()
    field = "newEmail" if path == "/user/email/change" else "email"
    assert api.post(path, {field: email, **body}, token=token).outcome == outcome
    assert (Account.objects.count(), len(inbox)) == (people, 0)


def test_duplicate_email_when_a_change_is_confirmed(api: Api, inbox: Inbox) -> None:
    ticket = mail_of(api, inbox, "emailConfirmChange", api.sign_up().token)
    api.sign_up("NEW@example.com")
    assert follow(api, ticket) == (302, "user-already-exists")


def use_mail(api: Api, inbox: Inbox, email: str) -> str:
    mail = inbox.to(email)[-1]
    if mail.template == "signin-otp":
        return str(api.post("/signin/otp/email/verify", {"email": email, "otp": mail.ticket}).user["id"])
    secret = api.post("/verify", query=mail.query).query["refreshToken"]
    return str(api.post("/token", {"refreshToken": secret}).user["id"])


@pytest.mark.parametrize("path", [*ASKS_FOR_PROOF, "/user/password/reset", "/signin/email-password"])
def test_other_case_of_email(api: Api, inbox: Inbox, settings: Any, path: str) -> None:
    ann, other = api.sign_up("Ann@example.com"), "aNN@EXAMPLE.com"
    if path == "/signin/email-password":
        assert api.sign_in(other).user["id"] == ann.user["id"]
    else:
        assert api.post(path, {"email": other}).status == 200
        assert use_mail(api, inbox, other) == ann.user["id"]
    assert account(ann).email == "Ann@example.com"


@pytest.mark.parametrize(
    ("lists", "allowed"),
    [
        ({"AUTH_ACCESS_CONTROL_ALLOWED_EMAILS": ["Ann@example.com"]}, "Ann@example.com"),
        ({"AUTH_ACCESS_CONTROL_ALLOWED_EMAIL_DOMAINS": ["Example.com"]}, "ann@Example.com"),
        ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAILS": ["Ann@example.com"]}, ""),  # docs/adr/0003: a ban has no case
    ],
    ids=str,
)
@pytest.mark.parametrize("path", BY_MAIL)
def test_other_case_of_email_in_access_lists(
    api: Api, settings: Any, path: str, lists: dict[str, list[str]], allowed: str
) -> None:
    for name, value in lists.items():
        setattr(settings, name, value)
    outcomes = {email: api.post(path, {"email": email}).outcome for email in ("ANN@EXAMPLE.COM", "ann@example.com")}
    assert set(outcomes.values()) == {UNKNOWN}
    if allowed:
        assert api.post(path, {"email": allowed}).outcome == OK


@pytest.mark.parametrize("how", ["expired", "reused"])
@pytest.mark.parametrize("name", [*(f"/verify {kind}" for kind in KINDS), "/user/password ticket"])
def test_expired_or_reused_ticket(api: Api, inbox: Inbox, how: str, name: str) -> None:
    good, refused = (SENT_ON, (302, "invalid-ticket")) if name.startswith("/verify") else (OK, NO_TICKET)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        act = KNOWN[name](api, inbox, api.sign_up())
        if how == "expired":
            clock.shift(31 * 24 * 3600)
        else:
            assert told(act()) == good
        assert told(act()) == refused


@pytest.mark.parametrize("newer", KINDS)
@pytest.mark.parametrize("older", KINDS)
def test_newer_mail_of_another_kind_sent(api: Api, inbox: Inbox, older: str, newer: str) -> None:
    # design.md 4: kinds do not end each other; a newer mail of the same kind does, verification after ten minutes.
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token = api.sign_up().token
        first = mail_of(api, inbox, older, token)
        clock.shift(601)
        second = mail_of(api, inbox, newer, token)
        if newer != "emailConfirmChange":  # its use ends what was mailed to the old address
            assert follow(api, second) == SENT_ON
        assert follow(api, first) == ((302, "invalid-ticket") if older == newer else SENT_ON)


def guarded() -> set[str]:
    return {path for (_, path), story in stories() if story.guard is not None and not is_of_the_wing(path)}


BEARING = [name for name in (*KNOWN, *GUEST) if path_of(name) in guarded() and name != "/user/password ticket"]


@pytest.mark.parametrize("name", BEARING)
def test_deleted_user_with_live_access_token(api: Api, inbox: Inbox, name: str) -> None:
    who = api.anonymous() if name in GUEST else known(api)
    act = {**KNOWN, **GUEST}[name](api, inbox, who)
    account(who).user.delete()
    assert act().outcome == (OK if name == "/signout" else UNKNOWN)
    assert Account.objects.count() == 0


AT_PROVIDERS = {"/link/idtoken", "/signin/provider/{provider}/callback/tokens", "/token/provider/{provider}"}
"""Their own files prove it of these; the last one asks for any good token and no user."""


def test_deleted_user_is_asked_about_everywhere() -> None:
    assert {path_of(name) for name in BEARING} == guarded() - AT_PROVIDERS
