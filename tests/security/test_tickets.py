"""What one flow gave is of no use to another (OWASP ASVS 5.0, 6.6.2; WebAuthn Level 3, section 13.4.3).

The whole matrix: each secret is brought to each endpoint that takes one, in the way that is most likely to pass there:
with the right address, number, verifier and bearer, signed by the right key, and with the label of another kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from nhost_auth.flows.links import FOLLOWED
from nhost_auth.infra import webauthn
from nhost_auth.models import PkceCode, Ticket
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import PASSWORD, Api, Inbox, Reply
from tests.security.people import Person, ann, open_every_way
from tests.sms_inbox import CHANGE, CHANGE_VERIFY, NUMBER, OTHER_NUMBER, OTP, SEND, code
from tests.ways import ANN, CHALLENGE, NEW_PHONE, PHONE, TARGET, VERIFIER, told
from tests.webauthn_page import (
    ADD,
    ADD_VERIFY,
    ELEVATE,
    ELEVATE_VERIFY,
    ORIGIN,
    SIGN_IN,
    SIGN_IN_VERIFY,
    SIGN_UP,
    SIGN_UP_VERIFY,
)

Source = Callable[[Api, Inbox, Person], str]
Attempts = Iterator[Reply]
Door = Callable[[Api, Person, str], Attempts]

SOME_CHALLENGE = "c" * 43
NUMBERS = (NUMBER, OTHER_NUMBER)


def ticket(kind: str) -> Source:
    def issue(api: Api, inbox: Inbox, ann: Person) -> str:
        return Ticket.objects.issue(ann.account, kind, {"newEmail": "new@example.com"})

    return issue


def pkce_code(api: Api, inbox: Inbox, ann: Person) -> str:
    return PkceCode.objects.issue(ann.account, CHALLENGE, TARGET)


def mailed_code(api: Api, inbox: Inbox, ann: Person) -> str:
    api.post("/signin/otp/email", ANN)
    return inbox.last().ticket


def sms_code(api: Api, inbox: Inbox, ann: Person) -> str:
    api.post(SEND, PHONE)
    return code()


def changing_sms_code(api: Api, inbox: Inbox, ann: Person) -> str:
    api.post(CHANGE, NEW_PHONE, token=ann.token)
    return code(OTHER_NUMBER)


def challenge(path: str, body: dict[str, Any] | None = None, *, bearer: bool = False) -> Source:
    def ask(api: Api, inbox: Inbox, ann: Person) -> str:
        return str(api.post(path, body, token=ann.token if bearer else None).json["challenge"])

    return ask


def personal_access_token(api: Api, inbox: Inbox, ann: Person) -> str:
    reply = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=ann.token)
    return str(reply.json["personalAccessToken"])


def totp_code(api: Api, inbox: Inbox, ann: Person) -> str:
    return ann.totp_code()


def recovery_code(api: Api, inbox: Inbox, ann: Person) -> str:
    return ann.recovery_codes(api)[0]


def refresh_token(api: Api, inbox: Inbox, ann: Person) -> str:
    return ann.session.refresh_token


def access_token(api: Api, inbox: Inbox, ann: Person) -> str:
    return ann.token


def posting(path: str, field: str, *, bearer: bool = False, **more: Any) -> Door:
    def knock(api: Api, ann: Person, secret: str) -> Attempts:
        yield api.post(path, {**more, field: secret}, token=ann.token if bearer else None)

    return knock


def labelled(secret: str, *kinds: str) -> list[str]:
    """As it is, and as if it were of one of these kinds."""
    return [secret, *(f"{kind}:{secret.rpartition(':')[2]}" for kind in kinds)]


def following(api: Api, ann: Person, secret: str) -> Attempts:
    for guise in labelled(secret, *FOLLOWED):
        yield api.post("/verify", query={"ticket": guise, "redirectTo": TARGET})


def resetting(api: Api, ann: Person, secret: str) -> Attempts:
    for guise in labelled(secret, Ticket.Kind.PASSWORD_RESET):
        yield api.post("/user/password", {"newPassword": PASSWORD, "ticket": guise})


def second_step_ticket(api: Api, ann: Person, secret: str) -> Attempts:
    for guise in labelled(secret, Ticket.Kind.MFA_TOTP):
        yield api.post("/signin/mfa/totp", {"ticket": guise, "otp": ann.totp_code(steps=1)})


def second_step_code(api: Api, ann: Person, secret: str) -> Attempts:
    fresh = api.sign_in().json["mfa"]["ticket"]
    yield api.post("/signin/mfa/totp", {"ticket": fresh, "otp": secret})


def sms_sign_in(api: Api, ann: Person, secret: str) -> Attempts:
    for number in NUMBERS:
        yield api.post(OTP, {"phoneNumber": number, "otp": secret})


def number_change(api: Api, ann: Person, secret: str) -> Attempts:
    for number in NUMBERS:
        yield api.post(CHANGE_VERIFY, {"newPhoneNumber": number, "otp": secret}, token=ann.token)


def registering(path: str, *, bearer: bool = False) -> Door:
    def knock(api: Api, ann: Person, secret: str) -> Attempts:
        options = webauthn.creation_options(SOME_CHALLENGE, user_id=str(ann.account.pk), user_name="Ann")
        credential = Authenticator(ORIGIN).create(options, challenge=secret)
        yield api.post(path, {"credential": credential}, token=ann.token if bearer else None)

    return knock


def proving(path: str, *, bearer: bool = False) -> Door:
    def knock(api: Api, ann: Person, secret: str) -> Attempts:
        credential = ann.device.get(webauthn.request_options(SOME_CHALLENGE), challenge=secret)
        yield api.post(path, {"credential": credential}, token=ann.token if bearer else None)

    return knock


DOORS: dict[str, Door] = {
    "/verify": following,
    "/user/password": resetting,
    "/signin/mfa/totp ticket": second_step_ticket,
    "/signin/mfa/totp otp": second_step_code,
    "/token/exchange": posting("/token/exchange", "code", codeVerifier=VERIFIER),
    "/signin/otp/email/verify": posting("/signin/otp/email/verify", "otp", **ANN),
    OTP: sms_sign_in,
    CHANGE_VERIFY: number_change,
    "/elevate/totp": posting("/elevate/totp", "otp", bearer=True),
    "/elevate/otp/email/verify": posting("/elevate/otp/email/verify", "otp", bearer=True),
    "/elevate/otp/sms/verify": posting("/elevate/otp/sms/verify", "otp", bearer=True),
    "/user/mfa": posting("/user/mfa", "code", bearer=True),
    SIGN_UP_VERIFY: registering(SIGN_UP_VERIFY),
    SIGN_IN_VERIFY: proving(SIGN_IN_VERIFY),
    ADD_VERIFY: registering(ADD_VERIFY, bearer=True),
    ELEVATE_VERIFY: proving(ELEVATE_VERIFY, bearer=True),
    "/token": posting("/token", "refreshToken"),
    "/signin/pat": posting("/signin/pat", "personalAccessToken"),
}

SECOND_FACTOR = {"/signin/mfa/totp otp", "/elevate/totp", "/user/mfa"}
SECRETS: dict[str, tuple[Source, set[str]]] = {
    "ticket verifyEmail": (ticket(Ticket.Kind.VERIFY_EMAIL), {"/verify"}),
    "ticket passwordlessEmail": (ticket(Ticket.Kind.PASSWORDLESS_EMAIL), {"/verify"}),
    "ticket emailConfirmChange": (ticket(Ticket.Kind.EMAIL_CONFIRM_CHANGE), {"/verify"}),
    "ticket passwordReset": (ticket(Ticket.Kind.PASSWORD_RESET), {"/verify", "/user/password"}),
    "ticket mfaTotp": (ticket(Ticket.Kind.MFA_TOTP), {"/signin/mfa/totp ticket"}),
    "PKCE code": (pkce_code, {"/token/exchange"}),
    # One code serves both, as at Nhost: either way it proves the mailbox, or the phone.
    "e-mail code": (mailed_code, {"/signin/otp/email/verify", "/elevate/otp/email/verify"}),
    "SMS code": (sms_code, {OTP, "/elevate/otp/sms/verify"}),
    "SMS code for a new number": (changing_sms_code, {CHANGE_VERIFY}),
    "TOTP code": (totp_code, SECOND_FACTOR),
    "recovery code": (recovery_code, SECOND_FACTOR),
    "challenge to sign up": (challenge(SIGN_UP, {"email": "new@example.com"}), {SIGN_UP_VERIFY}),
    "challenge to sign in": (challenge(SIGN_IN), {SIGN_IN_VERIFY}),
    "challenge to sign in as Ann": (challenge(SIGN_IN, ANN), {SIGN_IN_VERIFY}),
    "challenge to sign in as nobody": (challenge(SIGN_IN, {"email": "nobody@example.com"}), set()),
    "challenge to add a key": (challenge(ADD, bearer=True), {ADD_VERIFY}),
    "challenge to elevate": (challenge(ELEVATE, bearer=True), {ELEVATE_VERIFY}),
    "refresh token": (refresh_token, {"/token"}),
    "personal access token": (personal_access_token, {"/signin/pat"}),
    "access token": (access_token, set()),
}


def opens(door: Door, api: Api, ann: Person, secret: str) -> bool:
    """Whether any attempt passes. Nothing stays of it, so that the next door finds the secret unused."""
    with transaction.atomic():
        found = [told(reply) for reply in door(api, ann, secret)]
        transaction.set_rollback(True)
    return (200, None) in found or (302, None) in found


@pytest.mark.parametrize("secret", SECRETS)
def test_15_each_secret_opens_its_own_doors_alone(api: Api, inbox: Inbox, settings: Any, secret: str) -> None:
    open_every_way(settings)
    settings.AUTH_WEBAUTHN_CONCEAL_KEYS = True
    person, (source, expected) = ann(api), SECRETS[secret]
    text = source(api, inbox, person)
    assert {name for name, door in DOORS.items() if opens(door, api, person, text)} == expected


def test_15_every_door_is_opened_by_something() -> None:
    assert set().union(*(doors for _, doors in SECRETS.values())) == set(DOORS)
