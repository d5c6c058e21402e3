"""The bot check before everything else: which paths it guards and how it answers (configuration.md 6.1, 6.5)."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from nhost_auth.http.url_map import rows
from nhost_auth.models import Account
from tests.conftest import PASSWORD, Api
from tests.infra.loopback import reply
from tests.infra.sms.gateway import Gateway, nobody

SECRET, RESPONSE = "hunter2", "0.response"
MISSING = {"error": "missing x-cf-turnstile-response header"}
REFUSED = {"error": "failed to pass turnstile: []"}
UNREACHABLE = {"error": "internal server error when attempting to pass turnstile"}
HUMAN, ROBOT = b'{"success": true}', b'{"success": false, "error-codes": ["invalid-input-response"]}'
HEADER = {"X-Cf-Turnstile-Response": RESPONSE}
ANN = {"email": "ann@example.com", "password": PASSWORD}
SIGN_UP = "/signup/email-password"


@pytest.fixture(autouse=True)
def cloudflare(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Gateway() as found:
        settings.AUTH_TURNSTILE_URL = f"{found.url}/siteverify"
        settings.AUTH_TURNSTILE_SECRET = SECRET
        found.answers = [reply(200, HUMAN)]
        yield found


def is_guarded(path: str) -> bool:
    """The rules of the specification, over a path."""
    if path.endswith(("/verify", "/callback")) or path == "/signin/passwordless/sms/otp":
        return False
    if path.startswith(("/signin/provider/", "/signup/provider/")):
        return False
    return path.startswith(("/signup/", "/signin/passwordless/", "/signin/otp/")) or path == "/user/password/reset"


def operations() -> list[tuple[str, str]]:
    somebody = "00000000-0000-4000-8000-000000000000"
    found = rows(get_resolver("nhost_auth.urls").url_patterns)
    return [
        (row.method.upper(), re.sub(r"\{\w+_id\}", somebody, row.path).replace("{provider}", "github")) for row in found
    ]


GUARDED = [path for _, path in operations() if is_guarded(path)]


def test_the_specification_names_ten_paths_of_ours() -> None:
    assert len(GUARDED) == 10


@pytest.mark.parametrize(("method", "path"), operations())
def test_paths_of_the_specification_are_guarded_and_no_others(api: Api, method: str, path: str) -> None:
    reply = api.call(method, path)
    assert ((reply.status, reply.json) == (403, MISSING)) is is_guarded(path)


@pytest.mark.parametrize("path", GUARDED)
def test_check_wins_over_every_fault_of_the_request(api: Api, settings: Any, path: str) -> None:
    settings.AUTH_DISABLE_SIGNUP = True
    for content_type, content in (("text/plain", b"{"), ("application/json", b'{"x": 1}')):
        assert api.post(path, content=content, content_type=content_type).json == MISSING
        assert api.post(path, content=content, content_type=content_type, headers=HEADER).status == 400


@pytest.mark.parametrize("path", GUARDED)
def test_off_without_a_secret(api: Api, settings: Any, cloudflare: Gateway, path: str) -> None:
    settings.AUTH_TURNSTILE_SECRET = ""
    assert api.post(path, content=b"{", headers=HEADER).outcome == (400, "request-validation-error")
    assert cloudflare.posted == []


def test_human_gets_in(api: Api, cloudflare: Gateway) -> None:
    assert api.post(SIGN_UP, ANN, headers=HEADER).status == 200
    assert json.loads(cloudflare.posted[0].body) == {"secret": SECRET, "response": RESPONSE}
    assert api.sign_in().status == 200  # which is not guarded
    assert len(cloudflare.posted) == 1


@pytest.mark.parametrize("conceal", [True, False])
def test_robot_is_kept_out(api: Api, settings: Any, cloudflare: Gateway, conceal: bool) -> None:
    settings.AUTH_CONCEAL_ERRORS = conceal
    cloudflare.answers = [reply(200, ROBOT)]
    answer = api.post(SIGN_UP, ANN, headers=HEADER)
    assert (answer.status, answer.json) == (403, REFUSED)
    assert not Account.objects.exists()


def test_messages_of_turnstile_are_joined_by_blanks(api: Api, cloudflare: Gateway) -> None:
    cloudflare.answers = [reply(200, b'{"success": false, "messages": ["too old", "used"]}')]
    assert api.post(SIGN_UP, ANN, headers=HEADER).json == {"error": "failed to pass turnstile: [too old used]"}


def test_empty_header_is_a_missing_one(api: Api, cloudflare: Gateway) -> None:
    assert api.post(SIGN_UP, ANN, headers={"X-Cf-Turnstile-Response": ""}).json == MISSING
    assert cloudflare.posted == []


def test_nobody_gets_in_while_turnstile_is_away(api: Api, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with nobody() as settings.AUTH_TURNSTILE_URL:
        answer = api.post(SIGN_UP, ANN, headers=HEADER)
    assert (answer.status, answer.json) == (500, UNREACHABLE)
    assert not Account.objects.exists()
    assert "Turnstile cannot be asked" in caplog.text
    assert not any(secret in caplog.text for secret in (SECRET, RESPONSE, PASSWORD))


def test_preflight_is_not_guarded_and_refusals_can_be_read_by_pages(api: Api) -> None:
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Headers": "x-cf-turnstile-response"}
    assert api.call("OPTIONS", SIGN_UP, headers=headers).headers["Access-Control-Allow-Headers"] in headers.values()
    assert api.post(SIGN_UP, ANN, headers=headers).headers["Access-Control-Allow-Origin"] == headers["Origin"]


def test_map_shows_what_is_guarded() -> None:
    out = io.StringIO()
    call_command("auth_map", "--json", stdout=out)
    assert {row["path"] for row in json.loads(out.getvalue()) if row["guard"] == "turnstile, anyone"} == set(GUARDED)
