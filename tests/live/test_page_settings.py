"""What the environment makes of the page /app, and what the page makes of the environment."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from example_project.provider_names import NAMES
from nhost_auth.infra.providers import PROVIDERS, setting_part
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.demo import Demo, Start

WAYS = {
    "AUTH_ANONYMOUS_USERS_ENABLED": ["As a guest"],
    "AUTH_EMAIL_PASSWORDLESS_ENABLED": ["Magic link", "Stay, by a magic link"],
    "AUTH_MFA_ENABLED": ["Second factor"],
    "AUTH_OTP_EMAIL_ENABLED": ["Code by e-mail"],
    "AUTH_SMS_PASSWORDLESS_ENABLED": ["Code by SMS", "Stay, by SMS", "Phone number"],
    "AUTH_WEBAUTHN_ENABLED": ["Passkey", "Passkeys"],
}
"""The switches, and what they switch off."""


def visit(demo: Demo, host: str) -> requests.Response:
    headers = {"Host": f"{host}:{demo.port}"}
    return requests.get(f"{demo.origin}/app?type=x", headers=headers, allow_redirects=False, timeout=10)


def passkey_options(demo: Demo) -> Any:
    return requests.post(f"{demo.api}/signup/webauthn", json={"email": "ann@example.com"}, timeout=10).json()


@pytest.mark.parametrize("off", [sorted(WAYS)[0::2], sorted(WAYS)[1::2]], ids=["one-half", "other-half"])
def test_ways_that_are_switched_off_are_left_out(start: Start, visit_app: VisitApp, off: list[str]) -> None:
    demo = start(**dict.fromkeys(off, "false"))
    app = visit_app(demo)
    app.sign_up("switches@example.com")
    app.expect_outcome("You are signed up.")
    for switch, titles in WAYS.items():
        for title in titles:
            heading = app.page.locator("h3", has_text=title).get_by_text(title, exact=True)
            expect(heading).to_have_count(0 if switch in off else 1)


def test_address_without_a_name_leads_to_localhost(demo: Demo) -> None:
    """Browsers refuse WebAuthn on an IP address."""
    reply = visit(demo, "127.0.0.1")
    assert (reply.status_code, reply.headers["Location"]) == (302, f"http://localhost:{demo.port}/app?type=x")


@pytest.mark.parametrize("host", ["localhost", "app.example.com", "127.0.0.1.example.com"])
def test_other_hosts_are_left_alone(demo: Demo, host: str) -> None:
    assert visit(demo, host).status_code == 200


def test_demo_is_a_relying_party_of_its_own(demo: Demo) -> None:
    assert passkey_options(demo)["rp"]["id"] == "localhost"


def test_environment_may_name_another(start: Start) -> None:
    demo = start(AUTH_CLIENT_URL="https://app.example.com")
    assert passkey_options(demo)["rp"]["id"] == "app.example.com"
    assert requests.get(f"{demo.origin}/provider", timeout=10).status_code == 404
    page = requests.get(f"http://localhost:{demo.port}/app", timeout=10).text
    assert not any(part in page for part in ('id="social"', 'id="id-token"')), "they are of the demo's page alone"


def test_providers_that_are_switched_on_are_shown(start: Start) -> None:
    github, windows_live = (
        {f"AUTH_PROVIDER_{part}_{name}": "true" for name in ("ENABLED", "CLIENT_ID", "CLIENT_SECRET")}
        for part in ("GITHUB", "WINDOWS_LIVE")
    )
    demo = start(**github, **windows_live)
    page = requests.get(f"http://localhost:{demo.port}/app", timeout=10).text
    for slug, name in (("github", "GitHub"), ("windowslive", "Windows Live"), ("c:demo-provider", "Demo provider")):
        assert f'<button value="{slug}">Sign in with {name}</button>' in page
    assert page.count(">Sign up with ") == 3 + 1, "a passkey's button is beside them"


def test_every_provider_has_a_name_on_the_page() -> None:
    assert set(NAMES) == {setting_part(slug) for slug in PROVIDERS}
    assert {slug: slug for slug in PROVIDERS} == {
        slug: setting_part(slug).replace("_", "").lower() for slug in PROVIDERS
    }


def test_second_factor_is_on_unless_the_environment_says_otherwise(demo: Demo, start: Start) -> None:
    body = {"ticket": "mfaTotp:unknown", "otp": "123456"}
    off = start(AUTH_TOTP_ENABLED="false", AUTH_WEBAUTHN_ENABLED="false")
    errors = [requests.post(f"{at.api}/signin/mfa/totp", json=body, timeout=10).json()["error"] for at in (demo, off)]
    assert errors == ["invalid-ticket", "disabled-endpoint"]
    assert passkey_options(off)["error"] == "disabled-endpoint"
