"""What a client is told while a service that we ask is away or silent (docs/operating.md; security.md 69)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nhost_auth.infra import captcha, hibp
from nhost_auth.models import Account
from tests.conftest import PASSWORD, Api
from tests.infra.loopback import Loopback
from tests.infra.sms.gateway import nobody
from tests.sms_inbox import NUMBER, SEND, open_inbox
from tests.test_outages import post

SIGN_UP = ("/signup/email-password", {"email": "ann@example.com", "password": PASSWORD})
CRASH = {"status": 500, "message": "Internal server error", "error": "internal-server-error"}
TOLD: dict[str, tuple[str, dict[str, Any], int, Any]] = {
    "HIBP": (*SIGN_UP, 500, CRASH),
    "Turnstile": (*SIGN_UP, 500, {"error": "internal server error when attempting to pass turnstile"}),
    "SMS gateway": (
        SEND,
        {"phoneNumber": NUMBER},
        400,
        {"status": 400, "message": "Cannot send SMS, check your phone number is correct", "error": "cannot-send-sms"},
    ),
}


@pytest.fixture(params=["down", "silent"])
def away(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a service that refuses connections, or takes them and answers nothing."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    if request.param == "down":
        with nobody() as url:
            yield url
        return
    with Loopback() as server:
        server.answers = [server.silence]
        yield server.url


def depend_on(url: str, what: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AUTH_PASSWORD_HIBP_ENABLED = what == "HIBP"
    monkeypatch.setattr(hibp, "RANGE_URL", f"{url}/range/")
    monkeypatch.setattr(hibp, "TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr(captcha, "TIMEOUT_SECONDS", 0.1)
    settings.AUTH_TURNSTILE_SECRET = "hunter2" if what == "Turnstile" else ""
    settings.AUTH_TURNSTILE_URL = settings.AUTH_SMS_GENERIC_URL = url
    open_inbox(settings)
    settings.AUTH_SMS_PROVIDER, settings.AUTH_SMS_GENERIC_TIMEOUT = "generic", 0.1
    settings.AUTH_SMS_GENERIC_BODY_TEMPLATE = '{"to": "${to}", "text": "${body}"}'


@pytest.mark.parametrize("what", TOLD)
def test_69_dependency_away(api: Api, away: str, what: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    depend_on(away, what, settings, monkeypatch)
    settings.DEBUG = True
    path, body, status, answer = TOLD[what]
    if what == "Turnstile":
        reply = api.post(path, body, headers={"X-Cf-Turnstile-Response": "0.response"})
    else:
        reply = post(path, body)
    assert (reply.status, reply.json) == (status, answer)
    assert not Account.objects.exists()
