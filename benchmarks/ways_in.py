"""All ways into an account and the changes behind them, one call after another, as a client would make them."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from django.core import mail
from django_otp.oath import hotp

from benchmarks.people import email
from benchmarks.systems import PASSWORD
from nhost_auth.infra.sms import memory
from nhost_auth.infra.webauthn import origins
from nhost_auth.models.pkce_codes import s256
from nhost_auth.pytest_plugin.authenticator import Authenticator

ANN, BEA, CIS = "ann@example.com", "bea@example.com", "cis@example.com"
NUMBER = "+12025550123"
VERIFIER = "v" * 43
CALLBACK = "http://127.0.0.1"


class Caller(Protocol):
    def call(self, name: str, body: Any = None, *, token: str = "", query: dict[str, str] | None = None) -> Any: ...


def walk(caller: Caller) -> None:
    """Raises AssertionError where a call is refused that should not be."""
    session = _by_password(caller)
    _tokens(caller, session)
    _codes(caller, session)
    _links(caller, session)
    _keys(caller)
    _second_factor(caller, session)
    _endings(caller, session)


def _by_password(caller: Caller) -> dict[str, Any]:
    _ok(caller.call("POST /signup/email-password", {"email": ANN, "password": PASSWORD}))
    caller.call("POST /signup/email-password taken", {"email": ANN, "password": PASSWORD})
    caller.call("POST /signin/email-password wrong", {"email": ANN, "password": "wrong"})
    caller.call("POST /signin/email-password unknown", {"email": "nobody@example.com", "password": PASSWORD})
    session: dict[str, Any] = _ok(caller.call("POST /signin/email-password", {"email": ANN, "password": PASSWORD}))
    guest = _ok(caller.call("POST /signin/anonymous", {}))["session"]
    body = {"signInMethod": "email-password", "email": CIS, "password": PASSWORD}
    _ok(caller.call("POST /user/deanonymize", body, token=guest["accessToken"]))
    return session["session"]  # type: ignore[no-any-return]


def _tokens(caller: Caller, session: dict[str, Any]) -> None:
    token, secret = session["accessToken"], session["refreshToken"]
    _ok(caller.call("GET /user", token=token))
    _ok(caller.call("POST /token", {"refreshToken": secret}))
    _ok(caller.call("POST /token again", {"refreshToken": secret}))
    _ok(caller.call("POST /token/verify", {"token": token}))
    _ok(caller.call("POST /token/verify bearer", {}, token=token))
    expires = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    pat = _ok(caller.call("POST /pat", {"expiresAt": expires}, token=token))["personalAccessToken"]
    _ok(caller.call("POST /signin/pat", {"personalAccessToken": pat}))
    _ok(caller.call("GET /user/sessions", token=token))


def _codes(caller: Caller, session: dict[str, Any]) -> None:
    _ok(caller.call("POST /signin/otp/email", {"email": ANN}))
    code = mail.outbox[-1].extra_headers["X-Ticket"]
    caller.call("POST /signin/otp/email/verify wrong", {"email": ANN, "otp": f"{(int(code) + 1) % 10**6:06d}"})
    _ok(caller.call("POST /signin/otp/email/verify", {"email": ANN, "otp": code}))
    _ok(caller.call("POST /signup/passwordless/sms", {"phoneNumber": NUMBER}))
    _ok(caller.call("POST /signin/passwordless/sms/otp new", {"phoneNumber": NUMBER, "otp": _sms_code()}))
    _ok(caller.call("POST /signin/passwordless/sms", {"phoneNumber": NUMBER}))
    _ok(caller.call("POST /signin/passwordless/sms/otp", {"phoneNumber": NUMBER, "otp": _sms_code()}))
    changed = {"newPhoneNumber": "+12025550124"}
    _ok(caller.call("POST /user/phone-number/change", changed, token=session["accessToken"]))
    proven = {**changed, "otp": _sms_code()}
    _ok(caller.call("POST /user/phone-number/change/verify", proven, token=session["accessToken"]))


def _links(caller: Caller, session: dict[str, Any]) -> None:
    _ok(caller.call("POST /signin/passwordless/email new", {"email": BEA}))
    _follow(caller, "GET /verify new")
    _ok(caller.call("POST /signin/passwordless/email", {"email": BEA, "codeChallenge": s256(VERIFIER)}))
    code = _follow(caller, "GET /verify PKCE")["code"]
    _ok(caller.call("POST /token/exchange", {"code": code, "codeVerifier": VERIFIER}))
    _ok(caller.call("POST /user/email/send-verification-email", {"email": CIS}))
    _follow(caller, "GET /verify address")
    _ok(caller.call("POST /user/email/change", {"newEmail": f"new-{ANN}"}, token=session["accessToken"]))
    _follow(caller, "GET /verify change")
    _ok(caller.call("POST /user/password/reset", {"email": BEA}))
    reset = mail.outbox[-1].extra_headers["X-Ticket"]
    _ok(caller.call("POST /user/password", {"newPassword": PASSWORD, "ticket": reset}))


def _keys(caller: Caller) -> None:
    browser = Authenticator(origin=origins()[-1])
    options = _ok(caller.call("POST /signup/webauthn", {"email": "key@example.com"}))
    answer = browser.create(options)
    session = _ok(caller.call("POST /signup/webauthn/verify", {"credential": answer}))["session"]
    for name, body in (("POST /signin/webauthn", {"email": "key@example.com"}), ("POST /signin/webauthn anybody", {})):
        options = _ok(caller.call(name, body))
        _ok(caller.call("POST /signin/webauthn/verify", {"credential": browser.get(options)}))
    token = session["accessToken"]
    _ok(caller.call("GET /user/webauthn/keys", token=token))
    options = _ok(caller.call("POST /elevate/webauthn", {}, token=token))
    _ok(caller.call("POST /elevate/webauthn/verify", {"credential": browser.get(options)}, token=token))


def _second_factor(caller: Caller, session: dict[str, Any]) -> None:
    token = session["accessToken"]
    secret = _ok(caller.call("GET /mfa/totp/generate", token=token))["totpSecret"]
    _ok(caller.call("POST /user/mfa", {"code": _totp(secret, -1), "activeMfaType": "totp"}, token=token))
    signed_in = _ok(caller.call("POST /signin/email-password TOTP", {"email": f"new-{ANN}", "password": PASSWORD}))
    body = {"ticket": signed_in["mfa"]["ticket"], "otp": _totp(secret, 0)}
    _ok(caller.call("POST /signin/mfa/totp", body))
    _ok(caller.call("GET /elevate", token=token))


def _endings(caller: Caller, session: dict[str, Any]) -> None:
    """By somebody of the table too: rows that go may have others that refer to them."""
    body = {"email": email(1), "password": PASSWORD}
    signed_in = _ok(caller.call("POST /signin/email-password old", body))["session"]
    _ok(caller.call("POST /signout", {"refreshToken": session["refreshToken"]}))
    _ok(caller.call("POST /signout all", {"all": True}, token=signed_in["accessToken"]))


def _ok(response: Any) -> Any:
    assert response.status_code == 200, (response.request["PATH_INFO"], response.status_code, response.content)
    return response.json()


def _follow(caller: Caller, name: str) -> dict[str, str]:
    """Open the link of the newest mail; what the address that it leads to says."""
    query = dict(parse_qsl(urlsplit(mail.outbox[-1].extra_headers["X-Link"]).query))
    response = caller.call(name, query=query)
    reached = dict(parse_qsl(urlsplit(response.headers["Location"]).query))
    assert response.status_code == 302, response.content
    assert "error" not in reached, reached
    return reached


def _sms_code() -> str:
    return next(word.strip(".") for word in memory.outbox[-1].text.split() if word.strip(".").isdigit())


def _totp(secret: str, steps: int) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return f"{hotp(key, int(time.time()) // 30 + steps):06d}"
