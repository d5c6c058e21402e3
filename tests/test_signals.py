"""Every signal is sent with its documented arguments, and no receiver can change an answer (nhost_auth/signals.py)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.dispatch import Signal
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.infra import sms
from nhost_auth.models import Account, Ticket
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import PASSWORD, Api, Inbox, account
from tests.endpoints.totp_app import code_of, enrol
from tests.oauth2.application import Application
from tests.webauthn_page import add_key, elevate, enable

ANN, BOB = "ann@example.com", "bob@example.com"
NAMES = sorted(name for name, value in vars(signals).items() if isinstance(value, Signal))
CLIENT = "https://app.example.com"
# admin/, flows/test_operators.py, flows/test_personal_data.py, flows/test_takeover.py, endpoints/test_link_idtoken.py
BY_OPERATORS = ("account_disabled", "account_enabled", "account_erased", "personal_access_token_revoked")
OF_APPLICATIONS = ("application_registered", "application_revoked", "application_signed_out")  # oauth2/
ELSEWHERE = (*BY_OPERATORS, *OF_APPLICATIONS, "account_taken_over", "identity_linked")

Heard = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What was sent, in order: the signal's name and its arguments beside `account`, which is told by its address."""
    calls: Heard = []
    receivers = {}
    for name in NAMES:

        def receive(sender: Any, account: Account, signal: Signal, *, _name: str = name, **details: Any) -> None:
            assert sender is Account
            calls.append((_name, {"email": account.email, **details}))

        receivers[name] = receive
        getattr(signals, name).connect(receive)
    yield calls
    for name, receive in receivers.items():
        getattr(signals, name).disconnect(receive)


def follow(api: Api, ticket: str, **query: str) -> dict[str, str]:
    return api.get("/verify", query={"ticket": ticket, "redirectTo": CLIENT, **query}).query


def test_sign_up_with_a_session_tells_both(api: Api, heard: Heard) -> None:
    api.sign_up()
    by_password = {"email": ANN, "method": "email-password"}
    assert heard == [("signed_up", by_password), ("signed_in", by_password)]


def test_sign_up_without_a_session_tells_the_account_alone(api: Api, heard: Heard, settings: Any) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    api.sign_up()
    assert heard == [("signed_up", {"email": ANN, "method": "email-password"})]


def test_password_tells_a_sign_in(api: Api, heard: Heard) -> None:
    api.sign_up()
    heard.clear()
    api.sign_in()
    assert heard == [("signed_in", {"email": ANN, "method": "email-password"})]


def test_guest_is_told(api: Api, heard: Heard) -> None:
    api.anonymous()
    as_guest = {"email": None, "method": "anonymous"}
    assert heard == [("signed_up", as_guest), ("signed_in", as_guest)]


def test_code_tells_the_account_then_the_proof_and_the_sign_in(api: Api, heard: Heard, inbox: Inbox) -> None:
    by_code = {"email": ANN, "method": "otp-email"}
    api.post("/signin/otp/email", {"email": ANN})
    assert heard == [("signed_up", by_code)]
    heard.clear()
    api.post("/signin/otp/email/verify", {"email": ANN, "otp": inbox.last().ticket})
    assert heard == [("email_verified", {"email": ANN}), ("signed_in", by_code)]


def test_link_tells_the_proof_once_and_the_sign_in(api: Api, heard: Heard) -> None:
    found = account(api.sign_up())
    for expected in (["email_verified", "signed_in"], ["signed_in"]):
        ticket = Ticket.objects.issue(found, Ticket.Kind.VERIFY_EMAIL)
        heard.clear()
        assert follow(api, ticket)["type"] == "verifyEmail"
        assert [name for name, _ in heard] == expected
    assert heard == [("signed_in", {"email": ANN, "method": "verifyEmail"})]


def test_exchange_of_a_code_tells_the_sign_in_not_the_link_before_it(api: Api, heard: Heard) -> None:
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    ticket = Ticket.objects.issue(account(api.sign_up()), Ticket.Kind.PASSWORD_RESET)
    heard.clear()
    code = follow(api, ticket, codeChallenge=challenge)["code"]
    assert heard == []
    api.post("/token/exchange", {"code": code, "codeVerifier": verifier})
    assert heard == [("signed_in", {"email": ANN, "method": "pkce"})]


def test_change_of_address_tells_the_old_one(api: Api, heard: Heard) -> None:
    ticket = Ticket.objects.issue(account(api.sign_up()), Ticket.Kind.EMAIL_CONFIRM_CHANGE, {"newEmail": BOB})
    heard.clear()
    follow(api, ticket)
    assert heard[0] == ("email_changed", {"email": BOB, "old_email": ANN})
    assert [name for name, _ in heard] == ["email_changed", "signed_in"]


def test_new_password_is_told(api: Api, heard: Heard) -> None:
    token = api.sign_up().token
    heard.clear()
    assert api.post("/user/password", {"newPassword": "Another-horse-7"}, token=token).status == 200
    assert heard == [("password_changed", {"email": ANN})]


@pytest.mark.parametrize("method", ["email-password", "passwordless"])
def test_deanonymizing_is_told_with_its_method(api: Api, heard: Heard, method: str) -> None:
    guest = api.anonymous()
    heard.clear()
    body = {"signInMethod": method, "email": ANN, "password": PASSWORD}
    assert api.post("/user/deanonymize", body, token=guest.token).status == 200
    assert heard == [("deanonymized", {"email": ANN, "method": method})]


def test_sign_out_tells_whether_it_was_everywhere(api: Api, heard: Heard) -> None:
    session = api.sign_up()
    heard.clear()
    api.post("/signout", {"refreshToken": session.refresh_token})
    api.post("/signout", {"all": True}, token=session.token)
    assert heard == [
        ("signed_out", {"email": ANN, "everywhere": False}),
        ("signed_out", {"email": ANN, "everywhere": True}),
    ]


def test_sign_out_with_an_unknown_token_tells_nothing(api: Api, heard: Heard) -> None:
    assert api.post("/signout", {"refreshToken": "unknown"}).status == 200
    assert heard == []


def test_refresh_token_used_again_is_told_with_its_session(api: Api, heard: Heard) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = api.sign_up()
        body = {"refreshToken": session.refresh_token}
        heard.clear()
        api.post("/token", body)
        session_id = session.session["refreshTokenId"]
        assert heard == [("token_refreshed", {"email": ANN, "session_id": session_id})]
        heard.clear()
        clock.shift(11)
        assert api.post("/token", body).status == 401
    assert heard == [("refresh_token_reused", {"email": ANN, "session_id": session_id})]


@pytest.mark.parametrize(
    "refused",
    [
        lambda api: api.sign_up(),
        lambda api: api.sign_in(password="Wrong-horse-7"),
        lambda api: api.post("/signin/otp/email/verify", {"email": ANN, "otp": "000000"}),
        lambda api: api.get("/verify", query={"ticket": "verifyEmail:unknown", "redirectTo": CLIENT}),
        lambda api: api.post("/token", {"refreshToken": "00000000-0000-4000-8000-000000000000"}),
    ],
    ids=["sign-up", "password", "code", "link", "refresh"],
)
def test_what_is_refused_tells_nothing(api: Api, heard: Heard, refused: Callable[[Api], Any]) -> None:
    api.sign_up()
    heard.clear()
    refused(api)
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_receiver_sees_what_is_committed(api: Api) -> None:
    seen: list[tuple[bool, bool]] = []

    def look(account: Account, **_: Any) -> None:
        seen.append((connection.in_atomic_block, Account.objects.filter(pk=account.pk).exists()))

    signals.signed_up.connect(look)
    try:
        api.sign_up()
    finally:
        signals.signed_up.disconnect(look)
    assert seen == [(False, True)]


@pytest.fixture
def raising() -> Iterator[list[str]]:
    """Receivers of every signal that raise, and the names of those that did."""
    raised: list[str] = []
    receivers = {}
    for name in NAMES:

        def receive(_name: str = name, **_: Any) -> None:
            raised.append(_name)
            raise RuntimeError("a receiver of the host failed")

        receivers[name] = receive
        getattr(signals, name).connect(receive)
    yield raised
    for name, receive in receivers.items():
        getattr(signals, name).disconnect(receive)


def test_receivers_that_raise_change_no_answer(api: Api, settings: Any, raising: list[str]) -> None:
    guest = api.anonymous()
    body = {"signInMethod": "email-password", "email": ANN, "password": PASSWORD}
    assert api.post("/user/deanonymize", body, token=guest.token).status == 200
    session = api.sign_in()
    assert session.status == 200
    for kind, data in ((Ticket.Kind.VERIFY_EMAIL, {}), (Ticket.Kind.EMAIL_CONFIRM_CHANGE, {"newEmail": BOB})):
        assert "refreshToken" in follow(api, Ticket.objects.issue(account(session), kind, data))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = {"refreshToken": session.refresh_token}
        assert api.post("/token", first).status == 200
        clock.shift(11)
        assert api.post("/token", first).outcome == (401, "invalid-refresh-token")
    assert api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=session.token).status == 200
    settings.AUTH_MFA_ENABLED = settings.AUTH_SMS_PASSWORDLESS_ENABLED = True
    secret = enrol(api, session)
    proof = api.post("/elevate/totp", {"otp": code_of(secret)}, token=session.token)
    (code, *_) = api.post("/mfa/recovery-codes", token=proof.token).json["recoveryCodes"]
    assert api.post("/elevate/totp", {"otp": code}, token=session.token).status == 200
    enable(settings)
    device = Authenticator()
    key_id = add_key(api, session.token, device).json["id"]
    device.credentials[0].counter = 7
    assert elevate(api, session.token, device).status == 200
    device.credentials[0].counter = 3
    assert elevate(api, session.token, device).status == 200
    assert api.call("DELETE", f"/user/webauthn/keys/{key_id}", token=session.token).status == 200
    settings.AUTH_SMS_PROVIDER = "memory"
    number = {"newPhoneNumber": "+12025550100"}
    assert api.post("/user/phone-number/change", number, token=session.token).status == 200
    otp = {"otp": sms.memory.outbox[-1].text[-7:-1]}
    assert api.post("/user/phone-number/change/verify", number | otp, token=session.token).status == 200
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = True
    shop = Application.registered(api)
    spent = shop.tokens(session.token)["refresh_token"]
    assert shop.refresh(spent).status == 200
    assert shop.refresh(spent).status == 400
    assert api.post("/user/password", {"newPassword": PASSWORD}, token=session.token).status == 200
    assert api.post("/signout", {"all": True}, token=session.token).status == 200
    assert sorted({*raising, *ELSEWHERE}) == NAMES
