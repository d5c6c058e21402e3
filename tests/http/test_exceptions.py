"""How errors reach the client (accounts.md 1.2-1.4; identity.md 0.1)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client

from nhost_auth import errors
from nhost_auth.http import exceptions
from nhost_auth.models import Account, Ticket
from nhost_auth.oauth2_errors import OAuth2Error
from tests.conftest import PASSWORD, PREFIX, Api, Reply, account

CONCEALED = {"status": 400, "message": "The request payload is incorrect", "error": "invalid-request"}
CRASH = {"status": 500, "message": "Internal server error", "error": "internal-server-error"}

# The specification's table, line by line: code, status, message, whether it is concealed.
CATALOGUE = [
    ("default-role-must-be-in-allowed-roles", 400, "Default role must be in allowed roles", False),
    ("email-already-verified", 400, "User's email is already verified", True),
    ("invalid-request", 400, "The request payload is incorrect", False),
    ("locale-not-allowed", 400, "Locale not allowed", False),
    ("password-in-hibp-database", 400, "Password is in HIBP database", False),
    ("password-too-short", 400, "Password is too short", False),
    ("redirectTo-not-allowed", 400, 'The value of "options.redirectTo" is not allowed.', False),
    ("role-not-allowed", 400, "Role not allowed", True),
    ("user-not-anonymous", 400, "Logged in user is not anonymous", False),
    ("no-totp-secret", 400, "User does not have a TOTP secret", True),
    ("mfa-type-not-found", 400, "MFA type not found", False),
    ("totp-already-active", 400, "TOTP MFA is already active", False),
    ("invalid-state", 400, "Invalid state", False),
    ("oauth-token-echange-failed", 400, "Failed to exchange token", False),
    ("oauth-profile-fetch-failed", 400, "Failed to get user profile", False),
    ("oauth-provider-error", 400, "Provider returned an error", False),
    ("cannot-send-sms", 400, "Cannot send SMS, check your phone number is correct", False),
    ("invalid-otp", 400, "Invalid or expired OTP", True),
    ("otp-too-many-attempts", 400, "Too many incorrect attempts, please request a new OTP", True),
    ("provider-account-already-linked", 400, "This provider account is already linked to a user", False),
    ("disabled-user", 401, "User is disabled", True),
    ("invalid-email-password", 401, "Incorrect email or password", True),
    ("invalid-pat", 401, "Invalid or expired personal access token", True),
    ("unverified-user", 401, "User is not verified.", True),
    ("invalid-refresh-token", 401, "Invalid or expired refresh token", True),
    ("invalid-ticket", 401, "Invalid ticket", True),
    ("disabled-mfa-totp", 401, "User does not have TOTP MFA enabled", True),
    ("invalid-totp", 401, "Invalid TOTP code", True),
    ("forbidden-anonymous", 403, "Forbidden, user is anonymous.", True),
    ("signup-disabled", 403, "Sign up is disabled.", True),
    ("disabled-endpoint", 409, "This endpoint is disabled", False),
    ("user-already-exists", 409, "User already exists", True),
    ("internal-server-error", 500, "Internal server error", False),
    ("session-not-found", 404, "There is no such session", False),  # ours
    ("sign-in-again", 403, "The application asks for a more recent sign-in", False),  # ours
    ("application-not-found", 404, "There is no such application", False),  # ours
    ("consent-needed", 403, "The user has to be asked first", False),  # ours
]
IN_OTHER_WORDS = (errors.RequestFault, OAuth2Error)
BY_CODE = {kind.code: kind for kind in errors.AuthError.__subclasses__() if not issubclass(kind, IN_OTHER_WORDS)}
table = pytest.mark.parametrize(("code", "status", "message", "concealed"), CATALOGUE)


class BrokenBackend(BaseEmailBackend):
    """A mail server that is down."""

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("smtp.internal.example refused us")


@pytest.fixture
def no_mail(transactional_db: None, settings: Any) -> Iterator[Client]:
    """A client that gets crashes as answers, of a server whose every mail fails: no transaction holds them back."""
    settings.EMAIL_BACKEND = f"{__name__}.{BrokenBackend.__name__}"
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    return Client(raise_request_exception=False)


def sign_up(client: Client) -> Reply:
    body = {"email": "ann@example.com", "password": PASSWORD}
    return Reply(client.post(PREFIX + "/signup/email-password", body, "application/json"))


def test_there_is_a_class_for_every_line_of_the_catalogue_and_no_other() -> None:
    assert set(BY_CODE) == {line[0] for line in CATALOGUE}
    assert len(BY_CODE) == len(CATALOGUE) == 37


@table
def test_body_has_status_message_and_code(settings: Any, code: str, status: int, message: str, concealed: bool) -> None:
    error = BY_CODE[code]()
    assert exceptions.concealed(error) is error
    assert (error.status, exceptions.body(error)) == (status, {"status": status, "message": message, "error": code})


@table
def test_concealment_hides_these_and_no_others(
    settings: Any, code: str, status: int, message: str, concealed: bool
) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    shown = exceptions.concealed(BY_CODE[code]())
    expected = CONCEALED if concealed else {"status": status, "message": message, "error": code}
    assert (shown.status, exceptions.body(shown)) == (expected["status"], expected)


@pytest.mark.parametrize(
    ("conceal", "body"),
    [
        (False, {"status": 401, "message": "Incorrect email or password", "error": "invalid-email-password"}),
        (True, CONCEALED),
    ],
)
def test_business_error_over_the_wire(api: Api, settings: Any, conceal: bool, body: dict[str, Any]) -> None:
    settings.AUTH_CONCEAL_ERRORS = conceal
    reply = api.sign_in()
    assert (reply.status, reply.json) == (body["status"], body)
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.text.endswith("}\n")


@pytest.mark.parametrize("conceal", [True, False])
def test_validation_faults_are_not_concealed(api: Api, settings: Any, conceal: bool) -> None:
    settings.AUTH_CONCEAL_ERRORS = conceal
    unsupported = 'property "x" is unsupported'
    assert api.post("/token", {"x": 1}).json == {
        "status": 400,
        "message": unsupported,
        "error": "schema-validation-error",
        "reason": unsupported,
    }
    assert api.post("/token").json == {
        "status": 400,
        "message": "value is required but missing",
        "error": "request-validation-error",
        "reason": "value is required but missing",
    }
    missing = "missing or malformed authorization header"
    assert api.get("/user").json == {
        "status": 401,
        "message": missing,
        "error": "unauthorized",
        "reason": missing,
        "securityScheme": "BearerAuth",
    }
    malformed = api.post("/signin/email-password", {"email": "ann", "password": PASSWORD})
    assert malformed.status == 400
    assert {**malformed.json, "errors": "bad-request", "status": 400} == malformed.json
    assert malformed.json["message"] == "email: failed to pass regex validation"


@pytest.mark.parametrize(
    ("conceal", "query"),
    [
        (False, {"error": "forbidden-anonymous", "errorDescription": "Forbidden, user is anonymous."}),
        (True, {"error": "invalid-request", "errorDescription": "The request payload is incorrect"}),
    ],
)
def test_error_in_a_redirect(api: Api, settings: Any, conceal: bool, query: dict[str, str]) -> None:
    settings.AUTH_CONCEAL_ERRORS = conceal
    ticket = Ticket.objects.issue(account(api.anonymous()), "verifyEmail")
    reply = api.get("/verify", query={"ticket": ticket, "redirectTo": "https://app.example.com/a?b=1"})
    assert (reply.status, reply.text) == (302, "")
    assert reply.query == {"b": "1", **query}
    assert " " not in reply.location
    assert "+" in reply.location


@pytest.mark.parametrize("debug", [True, False])
def test_crash_has_the_shape_of_an_error_and_tells_nothing(no_mail: Client, settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    reply = sign_up(no_mail)
    assert (reply.status, reply.json) == (500, CRASH)
    assert reply.headers["Content-Type"] == "application/json"
    for secret in ("Traceback", "smtp", "ConnectionRefused", PASSWORD):
        assert secret not in reply.text


def test_crash_keeps_what_was_stored(no_mail: Client, settings: Any) -> None:
    assert sign_up(no_mail).status == 500
    assert Account.objects.get().email == "ann@example.com"
    assert Ticket.objects.get().kind == "verifyEmail"
    assert sign_up(no_mail).outcome == (409, "user-already-exists")


def test_crash_is_not_concealed(no_mail: Client, settings: Any) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    assert sign_up(no_mail).outcome == (500, "internal-server-error")


def test_crash_is_logged_as_django_logs_uncaught_exceptions(no_mail: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "django.request"):
        sign_up(no_mail)
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert record.getMessage() == "Internal Server Error: /v1/signup/email-password"
    assert record.exc_info is not None
    assert record.exc_info[0] is ConnectionRefusedError
    assert PASSWORD not in caplog.text


def test_crash_reaches_whoever_listens_for_them(no_mail: Client, settings: Any) -> None:
    with pytest.raises(ConnectionRefusedError):
        sign_up(Client())


def test_crash_has_the_headers_of_every_answer(no_mail: Client) -> None:
    body = {"email": "ann@example.com", "password": PASSWORD}
    headers = {"Origin": "https://app.example.com"}
    reply = no_mail.post(PREFIX + "/signup/email-password", body, "application/json", headers=headers)
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
