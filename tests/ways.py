"""A good request to each endpoint by somebody known: prepared while all is well, made when the test says so."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from nhost_auth.flows.links import FOLLOWED
from nhost_auth.models import Account, PkceCode, Ticket
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import PASSWORD, Api, Inbox, Reply, account
from tests.endpoints.totp_app import code_of, enrol
from tests.sms_inbox import CHANGE, CHANGE_VERIFY, NUMBER, OTHER_NUMBER, OTP, SEND, change_number, code, open_inbox

ANN, PHONE, NEW_PHONE = {"email": "ann@example.com"}, {"phoneNumber": NUMBER}, {"newPhoneNumber": OTHER_NUMBER}
ANN_PASSWORD = {**ANN, "password": PASSWORD}
TARGET = "https://app.example.com"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()

Request = Callable[[], Reply]
Way = Callable[[Api, Inbox, Reply], Request]


def everything_on(settings: Any) -> None:
    """Every way in is open; addresses need no proof."""
    open_inbox(settings)
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = settings.AUTH_VERIFY_CONFIRM_PAGE = settings.AUTH_MFA_ENABLED = True
    settings.AUTH_WEBAUTHN_ENABLED = settings.AUTH_OAUTH2_PROVIDER_ENABLED = True
    for part in ("DEVICE", "LOGOUT", "REGISTRATION"):
        setattr(settings, f"AUTH_OAUTH2_PROVIDER_{part}_ENABLED", True)


def known(api: Api) -> Reply:
    """The session of a user who has an address, not proven, a password and a proven number."""
    ann = api.sign_up()
    change_number(api, ann.token)
    return ann


def asking(path: str, body: dict[str, Any]) -> Way:
    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        return lambda: api.post(path, body)

    return prepare


def bearing(path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Way:
    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        return lambda: api.call(method, path, body, token=ann.token)

    return prepare


def mail_code(api: Api, inbox: Inbox, ann: Reply) -> Request:
    api.post("/signin/otp/email", ANN)
    body = {**ANN, "otp": inbox.last().ticket}
    return lambda: api.post("/signin/otp/email/verify", body)


def sms_code(api: Api, inbox: Inbox, ann: Reply) -> Request:
    api.post(SEND, PHONE)
    body = {**PHONE, "otp": code()}
    return lambda: api.post(OTP, body)


def changing_code(api: Api, inbox: Inbox, ann: Reply) -> Request:
    api.post(CHANGE, NEW_PHONE, token=ann.token)
    body = {**NEW_PHONE, "otp": code(OTHER_NUMBER) if ann.user.get("email") else "000000"}
    return lambda: api.post(CHANGE_VERIFY, body, token=ann.token)


def personal_access_token(api: Api, inbox: Inbox, ann: Reply) -> Request:
    pat = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=ann.token).json["personalAccessToken"]
    return lambda: api.post("/signin/pat", {"personalAccessToken": pat})


def pkce_code(api: Api, inbox: Inbox, ann: Reply) -> Request:
    found = PkceCode.objects.issue(account(ann), CHALLENGE, TARGET)
    return lambda: api.post("/token/exchange", {"code": found, "codeVerifier": VERIFIER})


def link(kind: str) -> Way:
    """Following a mailed link by the button of the confirm page."""

    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        ticket = Ticket.objects.issue(account(ann), kind, {"newEmail": "new@example.com"})
        return lambda: api.post("/verify", query={"ticket": ticket, "redirectTo": TARGET})

    return prepare


def reset_ticket(api: Api, inbox: Inbox, ann: Reply) -> Request:
    ticket = Ticket.objects.issue(account(ann), Ticket.Kind.PASSWORD_RESET)
    return lambda: api.post("/user/password", {"newPassword": PASSWORD, "ticket": ticket})


def refreshing(api: Api, inbox: Inbox, ann: Reply) -> Request:
    return lambda: api.post("/token", {"refreshToken": ann.refresh_token})


def second_step(api: Api, inbox: Inbox, ann: Reply) -> Request:
    secret = enrol(api, ann)
    body = {"ticket": api.sign_in().json["mfa"]["ticket"], "otp": code_of(secret)}
    return lambda: api.post("/signin/mfa/totp", body)


def turning_mfa_on(api: Api, inbox: Inbox, ann: Reply) -> Request:
    secret = api.get("/mfa/totp/generate", token=ann.token).json.get("totpSecret", "A" * 52)
    body = {"code": code_of(secret), "activeMfaType": "totp"}
    return lambda: api.post("/user/mfa", body, token=ann.token)


def elevating_by_totp(api: Api, inbox: Inbox, ann: Reply) -> Request:
    body = {"otp": code_of(enrol(api, ann))}
    return lambda: api.post("/elevate/totp", body, token=ann.token)


def asking_for_an_email_proof(api: Api, inbox: Inbox, ann: Reply) -> Request:
    Account.objects.filter(pk=account(ann).pk).update(email_verified=True)
    return lambda: api.post("/elevate/otp/email", token=ann.token)


def elevating_by_email(api: Api, inbox: Inbox, ann: Reply) -> Request:
    asking_for_an_email_proof(api, inbox, ann)()
    body = {"otp": inbox.last().ticket}
    return lambda: api.post("/elevate/otp/email/verify", body, token=ann.token)


def elevating_by_sms(api: Api, inbox: Inbox, ann: Reply) -> Request:
    api.post("/elevate/otp/sms", token=ann.token)
    body = {"otp": code()}
    return lambda: api.post("/elevate/otp/sms/verify", body, token=ann.token)


def making_recovery_codes(api: Api, inbox: Inbox, ann: Reply) -> Request:
    proof = elevating_by_totp(api, inbox, ann)()
    token = proof.token if proof.status == 200 else ann.token
    return lambda: api.post("/mfa/recovery-codes", token=token)


def with_key(api: Api, ann: Reply) -> tuple[Authenticator, str]:
    """A device with a key of the user, and the key's id."""
    device = Authenticator()
    offered = api.post("/user/webauthn/add", token=ann.token).json
    added = api.post("/user/webauthn/verify", {"credential": device.create(offered)}, token=ann.token)
    return device, added.json["id"]


def new_key(path: str) -> Way:
    """Finishing a sign-up by a key, or adding one."""
    begin = path.replace("user/webauthn/verify", "user/webauthn/add").replace("up/webauthn/verify", "up/webauthn")

    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        token = None if path.startswith("/signup") else ann.token
        offered = api.post(begin, None if token else ANN, token=token).json
        body = {"credential": Authenticator().create(offered)}
        return lambda: api.post(path, body, token=token)

    return prepare


def asking_for_a_key(path: str, body: dict[str, Any] | None = None) -> Way:
    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        with_key(api, ann)
        return lambda: api.post(path, body, token=None if body else ann.token)

    return prepare


def key_used(path: str) -> Way:
    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        device, _ = with_key(api, ann)
        token = None if path.startswith("/signin") else ann.token
        body = {"credential": device.get(api.post(path.removesuffix("/verify"), token=token).json)}
        return lambda: api.post(path, body, token=token)

    return prepare


def key_changed(method: str, body: dict[str, Any] | None = None) -> Way:
    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        _, key_id = with_key(api, ann)
        return lambda: api.call(method, f"/user/webauthn/keys/{key_id}", body, token=ann.token)

    return prepare


def ending_a_session(api: Api, inbox: Inbox, ann: Reply) -> Request:
    other = api.sign_in(ANN["email"]).session["refreshTokenId"]
    return lambda: api.call("DELETE", f"/user/sessions/{other}", token=ann.token)


KEY = "/user/webauthn/keys/{key_id}"
KNOWN: dict[str, Way] = {
    "/signup/email-password": asking("/signup/email-password", ANN_PASSWORD),
    "/signup/passwordless/email": asking("/signup/passwordless/email", ANN),
    "/signup/passwordless/sms": asking("/signup/passwordless/sms", PHONE),
    "/signup/otp/email": asking("/signup/otp/email", ANN),
    "/signup/webauthn": asking("/signup/webauthn", ANN),
    "/signup/webauthn/verify": new_key("/signup/webauthn/verify"),
    "/signin/webauthn": asking_for_a_key("/signin/webauthn", ANN),
    "/signin/webauthn/verify": key_used("/signin/webauthn/verify"),
    "/signin/email-password": asking("/signin/email-password", ANN_PASSWORD),
    "/signin/passwordless/email": asking("/signin/passwordless/email", ANN),
    "/signin/passwordless/sms": asking(SEND, PHONE),
    "/signin/passwordless/sms/otp": sms_code,
    "/signin/otp/email": asking("/signin/otp/email", ANN),
    "/signin/otp/email/verify": mail_code,
    "/signin/pat": personal_access_token,
    "/signin/mfa/totp": second_step,
    **{f"/verify {kind}": link(kind) for kind in FOLLOWED},
    "/token": refreshing,
    "/token/verify": bearing("/token/verify"),
    "/token/exchange": pkce_code,
    "/pat": bearing("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}),
    "/signout": bearing("/signout", {"all": True}),
    "/user": bearing("/user", method="GET"),
    "/user/sessions": bearing("/user/sessions", method="GET"),
    "/user/sessions/{session_id}": ending_a_session,
    "/user/mfa": turning_mfa_on,
    "/mfa/totp/generate": bearing("/mfa/totp/generate", method="GET"),
    "/mfa/recovery-codes": bearing("/mfa/recovery-codes", method="GET"),
    "/mfa/recovery-codes generate": making_recovery_codes,
    "/user/webauthn/add": bearing("/user/webauthn/add"),
    "/user/webauthn/verify": new_key("/user/webauthn/verify"),
    "/user/webauthn/keys": bearing("/user/webauthn/keys", method="GET"),
    KEY: key_changed("PATCH", {"nickname": "travel key"}),
    f"{KEY} delete": key_changed("DELETE"),
    "/elevate": bearing("/elevate", method="GET"),
    "/elevate/webauthn": asking_for_a_key("/elevate/webauthn"),
    "/elevate/webauthn/verify": key_used("/elevate/webauthn/verify"),
    "/elevate/totp": elevating_by_totp,
    "/elevate/otp/email": asking_for_an_email_proof,
    "/elevate/otp/email/verify": elevating_by_email,
    "/elevate/otp/sms": bearing("/elevate/otp/sms"),
    "/elevate/otp/sms/verify": elevating_by_sms,
    "/user/phone-number/change": bearing(CHANGE, NEW_PHONE),
    "/user/phone-number/change/verify": changing_code,
    "/user/email/change": bearing("/user/email/change", {"newEmail": "new@example.com"}),
    "/user/email/send-verification-email": asking("/user/email/send-verification-email", ANN),
    "/user/password": bearing("/user/password", {"newPassword": PASSWORD}),
    "/user/password ticket": reset_ticket,
    "/user/password/reset": asking("/user/password/reset", ANN),
}
"""Paths, followed by what is used there where there is more than one thing."""

GUEST: dict[str, Way] = {
    "/user/deanonymize": bearing("/user/deanonymize", {"signInMethod": "email-password", **ANN_PASSWORD}),
    "/user/deanonymize passwordless": bearing("/user/deanonymize", {"signInMethod": "passwordless", **ANN}),
    "/user/deanonymize/sms": bearing("/user/deanonymize/sms", PHONE),
}
"""What a guest alone may ask."""


def path_of(name: str) -> str:
    return name.partition(" ")[0]


def told(reply: Reply) -> tuple[int, str | None]:
    """The outcome, also where it stands in a redirect."""
    return reply.status, reply.query.get("error") if reply.status == 302 else reply.error
