"""What the environment makes of the page /app, and what the page makes of the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    "AUTH_OAUTH2_PROVIDER_ENABLED": ["Applications", "Code of the device", "Sign out here too?"],
    "AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED": ["Code of the device"],
    "AUTH_OAUTH2_PROVIDER_LOGOUT_ENABLED": ["Sign out here too?"],
    "AUTH_OTP_EMAIL_ENABLED": ["Code by e-mail"],
    "AUTH_SMS_PASSWORDLESS_ENABLED": ["Code by SMS", "Stay, by SMS", "Phone number"],
    "AUTH_WEBAUTHN_ENABLED": ["Passkey", "Passkeys"],
}
"""The switches, and what they switch off."""


OWN_CLIENT = {
    "AUTH_CLIENT_URL": "https://app.example.com",
    "AUTH_TOTP_ENABLED": "false",
    **{
        f"AUTH_PROVIDER_{part}_{name}": "true"
        for part in ("GITHUB", "WINDOWS_LIVE")
        for name in ("ENABLED", "CLIENT_ID", "CLIENT_SECRET")
    },
}


@pytest.fixture(scope="module")
def own_client(tmp_path_factory: pytest.TempPathFactory, demo: Demo) -> Iterator[Demo]:
    """A demo whose environment names a client of its own, two providers, and no second factor."""
    running = Demo(tmp_path_factory.mktemp("own-client"), **OWN_CLIENT).resume_from(demo)
    yield running
    assert running.stop() == 0, running.printed


def page_of(demo: Demo) -> str:
    return requests.get(f"http://localhost:{demo.port}/app", timeout=10).text


def visit(demo: Demo, host: str) -> requests.Response:
    headers = {"Host": f"{host}:{demo.port}"}
    return requests.get(f"{demo.origin}/app?type=x", headers=headers, allow_redirects=False, timeout=10)


def passkey_options(demo: Demo) -> Any:
    return requests.post(f"{demo.api}/signup/webauthn", json={"email": "ann@example.com"}, timeout=10).json()


@pytest.mark.parametrize("off", [sorted(WAYS)[0::2], sorted(WAYS)[1::2]], ids=["one-half", "other-half"])
def test_ways_that_are_switched_off_are_left_out(start_beside: Start, visit_app: VisitApp, off: list[str]) -> None:
    demo = start_beside(**dict.fromkeys(off, "false"))
    app = visit_app(demo)
    app.sign_up("switches@example.com")
    app.expect_outcome("You are signed up.")
    missing = {title for switch in off for title in WAYS[switch]}
    for title in {title for titles in WAYS.values() for title in titles}:
        heading = app.page.locator("h3", has_text=title).get_by_text(title, exact=True)
        expect(heading).to_have_count(0 if title in missing else 1)
    assert ("error" in passkey_options(demo)) is ("AUTH_WEBAUTHN_ENABLED" in off)


def test_address_without_a_name_leads_to_localhost(demo: Demo) -> None:
    """Browsers refuse WebAuthn on an IP address."""
    reply = visit(demo, "127.0.0.1")
    assert (reply.status_code, reply.headers["Location"]) == (302, f"http://localhost:{demo.port}/app?type=x")


@pytest.mark.parametrize("host", ["localhost", "app.example.com", "127.0.0.1.example.com"])
def test_other_hosts_are_left_alone(demo: Demo, host: str) -> None:
    assert visit(demo, host).status_code == 200


def test_demo_is_a_relying_party_of_its_own(demo: Demo) -> None:
    assert passkey_options(demo)["rp"]["id"] == "localhost"


def test_environment_may_name_another(own_client: Demo) -> None:
    assert passkey_options(own_client)["rp"]["id"] == "app.example.com"


def test_providers_that_are_switched_on_are_shown(demo: Demo, own_client: Demo) -> None:
    shown = [re.findall("<button value=.([a-z:-]+).>Sign in with ([^<]+)<", page_of(one)) for one in (demo, own_client)]
    assert shown == [[("c:demo-provider", "Demo provider")], [("github", "GitHub"), ("windowslive", "Windows Live")]]


def test_demos_provider_is_there_with_the_demos_page_alone(own_client: Demo) -> None:
    for path in ("", "/.well-known/openid-configuration", "/keys"):
        assert requests.get(f"{own_client.origin}/provider{path}", timeout=10).status_code == 404
    assert 'id="id-token"' not in page_of(own_client)


def test_every_provider_has_a_name_on_the_page() -> None:
    assert set(NAMES) == {setting_part(slug) for slug in PROVIDERS}
    assert {slug: slug for slug in PROVIDERS} == {
        slug: setting_part(slug).replace("_", "").lower() for slug in PROVIDERS
    }


def test_second_factor_is_on_unless_the_environment_says_otherwise(demo: Demo, own_client: Demo) -> None:
    body = {"ticket": "mfaTotp:unknown", "otp": "123456"}
    replies = [requests.post(f"{at.api}/signin/mfa/totp", json=body, timeout=10) for at in (demo, own_client)]
    assert [reply.json()["error"] for reply in replies] == ["invalid-ticket", "disabled-endpoint"]


def authorize(demo: Demo) -> tuple[int, str]:
    query = {"client_id": "nobody", "redirect_uri": "https://shop.example", "response_type": "code"}
    reply = requests.get(f"{demo.api}/oauth2/authorize", params=query, timeout=10)
    return reply.status_code, reply.json()["error_description"]


def test_demos_page_asks_for_applications(demo: Demo) -> None:
    assert authorize(demo) == (401, "Unknown client")
    assert 'id="consent"' in page_of(demo)


def test_no_application_signs_in_where_a_shared_secret_signs_or_the_page_is_another(
    start_beside: Start, own_client: Demo
) -> None:
    secret = '{"type": "HS256", "key": "a-shared-secret-of-thirty-two-bytes-and-more"}'
    for demo in (own_client, start_beside(HASURA_GRAPHQL_JWT_SECRET=secret)):
        assert authorize(demo) == (500, "OAuth2 provider is disabled")
        assert not re.search('id="(consent|device|logout|applications)"', page_of(demo))
