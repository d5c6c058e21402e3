"""What is good once is good once for sixteen who bring it at the same moment (OWASP ASVS 5.0, 6.5.1 and 15.4.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from nhost_auth.flows.links import FOLLOWED
from nhost_auth.models import Account, PkceCode, SecurityKey, Ticket
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import Api, Inbox
from tests.security.people import Person, ann, open_every_way
from tests.security.threads import Shot, at_once
from tests.sms_inbox import CHANGE, CHANGE_VERIFY, OTHER_NUMBER, OTP, SEND, code
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

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 16
INVALID, INVALID_OTP, INVALID_TOTP = (400, "invalid-request"), (400, "invalid-otp"), (401, "invalid-totp")
INVALID_TICKET = (401, "invalid-ticket")

Aim = Callable[[Api, Inbox, Person], Shot]


def link(kind: str) -> Aim:
    def aim(api: Api, inbox: Inbox, ann: Person) -> Shot:
        ticket = Ticket.objects.issue(ann.account, kind, {"newEmail": "new@example.com"})
        return Shot("/verify", query={"ticket": ticket, "redirectTo": TARGET})

    return aim


def reset_ticket(api: Api, inbox: Inbox, ann: Person) -> Shot:
    ticket = Ticket.objects.issue(ann.account, Ticket.Kind.PASSWORD_RESET)
    return Shot("/user/password", {"newPassword": "Another-horse-8", "ticket": ticket})


def second_step(api: Api, inbox: Inbox, ann: Person) -> Shot:
    return Shot("/signin/mfa/totp", {"ticket": api.sign_in().json["mfa"]["ticket"], "otp": ann.totp_code()})


def pkce_code(api: Api, inbox: Inbox, ann: Person) -> Shot:
    found = PkceCode.objects.issue(ann.account, CHALLENGE, TARGET)
    return Shot("/token/exchange", {"code": found, "codeVerifier": VERIFIER})


def refresh_token(api: Api, inbox: Inbox, ann: Person) -> Shot:
    return Shot("/token", {"refreshToken": ann.session.refresh_token})


def mailed_code(api: Api, inbox: Inbox, ann: Person) -> Shot:
    api.post("/signin/otp/email", ANN)
    return Shot("/signin/otp/email/verify", {**ANN, "otp": inbox.last().ticket})


def elevating_mailed_code(api: Api, inbox: Inbox, ann: Person) -> Shot:
    api.post("/elevate/otp/email", token=ann.token)
    return Shot("/elevate/otp/email/verify", {"otp": inbox.last().ticket}, ann.token)


def sms_code(api: Api, inbox: Inbox, ann: Person) -> Shot:
    api.post(SEND, PHONE)
    return Shot(OTP, {**PHONE, "otp": code()})


def elevating_sms_code(api: Api, inbox: Inbox, ann: Person) -> Shot:
    api.post("/elevate/otp/sms", token=ann.token)
    return Shot("/elevate/otp/sms/verify", {"otp": code()}, ann.token)


def changing_sms_code(api: Api, inbox: Inbox, ann: Person) -> Shot:
    api.post(CHANGE, NEW_PHONE, token=ann.token)
    return Shot(CHANGE_VERIFY, {**NEW_PHONE, "otp": code(OTHER_NUMBER)}, ann.token)


def totp_code(api: Api, inbox: Inbox, ann: Person) -> Shot:
    return Shot("/elevate/totp", {"otp": ann.totp_code()}, ann.token)


def recovery_code(api: Api, inbox: Inbox, ann: Person) -> Shot:
    return Shot("/elevate/totp", {"otp": ann.recovery_codes(api)[0]}, ann.token)


def sign_up_challenge(api: Api, inbox: Inbox, ann: Person) -> Shot:
    options = api.post(SIGN_UP, {"email": "new@example.com"}).json
    return Shot(SIGN_UP_VERIFY, {"credential": Authenticator(ORIGIN).create(options)})


def sign_in_challenge(api: Api, inbox: Inbox, ann: Person) -> Shot:
    return Shot(SIGN_IN_VERIFY, {"credential": ann.device.get(api.post(SIGN_IN).json)})


def add_challenge(api: Api, inbox: Inbox, ann: Person) -> Shot:
    answer = Authenticator(ORIGIN).create(api.post(ADD, token=ann.token).json)
    return Shot(ADD_VERIFY, {"credential": answer}, ann.token)


def elevate_challenge(api: Api, inbox: Inbox, ann: Person) -> Shot:
    answer = ann.device.get(api.post(ELEVATE, token=ann.token).json)
    return Shot(ELEVATE_VERIFY, {"credential": answer}, ann.token)


SECRETS: dict[str, tuple[Aim, tuple[int, str]]] = {
    "refresh token": (refresh_token, (401, "invalid-refresh-token")),
    **{f"link {kind}": (link(kind), (302, "invalid-ticket")) for kind in FOLLOWED},
    "reset ticket": (reset_ticket, INVALID_TICKET),
    "ticket of the second step": (second_step, INVALID_TICKET),
    "PKCE code": (pkce_code, INVALID),
    "e-mail code": (mailed_code, INVALID_OTP),
    "e-mail code, elevating": (elevating_mailed_code, INVALID_OTP),
    "SMS code": (sms_code, INVALID_OTP),
    "SMS code, elevating": (elevating_sms_code, INVALID_OTP),
    "SMS code for a new number": (changing_sms_code, INVALID_OTP),
    "TOTP code": (totp_code, INVALID_TOTP),
    "recovery code": (recovery_code, INVALID_TOTP),
    "challenge to sign up": (sign_up_challenge, INVALID),
    "challenge to sign in": (sign_in_challenge, INVALID),
    "challenge to add a key": (add_challenge, INVALID),
    "challenge to elevate": (elevate_challenge, INVALID),
}


@pytest.fixture
def person(api: Api, settings: Any) -> Person:
    """Ann. A spent refresh token is not answered once more, and links do what they do at once."""
    open_every_way(settings)
    settings.AUTH_VERIFY_CONFIRM_PAGE = settings.AUTH_REFRESH_TOKEN_REUSE_DETECTION = False
    settings.AUTH_REFRESH_TOKEN_REUSE_WINDOW = 0
    return ann(api)


@pytest.mark.parametrize("secret", SECRETS)
def test_19_of_sixteen_who_bring_one_secret_one_passes(api: Api, inbox: Inbox, person: Person, secret: str) -> None:
    aim, refusal = SECRETS[secret]
    shot = aim(api, inbox, person)
    found = Counter(told(reply) for reply in at_once([shot] * MANY))
    assert found == {(302 if shot.body is None else 200, None): 1, refusal: MANY - 1}


def same_key(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All as if of the first one's key. Attestation "none" signs nothing, so no signature contradicts."""
    first, told = answers[0], {"attestationObject": answers[0]["response"]["attestationObject"]}
    names = {"id": first["id"], "rawId": first["id"]}
    return [answer | names | {"response": answer["response"] | told} for answer in answers]


def test_19_of_sixteen_who_add_one_key_one_gets_it(api: Api, person: Person) -> None:
    begun = [api.post(ADD, token=person.token).json for _ in range(MANY)]
    answers = same_key([Authenticator(ORIGIN).create(options) for options in begun])
    replies = at_once([Shot(ADD_VERIFY, {"credential": answer}, person.token) for answer in answers])
    assert Counter(told(reply) for reply in replies) == {(200, None): 1, INVALID: MANY - 1}
    assert SecurityKey.objects.count() == 2


def test_19_of_sixteen_who_sign_up_with_one_key_one_gets_it(api: Api, person: Person) -> None:
    begun = [api.post(SIGN_UP, {"email": f"new{number}@example.com"}).json for number in range(MANY)]
    answers = same_key([Authenticator(ORIGIN).create(options) for options in begun])
    replies = at_once([Shot(SIGN_UP_VERIFY, {"credential": answer}) for answer in answers])
    assert Counter(told(reply) for reply in replies) == {(200, None): 1, INVALID: MANY - 1}
    assert (SecurityKey.objects.count(), Account.objects.count()) == (2, 2)
