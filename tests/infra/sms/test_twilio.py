"""Twilio's Messages API (configuration.md 5.7)."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from nhost_auth.infra import outbound, sms
from nhost_auth.infra.sms import twilio
from tests.infra.loopback import reply
from tests.infra.sms.gateway import NUMBER, REFUSALS, SHORT_TIMEOUT, TEXT, Gateway, garbage, nobody


@pytest.fixture(autouse=True)
def chosen(settings: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio, "BASE_URL", gateway.url)
    settings.AUTH_SMS_PROVIDER = "twilio"
    settings.AUTH_SMS_TWILIO_ACCOUNT_SID = "AC0123"
    settings.AUTH_SMS_TWILIO_AUTH_TOKEN = "hunter2é→"
    settings.AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID = "MG0123"


def test_message_is_a_form_under_the_accounts_credentials(gateway: Gateway) -> None:
    gateway.answers = [reply(201, b'{"sid":"SM1"}')]
    sms.send(NUMBER, "Votre code & é = 123456 +1")
    (posted,) = gateway.posted
    assert posted.path == "/2010-04-01/Accounts/AC0123/Messages.json"
    assert posted.headers["content-type"] == "application/x-www-form-urlencoded"
    assert posted.headers["authorization"] == "Basic " + b64encode("AC0123:hunter2é→".encode()).decode()
    fields = parse_qsl(posted.body.decode(), strict_parsing=True)
    assert fields == [("To", NUMBER), ("Body", "Votre code & é = 123456 +1"), ("From", "MG0123")]


def test_account_stays_one_part_of_the_path(settings: Any, gateway: Gateway) -> None:
    settings.AUTH_SMS_TWILIO_ACCOUNT_SID = "../x?y"
    sms.send(NUMBER, TEXT)
    assert gateway.posted[0].path == "/2010-04-01/Accounts/..%2Fx%3Fy/Messages.json"


def test_real_address_and_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert (twilio.BASE_URL, twilio.TIMEOUT_SECONDS) == ("https://api.twilio.com", 30)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_status_alone_decides_about_success(gateway: Gateway, status: int) -> None:
    gateway.answers = [reply(status, b"" if status == 204 else b"\xffno json")]
    sms.send(NUMBER, TEXT)


@pytest.mark.parametrize("status", REFUSALS)
def test_refusal_is_an_error_after_one_try(gateway: Gateway, failure: Callable[[], str], status: int) -> None:
    gateway.answers = [reply(status, TEXT.encode(), location="/elsewhere")]
    assert failure() == f"status {status}"
    assert len(gateway.asked) == 1


def test_silent_gateway_is_not_waited_for_and_not_asked_again(
    gateway: Gateway, failure: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "TIMEOUT_SECONDS", SHORT_TIMEOUT)
    gateway.answers = [gateway.silence]
    began = time.monotonic()
    assert failure() == "ReadTimeout"
    assert time.monotonic() - began < outbound.TIMEOUT_SECONDS / 2
    assert len(gateway.posted) == 1


def test_answer_that_is_no_http_is_an_error(gateway: Gateway, failure: Callable[[], str]) -> None:
    gateway.answers = [garbage]
    assert failure() == "ConnectionError"


def test_refused_connection_is_an_error(failure: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    with nobody() as url:
        monkeypatch.setattr(twilio, "BASE_URL", url)
        assert failure() == "ConnectionError"
