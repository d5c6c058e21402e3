"""Line 66: what people send in confidence is in no log, no error mail and no audit event, also when we crash.

The database breaks down in the middle of a request, with a message that quotes whatever the request held.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.core.signals import got_request_exception
from django.db import OperationalError, connection
from django.test import Client
from django.utils.log import AdminEmailHandler

from nhost_auth.logs import JsonFormatter, SecretFilter
from nhost_auth.models import AuditEvent
from tests.conftest import PREFIX, Api

PASSWORD = "Planted-horse-7"
TOKEN = "0a1b2c3d-4e5f-4a6b-8c7d-9e8f7a6b5c4d"
CODE = "918273"
VERIFIER = "planted-verifier-" + "v" * 40
NUMBER = "+12025550143"
SECRETS = (PASSWORD, TOKEN, CODE, VERIFIER)
TARGET = "https://app.example.com"

BODIES: dict[str, dict[str, Any]] = {
    "/signup/email-password": {"email": "bob@example.com", "password": PASSWORD},
    "/signin/email-password": {"email": "ann@example.com", "password": PASSWORD},
    "/signin/pat": {"personalAccessToken": TOKEN},
    "/signin/otp/email/verify": {"email": "ann@example.com", "otp": CODE},
    "/signin/passwordless/sms/otp": {"phoneNumber": NUMBER, "otp": CODE},
    "/signin/mfa/totp": {"ticket": f"mfaTotp:{TOKEN}", "otp": CODE},
    "/token": {"refreshToken": TOKEN},
    "/token/exchange": {"code": TOKEN, "codeVerifier": VERIFIER},
    "/signout": {"refreshToken": TOKEN},
    "/user/password": {"newPassword": PASSWORD, "ticket": f"passwordReset:{TOKEN}"},
}
BEARING: dict[str, dict[str, Any]] = {
    "/user/password": {"newPassword": PASSWORD},
    "/user/mfa": {"code": CODE, "activeMfaType": "totp"},
    "/elevate/totp": {"otp": CODE},
    "/elevate/otp/email/verify": {"otp": CODE},
    "/user/deanonymize": {"signInMethod": "email-password", "email": "bob@example.com", "password": PASSWORD},
}
QUERIES = {
    "/verify": {"ticket": f"verifyEmail:{TOKEN}", "type": "emailVerify", "redirectTo": TARGET},
    "/signin/provider/github/callback": {"state": TOKEN, "code": VERIFIER},
}


@dataclass
class Told:
    """All that anybody could read of what happened."""

    stream: io.StringIO
    listened: list[str] = field(default_factory=list)
    """What a service for crashes takes from the request and the exception, values of variables among it."""

    @property
    def text(self) -> str:
        mails = [f"{one.subject} {one.body} {getattr(one, 'alternatives', '')}" for one in mail.outbox]
        events = [str(row) for row in AuditEvent.objects.values()]
        return "\n".join([self.stream.getvalue(), *mails, *self.listened, *events])


@pytest.fixture
def told(transactional_db: None, settings: Any) -> Iterator[Told]:
    settings.ADMINS = [("Root", "root@example.com")]
    settings.AUTH_SMS_PASSWORDLESS_ENABLED, settings.AUTH_SMS_PROVIDER = True, "memory"
    settings.AUTH_MFA_ENABLED = True
    settings.AUTH_PROVIDER_GITHUB_ENABLED, settings.AUTH_PROVIDER_GITHUB_CLIENT_ID = True, "c"
    settings.AUTH_PROVIDER_GITHUB_CLIENT_SECRET = "s"
    found = Told(io.StringIO())

    def listen(request: Any, **_: Any) -> None:
        # Before the report is made, as Sentry does: from the request it has had from the start.
        found.listened += [repr(request), repr(request.body), repr(request.META), repr(dict(request.GET))]

    handlers: list[logging.Handler] = [logging.StreamHandler(found.stream), logging.StreamHandler(found.stream)]
    handlers[1].setFormatter(JsonFormatter())
    handlers += [AdminEmailHandler(include_html=True), AdminEmailHandler(include_html=True)]
    for handler in handlers[1:3]:
        handler.addFilter(SecretFilter())
    root, level = logging.getLogger(), logging.getLogger().level
    root.setLevel(logging.INFO)
    for handler in handlers:
        handler.setLevel(logging.INFO)
        root.addHandler(handler)
    got_request_exception.connect(listen)
    yield found
    got_request_exception.disconnect(listen)
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


def ask(told: Told, sent: dict[str, Any], call: Callable[[Client], Any]) -> str:
    """The text of what is told when the database breaks down in a call, which has to be a crash."""
    mail.outbox.clear()

    def break_down(*_: Any) -> None:
        password, ticket, anything = PASSWORD, TOKEN, [CODE, VERIFIER]  # variables, as a report could show them
        quoted = [secret for secret in (password, ticket, *anything) if secret in str(sent)]
        raise OperationalError(f"gone: {' '.join(quoted)}", 7)

    with connection.execute_wrapper(break_down):
        response = call(Client(raise_request_exception=False))
    assert response.status_code in (302, 500)
    assert "internal-server-error" in f"{response.content.decode()} {response.headers.get('Location')}"
    text = told.text
    assert "Internal Server Error" in text
    assert "OperationalError" in text
    assert "test_reports.py" in text
    assert len(mail.outbox) >= 2
    assert [secret for secret in SECRETS if secret in text] == []
    return text


@pytest.mark.parametrize("path", BODIES)
def test_66_crash_tells_no_secret_of_a_body(told: Told, path: str) -> None:
    ask(told, BODIES[path], lambda client: client.post(PREFIX + path, json.dumps(BODIES[path]), "application/json"))


@pytest.mark.parametrize("path", QUERIES)
def test_66_crash_tells_no_secret_of_a_query(told: Told, path: str) -> None:
    ask(told, QUERIES[path], lambda client: client.get(PREFIX + path, QUERIES[path]))


def test_66_crash_tells_no_secret_of_a_provider_s_form(told: Told) -> None:
    path = "/signin/provider/github/callback"
    form = "application/x-www-form-urlencoded"
    ask(told, QUERIES[path], lambda client: client.post(PREFIX + path, urlencode(QUERIES[path]), form))


@pytest.mark.parametrize("path", BEARING)
def test_66_crash_tells_neither_secret_nor_access_token(told: Told, api: Api, path: str) -> None:
    token = (api.anonymous() if path.endswith("deanonymize") else api.sign_up(password="Another-horse-8")).token
    headers = {"Authorization": f"Bearer {token}"}
    body = json.dumps(BEARING[path])
    text = ask(
        told, BEARING[path], lambda client: client.post(PREFIX + path, body, "application/json", headers=headers)
    )
    assert token not in text


def test_66_refusals_and_successes_tell_no_secret_either(told: Told, api: Api) -> None:
    session = api.sign_up(password=PASSWORD)
    api.post("/token", {"refreshToken": session.refresh_token})
    for path, body in BODIES.items():
        api.post(path, body)
    for path, query in QUERIES.items():
        api.get(path, query=query)
    assert "call completed" in told.text
    assert [secret for secret in (*SECRETS, session.token, session.refresh_token) if secret in told.text] == []


def test_66_debug_mode_tells_no_secret(told: Told, settings: Any) -> None:
    """Django cleanses nothing then."""
    settings.DEBUG = True
    body = json.dumps(BODIES["/signin/email-password"])
    ask(told, {}, lambda client: client.post(PREFIX + "/signin/email-password", body, "application/json"))
