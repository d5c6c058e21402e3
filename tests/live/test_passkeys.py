"""What the demo needs for its passkeys page; test_browser.py uses the page."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.live.demo import Demo, Start


def visit(demo: Demo, host: str) -> requests.Response:
    headers = {"Host": f"{host}:{demo.port}"}
    return requests.get(f"{demo.origin}/passkeys", headers=headers, allow_redirects=False, timeout=10)


def options(demo: Demo) -> Any:
    return requests.post(f"{demo.api}/signup/webauthn", json={"email": "ann@example.com"}, timeout=10).json()


def test_address_without_a_name_leads_to_localhost(demo: Demo) -> None:
    """Browsers refuse WebAuthn on an IP address."""
    reply = visit(demo, "127.0.0.1")
    assert (reply.status_code, reply.headers["Location"]) == (302, f"http://localhost:{demo.port}/passkeys")


@pytest.mark.parametrize("host", ["localhost", "app.example.com", "127.0.0.1.example.com"])
def test_other_hosts_are_left_alone(demo: Demo, host: str) -> None:
    assert visit(demo, host).status_code == 200


def test_page_runs_its_own_script_only(demo: Demo) -> None:
    reply = visit(demo, "localhost")
    assert reply.text.count("<script") == reply.text.count('<script type="module" src="/static/') == 1
    assert "script-src 'self';" in reply.headers["Content-Security-Policy"]
    assert 'href="/passkeys"' in requests.get(demo.origin, timeout=10).text


def test_demo_is_a_relying_party_of_its_own(demo: Demo) -> None:
    assert options(demo)["rp"]["id"] == "localhost"


def test_environment_may_name_another(start: Start) -> None:
    demo = start(AUTH_CLIENT_URL="https://app.example.com")
    assert options(demo)["rp"]["id"] == "app.example.com"


def test_environment_may_turn_it_off(start: Start) -> None:
    demo = start(AUTH_WEBAUTHN_ENABLED="false")
    assert options(demo)["error"] == "disabled-endpoint"
    assert visit(demo, "localhost").status_code == 404
    assert "/passkeys" not in requests.get(demo.origin, timeout=10).text


def test_second_factor_is_on_unless_the_environment_says_otherwise(demo: Demo, start: Start) -> None:
    body = {"ticket": "mfaTotp:unknown", "otp": "123456"}
    off = start(AUTH_TOTP_ENABLED="false")
    errors = [requests.post(f"{at.api}/signin/mfa/totp", json=body, timeout=10).json()["error"] for at in (demo, off)]
    assert errors == ["invalid-ticket", "disabled-endpoint"]
