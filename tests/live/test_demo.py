"""`python manage.py demo`: one command from a checkout to a running server."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.conftest import PASSWORD
from tests.live.demo import Demo, Start

ANN = {"email": "ann@example.com", "password": PASSWORD}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Started by the command, on nothing."""
    with Demo(tmp_path_factory.mktemp("demo")).start() as running:
        yield running
        assert running.stop() == 0, running.printed
    assert "Traceback" not in running.printed, running.printed


def post(demo: Demo, path: str, body: dict[str, Any]) -> requests.Response:
    return requests.post(demo.api + path, json=body, timeout=10)


def test_health_is_told_at_the_root_too(demo: Demo) -> None:
    assert requests.get(f"{demo.origin}/healthz", timeout=10).json() == {"status": "ok"}
    assert requests.head(f"{demo.origin}/healthz", timeout=10).status_code == 200


def test_start_page_and_printed_addresses_lead_somewhere(demo: Demo) -> None:
    addresses = re.findall(rf"{demo.origin}\S*", demo.printed)
    assert {urlsplit(address).path for address in addresses} >= {"/", "/v1", "/inbox", "/docs/", "/admin/"}
    page = requests.get(demo.origin, timeout=10).text
    assert demo.api in page
    assert '<a href="/docs/">' in page
    assert len(requests.get(f"{demo.origin}/docs/openapi.json", timeout=10).json()["paths"]) == 77
    assert requests.get(f"{demo.origin}/static/example_project/page.css", timeout=10).status_code == 200


def test_inbox_shows_a_mail_with_its_code(demo: Demo) -> None:
    post(demo, "/signin/otp/email", {"email": "inbox@example.com"})
    page = requests.get(f"{demo.origin}/inbox", timeout=10).text
    code = re.findall(r"your code is (\d{6})", page.partition("inbox@example.com")[2])[0]
    reply = post(demo, "/signin/otp/email/verify", {"email": "inbox@example.com", "otp": code})
    assert reply.json()["session"]["user"]["email"] == "inbox@example.com"


def test_inbox_shows_an_sms_with_its_code(start: Start) -> None:
    demo = start(AUTH_SMS_PASSWORDLESS_ENABLED="true")
    number = {"phoneNumber": "+12025550100"}
    assert post(demo, "/signin/passwordless/sms", number).json() == "OK"
    (code,) = re.findall(r"Your code is (\d{6})", requests.get(f"{demo.origin}/inbox", timeout=10).text)
    session = post(demo, "/signin/passwordless/sms/otp", {**number, "otp": code}).json()["session"]
    assert session["user"]["phoneNumberVerified"] is True


def test_admin_login_that_was_printed_works(demo: Demo) -> None:
    (password,) = re.findall(r"Admin login +admin with the password (\S+)", demo.printed)
    with requests.Session() as browser:
        url = f"{demo.origin}/admin/login/?next=/admin/"
        form = {"username": "admin", "password": password}
        browser.get(url, timeout=10)
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        page = browser.post(url, data=form, headers={"Referer": url}, timeout=10)
    assert "Site administration" in page.text


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_ends_cleanly_and_starts_again_with_the_same_keys(tmp_path: Path, sign: signal.Signals) -> None:
    with Demo(tmp_path, AUTH_DISABLE_SIGNUP="true").start() as demo:
        keys = requests.get(f"{demo.api}/.well-known/jwks.json", timeout=10).json()
        assert post(demo, "/signup/email-password", ANN).json()["error"] == "signup-disabled"
        assert demo.stop(sign) == 0, demo.printed
        demo.start()
        assert requests.get(f"{demo.api}/.well-known/jwks.json", timeout=10).json() == keys
        assert "password" not in demo.printed, "an admin login that exists is left alone"
        assert demo.stop() == 0, demo.printed


def test_mailed_link_leads_back_to_this_server(tmp_path: Path) -> None:
    with Demo(tmp_path, AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED="true").start() as demo:
        assert post(demo, "/signup/email-password", ANN).json() == {"session": None}
        (link,) = re.findall(r'href="([^"]*ticket=[^"]*)"', requests.get(f"{demo.origin}/inbox", timeout=10).text)
        reply = requests.get(link.replace("&amp;", "&"), allow_redirects=False, timeout=10)
        target = urlsplit(reply.headers["Location"])
        assert f"{target.scheme}://{target.netloc}" == demo.origin
        refresh_token = parse_qs(target.query)["refreshToken"][0]
        assert post(demo, "/token", {"refreshToken": refresh_token}).json()["user"]["emailVerified"] is True


@pytest.mark.parametrize(("text", "debug"), [("false", "false"), ("true", "true")])
def test_log_is_json_or_text_and_holds_no_secret(start: Start, text: str, debug: str) -> None:
    demo = start(AUTH_LOG_FORMAT_TEXT=text, AUTH_DEBUG=debug)
    session = post(demo, "/signup/email-password", ANN).json()["session"]
    secret = session["refreshToken"]
    requests.get(f"{demo.api}/verify?ticket=verifyEmail:{secret}", timeout=10, headers={"X-Request-Id": "r-1"})
    assert demo.stop() == 0, demo.printed
    (line,) = [line for line in demo.printed.splitlines() if "/v1/verify" in line]
    assert not any(found in demo.printed for found in (secret, session["accessToken"], PASSWORD))
    if text == "true":
        assert "INFO nhost_auth.calls: call completed trace_id=r-1" in line
        assert "url=/v1/verify?ticket=********" in line
    else:
        assert json.loads(line)["request"]["url"] == "/v1/verify?ticket=********"
