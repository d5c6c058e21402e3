"""What Turnstile is asked, and how its answer is read (configuration.md 6.5)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from nhost_auth.infra import captcha
from nhost_auth.infra.captcha import NotHuman, ensure_human
from nhost_auth.infra.outbound import OutboundError
from tests.infra.loopback import reply
from tests.infra.sms.gateway import SHORT_TIMEOUT, Gateway, garbage, nobody

SECRET, RESPONSE = "hunter2", 'a"}é\\n\U0001f512 &'
HUMAN = b'{"success": true, "error-codes": [], "hostname": "app.example.com"}'


@pytest.fixture(autouse=True)
def cloudflare(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings.AUTH_OUTBOUND_PRIVATE_HOSTS = []  # the URL is the project's own: it needs no leave to be private
    with Gateway() as found:
        settings.AUTH_TURNSTILE_URL = f"{found.url}/siteverify"
        settings.AUTH_TURNSTILE_SECRET = SECRET
        found.answers = [reply(200, HUMAN)]
        yield found


def test_secret_and_response_are_posted_as_json_and_nothing_else(cloudflare: Gateway) -> None:
    ensure_human(RESPONSE)
    (posted,) = cloudflare.posted
    assert (posted.path, posted.headers["content-type"]) == ("/siteverify", "application/json")
    assert json.loads(posted.body) == {"secret": SECRET, "response": RESPONSE}


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        (b'{"success": false, "error-codes": ["timeout-or-duplicate"]}', []),
        (b'{"success": false, "messages": ["too", 7, "old"]}', ["too", "old"]),
        (b'{"success": false, "messages": "too old", "error-codes": {}}', []),
        (b'{"success": "true"}', []),
        (b'{"success": 1}', []),
        (b"{}", []),
    ],
    ids=str,
)
def test_whatever_is_not_success_is_a_refusal(cloudflare: Gateway, body: bytes, messages: list[str]) -> None:
    cloudflare.answers = [reply(200, body)]
    with pytest.raises(NotHuman) as caught:
        ensure_human(RESPONSE)
    assert caught.value.messages == messages


@pytest.mark.parametrize("body", [b"", b"true", b"[]", b"<html>", b"[" * 100_000, b"x" * (1024 * 1024 + 1)])
def test_what_is_no_verdict_is_no_success(cloudflare: Gateway, body: bytes) -> None:
    cloudflare.answers = [reply(200, body)]
    with pytest.raises(OutboundError):
        ensure_human(RESPONSE)


@pytest.mark.parametrize("status", [301, 400, 403, 429, 500, 503])
def test_success_counts_with_status_200_alone(cloudflare: Gateway, status: int) -> None:
    cloudflare.answers = [reply(status, HUMAN, location=f"{cloudflare.url}/elsewhere")]
    with pytest.raises(OutboundError):
        ensure_human(RESPONSE)
    assert len(cloudflare.posted) == 1


def test_silence_is_not_waited_for(cloudflare: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captcha, "TIMEOUT_SECONDS", SHORT_TIMEOUT)
    cloudflare.answers = [cloudflare.silence]
    with pytest.raises(OutboundError):
        ensure_human(RESPONSE)


def test_nonsense_and_closed_doors_are_no_success(cloudflare: Gateway, settings: Any) -> None:
    cloudflare.answers = [garbage]
    with pytest.raises(OutboundError):
        ensure_human(RESPONSE)
    with nobody() as settings.AUTH_TURNSTILE_URL, pytest.raises(OutboundError):
        ensure_human(RESPONSE)


@pytest.mark.parametrize(("length", "asked"), [(2048, 1), (2049, 0), (60_000, 0)])
def test_longer_than_any_response_is_not_sent_on(cloudflare: Gateway, length: int, asked: int) -> None:
    cloudflare.answers = [reply(200, b'{"success": false}')]
    with pytest.raises(NotHuman):
        ensure_human("x" * length)
    assert len(cloudflare.posted) == asked


@pytest.mark.parametrize(
    ("code", "level"), [("invalid-input-secret", "ERROR"), ("timeout-or-duplicate", "INFO"), (f"{SECRET}\n", "INFO")]
)
def test_log_tells_a_wrong_secret_from_a_robot_and_quotes_none(
    cloudflare: Gateway, caplog: pytest.LogCaptureFixture, code: str, level: str
) -> None:
    caplog.set_level(logging.DEBUG)
    cloudflare.answers = [reply(200, json.dumps({"error-codes": [code]}).encode())]
    with pytest.raises(NotHuman):
        ensure_human(RESPONSE)
    (record,) = [record for record in caplog.records if record.name == "nhost_auth.captcha"]
    assert record.levelname == level
    assert (code in record.getMessage()) is (SECRET not in code)
    assert SECRET not in caplog.text
    assert RESPONSE not in caplog.text
