"""The demo's social provider, asked by others than its client."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests

from tests.live.demo import Demo

PAGE_CLIENT = "nhost-auth-demo-page"
TOKEN = {"grant_type": "authorization_code", "client_id": "nhost-auth-demo"}


def asked(demo: Demo) -> str:
    """The page's address, as the API sends browsers there."""
    url = f"{demo.api}/signin/provider/c:demo-provider"
    return requests.get(url, allow_redirects=False, timeout=10).headers["Location"]


def answer(demo: Demo, **form: str) -> dict[str, list[str]]:
    """What the provider sends somebody back with."""
    return parse_qs(urlsplit(sign_in(asked(demo), **form).headers["Location"]).query)


def sign_in(page: str, **form: str) -> requests.Response:
    """What the provider answers to the form of its page."""
    with requests.Session() as browser:
        browser.get(page, timeout=10)
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        return browser.post(page, data=form, headers={"Referer": page}, allow_redirects=False, timeout=10)


@pytest.mark.parametrize(
    ("ours", "others"),
    [("redirect_uri=http%3A%2F%2F127.0.0.1", "redirect_uri=http%3A%2F%2F127.0.0.2"), ("nhost-auth-demo", "other")],
)
def test_nobody_is_sent_to_another_client(demo: Demo, ours: str, others: str) -> None:
    page = asked(demo)
    assert requests.get(page, timeout=10).status_code == 200
    assert ours in page
    assert requests.get(page.replace(ours, others), timeout=10).status_code == 404


def test_form_of_another_site_is_refused(demo: Demo) -> None:
    assert requests.post(asked(demo), data={"email": "ann@example.com"}, timeout=10).status_code == 403


def test_code_is_for_its_client_alone(demo: Demo) -> None:
    (code,) = answer(demo, email="ann@example.com")["code"]
    body = {**TOKEN, "code": code, "client_secret": "guessed"}
    reply = requests.post(f"{demo.origin}/provider/token", data=body, timeout=10)
    assert (reply.status_code, reply.json()) == (401, {"error": "invalid_client"})


def test_code_is_no_access_token(demo: Demo) -> None:
    (code,) = answer(demo, email="ann@example.com")["code"]
    reply = requests.get(f"{demo.origin}/provider/me", headers={"Authorization": f"Bearer {code}"}, timeout=10)
    assert (reply.status_code, reply.json()) == (401, {"error": "invalid_token"})


def test_page_gets_its_id_token_at_its_own_address_alone(demo: Demo) -> None:
    page = f"http://localhost:{demo.port}/app"
    query = {"response_type": "id_token", "client_id": PAGE_CLIENT, "nonce": "n", "state": "s"}
    reply = sign_in(f"{demo.origin}/provider?{urlencode({**query, 'redirect_uri': page})}", email="ann@example.com")
    target = urlsplit(reply.headers["Location"])
    answer = parse_qs(target.fragment)
    claims = jwt.decode(answer["id_token"][0], options={"verify_signature": False})
    assert (target.path, target.query, answer["state"]) == ("/app", "", ["s"])
    assert (claims["aud"], claims["nonce"], claims["email"]) == (PAGE_CLIENT, "n", "ann@example.com")
    for other in ("http://localhost:1/app", f"{page}/x", f"{demo.api}/signin/provider/c:demo-provider/callback"):
        url = f"{demo.origin}/provider?{urlencode({**query, 'redirect_uri': other})}"
        assert requests.get(url, timeout=10).status_code == 404


def test_refresh_token_is_for_its_client_alone(demo: Demo) -> None:
    (code,) = answer(demo, email="ann@example.com")["code"]
    body = {"grant_type": "refresh_token", "refresh_token": code, "client_secret": "guessed"}
    reply = requests.post(f"{demo.origin}/provider/token", data=body, timeout=10)
    assert (reply.status_code, reply.json()) == (401, {"error": "invalid_client"})


def test_discovered_keys_are_public_halves(demo: Demo) -> None:
    found = requests.get(f"{demo.origin}/provider/.well-known/openid-configuration", timeout=10).json()
    (key,) = requests.get(found["jwks_uri"], timeout=10).json()["keys"]
    assert (found["issuer"], key["kty"], "d" in key) == (f"{demo.origin}/provider", "OKP", False)


def test_who_declines_is_sent_back_without_a_code(demo: Demo) -> None:
    told = answer(demo, email="ann@example.com", decline="yes")
    assert (told["error"], "code" in told) == (["access_denied"], False)
