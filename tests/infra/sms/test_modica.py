"""Modica's REST gateway (configuration.md 5.7)."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from nhost_auth.infra import outbound, sms
from nhost_auth.infra.sms import modica
from tests.infra.loopback import reply
from tests.infra.sms.gateway import NUMBER, REFUSALS, SHORT_TIMEOUT, TEXT, Gateway, garbage, nobody


@pytest.fixture(autouse=True)
def chosen(settings: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modica, "BASE_URL", gateway.url)
    settings.AUTH_SMS_PROVIDER = "modica"
    settings.AUTH_SMS_MODICA_USERNAME = "ann"
    settings.AUTH_SMS_MODICA_PASSWORD = "hunter2é→"


def test_message_is_json_under_the_users_credentials(gateway: Gateway) -> None:
    gateway.answers = [reply(202, b"[1]")]
    sms.send(NUMBER, 'Votre "code" é 123456')
    (posted,) = gateway.posted
    assert posted.path == "/rest/sms/v2/messages"
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["authorization"] == "Basic " + b64encode("ann:hunter2é→".encode()).decode()
    assert json.loads(posted.body) == {"destination": NUMBER, "content": 'Votre "code" é 123456'}


def test_real_address_and_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert (modica.BASE_URL, modica.TIMEOUT_SECONDS) == ("https://api.modicagroup.com", 30)


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
    monkeypatch.setattr(modica, "TIMEOUT_SECONDS", SHORT_TIMEOUT)
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
        monkeypatch.setattr(modica, "BASE_URL", url)
        assert failure() == "ConnectionError"
