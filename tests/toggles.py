"""What a good request to each POST endpoint of the map comes to, and where a toggle changes it (accounts.md 3.0)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import Api, Inbox
from tests.ways import ANN, ANN_PASSWORD, GUEST, KNOWN, PHONE, Request, Way, asking, known

SIGNUP, AUTO, NEW_USERS = "AUTH_DISABLE_SIGNUP", "AUTH_DISABLE_AUTO_SIGNUP", "AUTH_DISABLE_NEW_USERS"
VERIFY, ANONYMOUS = "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED", "AUTH_ANONYMOUS_USERS_ENABLED"
MFA, WEBAUTHN = "AUTH_MFA_ENABLED", "AUTH_WEBAUTHN_ENABLED"
LINKS, CODES, SMS = "AUTH_EMAIL_PASSWORDLESS_ENABLED", "AUTH_OTP_EMAIL_ENABLED", "AUTH_SMS_PASSWORDLESS_ENABLED"
TOGGLES = {
    SIGNUP: True,
    AUTO: True,
    NEW_USERS: True,
    VERIFY: True,
    ANONYMOUS: False,
    LINKS: False,
    CODES: False,
    SMS: False,
    MFA: False,
    WEBAUTHN: False,
}
"""Each as it is when somebody turns it; the tests begin with the other value."""
BY_MESSAGE = {"passwordless/email": LINKS, "passwordless/sms": SMS, "otp/email": CODES}


@dataclass(frozen=True)
class Effect:
    """An answer and what has come of the request: new accounts, messages sent."""

    status: int = 200
    error: str | None = None
    accounts: int = 0
    messages: int = 0


OK, SENT, CREATED, INVITED = Effect(), Effect(messages=1), Effect(accounts=1), Effect(accounts=1, messages=1)
OFF, CLOSED = Effect(409, "disabled-endpoint"), Effect(403, "signup-disabled")
STORED_DISABLED, UNVERIFIED = Effect(401, "disabled-user", accounts=1), Effect(401, "unverified-user")
SENT_ON = Effect(302)


@dataclass(frozen=True)
class Case:
    """What a good request comes to, and where a toggle changes it."""

    way: Way
    plain: Effect
    changed: dict[str, Effect] = field(default_factory=dict)
    who: str = "known"

    def prepare(self, api: Api, inbox: Inbox) -> Request:
        people: dict[str, Callable[[Api], Any]] = {"known": known, "guest": Api.anonymous, "unknown": lambda _: None}
        return self.way(api, inbox, people[self.who](api))


def of_known(name: str, plain: Effect = OK, **changed: Effect) -> Case:
    return Case(KNOWN[name], plain, changed)


def of_unknown(path: str, body: dict[str, Any], plain: Effect, **changed: Effect) -> Case:
    return Case(asking(path, body), plain, changed, who="unknown")


def of_guest(name: str, plain: Effect = SENT, **changed: Effect) -> Case:
    return Case(GUEST[name], plain, changed, who="guest")


def explicit(path: str, body: dict[str, Any], toggle: str) -> list[Case]:
    """Signing up by a message: a known address or number is left alone."""
    shut = {toggle: OFF, SIGNUP: CLOSED}
    unknown = of_unknown(path, body, INVITED, **shut, **{NEW_USERS: STORED_DISABLED})
    return [unknown, of_known(path, OK, **shut)]


def implicit(path: str, body: dict[str, Any], toggle: str) -> list[Case]:
    """Signing in by a message, which creates whom nobody knows."""
    changed = {toggle: OFF, SIGNUP: CLOSED, AUTO: OK, NEW_USERS: STORED_DISABLED}
    return [of_unknown(path, body, INVITED, **changed), of_known(path, SENT, **{toggle: OFF})]


ASKS_A_VALID_USER = {VERIFY: UNVERIFIED}
TABLE: dict[str, list[Case]] = {
    "/signup/email-password": [
        of_unknown(
            "/signup/email-password",
            ANN_PASSWORD,
            CREATED,
            **{SIGNUP: CLOSED, NEW_USERS: STORED_DISABLED, VERIFY: INVITED},
        ),
        of_known("/signup/email-password", Effect(409, "user-already-exists"), **{SIGNUP: CLOSED}),
    ],
    "/signup/passwordless/email": explicit("/signup/passwordless/email", ANN, LINKS),
    "/signup/passwordless/sms": explicit("/signup/passwordless/sms", PHONE, SMS),
    "/signup/otp/email": explicit("/signup/otp/email", ANN, CODES),
    "/signup/webauthn": [
        of_unknown("/signup/webauthn", ANN, OK, **{WEBAUTHN: OFF, SIGNUP: CLOSED}),
        of_known("/signup/webauthn", **{WEBAUTHN: OFF, SIGNUP: CLOSED}),
    ],
    "/signup/webauthn/verify": [
        Case(
            KNOWN["/signup/webauthn/verify"],
            CREATED,
            {WEBAUTHN: OFF, SIGNUP: CLOSED, NEW_USERS: STORED_DISABLED, VERIFY: INVITED},
            who="unknown",
        ),
        of_known("/signup/webauthn/verify", Effect(409, "user-already-exists"), **{WEBAUTHN: OFF, SIGNUP: CLOSED}),
    ],
    "/signin/webauthn": [of_known("/signin/webauthn", **{WEBAUTHN: OFF}, **ASKS_A_VALID_USER)],
    "/signin/webauthn/verify": [of_known("/signin/webauthn/verify", **{WEBAUTHN: OFF}, **ASKS_A_VALID_USER)],
    "/user/webauthn/add": [of_known("/user/webauthn/add", **{WEBAUTHN: OFF}, **ASKS_A_VALID_USER)],
    "/user/webauthn/verify": [of_known("/user/webauthn/verify", **{WEBAUTHN: OFF}, **ASKS_A_VALID_USER)],
    "/elevate/webauthn": [of_known("/elevate/webauthn", **{WEBAUTHN: OFF}, **ASKS_A_VALID_USER)],
    "/elevate/webauthn/verify": [of_known("/elevate/webauthn/verify", **{WEBAUTHN: OFF}, **ASKS_A_VALID_USER)],
    "/mfa/recovery-codes": [of_known("/mfa/recovery-codes generate", **{MFA: OFF}, **ASKS_A_VALID_USER)],
    "/signin/email-password": [of_known("/signin/email-password", **ASKS_A_VALID_USER)],
    "/signin/anonymous": [of_unknown("/signin/anonymous", {}, CREATED, **{SIGNUP: CLOSED, ANONYMOUS: OFF})],
    "/signin/passwordless/email": implicit("/signin/passwordless/email", ANN, LINKS),
    "/signin/passwordless/sms": implicit("/signin/passwordless/sms", PHONE, SMS),
    "/signin/passwordless/sms/otp": [
        of_known("/signin/passwordless/sms/otp", **{SMS: OFF}, **ASKS_A_VALID_USER),
        Case(KNOWN["/signin/passwordless/sms/otp"], OK, {SMS: OFF}, who="unknown"),
    ],
    "/signin/otp/email": implicit("/signin/otp/email", ANN, CODES),
    "/signin/otp/email/verify": [of_known("/signin/otp/email/verify")],
    "/signin/pat": [of_known("/signin/pat", **ASKS_A_VALID_USER)],
    "/signin/mfa/totp": [of_known("/signin/mfa/totp", **{MFA: OFF}, **ASKS_A_VALID_USER)],
    "/user/mfa": [of_known("/user/mfa", **{MFA: OFF}, **ASKS_A_VALID_USER)],
    "/elevate/totp": [of_known("/elevate/totp", **{MFA: OFF}, **ASKS_A_VALID_USER)],
    "/elevate/otp/email": [of_known("/elevate/otp/email", SENT, **{CODES: OFF})],
    "/elevate/otp/email/verify": [of_known("/elevate/otp/email/verify", **{CODES: OFF})],
    "/elevate/otp/sms": [of_known("/elevate/otp/sms", SENT, **{SMS: OFF}, **ASKS_A_VALID_USER)],
    "/elevate/otp/sms/verify": [of_known("/elevate/otp/sms/verify", **{SMS: OFF}, **ASKS_A_VALID_USER)],
    "/verify": [
        of_known("/verify verifyEmail", SENT_ON),
        of_known("/verify passwordlessEmail", SENT_ON),
        of_known("/verify emailConfirmChange", SENT_ON, **{VERIFY: Effect(302, "unverified-user")}),
        of_known("/verify passwordReset", SENT_ON, **{VERIFY: Effect(302, "unverified-user")}),
    ],
    "/token": [of_known("/token", **ASKS_A_VALID_USER), Case(KNOWN["/token"], OK, who="guest")],
    "/token/verify": [of_known("/token/verify", **ASKS_A_VALID_USER)],
    "/token/exchange": [of_known("/token/exchange", **ASKS_A_VALID_USER)],
    "/pat": [of_known("/pat", **ASKS_A_VALID_USER)],
    "/signout": [of_known("/signout"), Case(KNOWN["/signout"], OK, who="guest")],
    "/user/deanonymize": [
        of_guest("/user/deanonymize", OK, **{VERIFY: SENT}),
        of_guest("/user/deanonymize passwordless"),
    ],
    "/user/deanonymize/sms": [of_guest("/user/deanonymize/sms", **{SMS: OFF})],
    "/user/phone-number/change": [of_known("/user/phone-number/change", SENT, **{SMS: OFF}, **ASKS_A_VALID_USER)],
    "/user/phone-number/change/verify": [
        of_known("/user/phone-number/change/verify", **{SMS: OFF}, **ASKS_A_VALID_USER)
    ],
    "/user/email/change": [of_known("/user/email/change", SENT, **ASKS_A_VALID_USER)],
    "/user/email/send-verification-email": [of_known("/user/email/send-verification-email", SENT)],
    "/user/password": [
        of_known("/user/password", **ASKS_A_VALID_USER),
        of_known("/user/password ticket", **ASKS_A_VALID_USER),
    ],
    "/user/password/reset": [of_known("/user/password/reset", SENT, **{VERIFY: OK})],
}


ELSEWHERE = {
    "/signup/idtoken",
    "/signin/idtoken",
    "/link/idtoken",
    "/signin/provider/{provider}/callback",
    "/token/provider/{provider}",
}
"""What needs a provider to talk to: their own files prove what the toggles do there."""
