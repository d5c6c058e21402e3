"""docs/how-to/sign-in-with-our-app.md: the code on the page works, against the demo server."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
import requests
from django.test import RequestFactory

from tests.live.application import registered, signed_up
from tests.live.demo import Demo

PAGE = (Path(__file__).parents[2] / "docs/how-to/sign-in-with-our-app.md").read_text()
BACK = "http://127.0.0.1:8000/back"
SECRETS = ["--redirect-uri", BACK]
IMPORT = re.compile(r"^import (.+?) from '([\w@/-]+)'$", re.MULTILINE)
BROWSER = """
import { createRequire } from 'node:module'
const require = createRequire(process.env.SDK)
const elements = {}
globalThis.document = { querySelector: (id) => (elements[id] ??= { hidden: true }) }
const stored = { nhostSession: process.env.SESSION }
globalThis.window = globalThis
globalThis.localStorage = {
  getItem: (name) => stored[name] || null,
  setItem: (name, value) => { stored[name] = value },
  removeItem: (name) => { delete stored[name] }
}
globalThis.location = {
  pathname: '/oauth2/login',
  search: process.env.SEARCH,
  assign: (url) => console.log(JSON.stringify({ url }))
}
"""
"""As much of one as the page needs."""
CLICK = """
console.log(JSON.stringify({ elements }))
if (process.env.CLICK) await elements[process.env.CLICK].onclick()
"""


def code_of(language: str, holding: str) -> str:
    """The one block of the page that has these words."""
    (found,) = [block for block in re.findall(rf"(?ms)^```{language}\n(.*?)^```$", PAGE) if holding in block]
    return str(found)


def at(demo: Demo, code: str) -> str:
    return code.replace("http://127.0.0.1:4000", demo.origin)


def node(script: str, directory: Path, sdk: Path, **environment: str) -> list[dict[str, Any]]:
    """The lines of JSON that a module prints."""
    required = IMPORT.sub(r"const \1 = require('\2')", script).replace("* as client", "client")
    file = directory / "script.mjs"
    file.write_text(required)
    done = subprocess.run(
        ["node", "--disable-warning=ExperimentalWarning", str(file)],
        env={"PATH": os.environ["PATH"], "SDK": str(sdk / "package.json"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class Consent:
    """The page that asks, in the browser of somebody whom an application has sent there."""

    def __init__(self, demo: Demo, directory: Path, sdk: Path) -> None:
        self.demo, self.directory, self.sdk = demo, directory, sdk
        self.client_id, self.secret = registered(demo, *SECRETS)
        self.user = signed_up(demo)

    def search(self, **changes: str) -> str:
        asked = {"client_id": self.client_id, "redirect_uri": BACK, "response_type": "code", "state": "s1"} | changes
        reply = requests.get(f"{self.demo.api}/oauth2/authorize", asked, allow_redirects=False, timeout=10)
        return "?" + urlsplit(reply.headers["Location"]).query

    def visit(self, *, click: str = "", signed_in: bool = True, **changes: str) -> list[dict[str, Any]]:
        script = BROWSER + at(self.demo, code_of("js", "oauth2LoginPost")) + CLICK
        session = json.dumps(self.user) if signed_in else ""
        environment = {"SESSION": session, "SEARCH": self.search(**changes), "CLICK": click}
        return node(script, self.directory, self.sdk, **environment)

    def answer(self, **visit: Any) -> dict[str, str]:
        """What comes back to the application."""
        (url,) = [line["url"] for line in self.visit(**visit) if "url" in line]
        assert url.startswith(BACK), url
        return dict(parse_qsl(urlsplit(url).query))


@pytest.fixture
def consent(demo: Demo, tmp_path: Path, sdk: Path) -> Consent:
    return Consent(demo, tmp_path, sdk)


def test_page_shows_who_asks_and_a_click_lets_in_or_refuses(consent: Consent) -> None:
    (shown,) = [line["elements"] for line in consent.visit() if "elements" in line]
    assert (shown["#name"]["textContent"], shown["#host"]["textContent"]) == ("Shop", "127.0.0.1:8000")
    assert (shown["#scopes"]["textContent"], shown["#ask"]["hidden"]) == ("openid", False)
    assert consent.answer(click="#no")["error"] == "access_denied"
    assert consent.answer(click="#yes").keys() == {"code", "iss", "state"}


def test_page_asks_nobody_twice_and_nobody_at_all_under_prompt_none(consent: Consent) -> None:
    assert consent.answer(prompt="none")["error"] == "consent_required"
    assert consent.answer(prompt="none", signed_in=False)["error"] == "login_required"
    assert "code" in consent.answer(click="#yes")
    assert "code" in consent.answer(prompt="none")
    assert "code" in consent.answer()


ANEW = re.compile(r"/sign-in\?next=%2Foauth2%2Flogin%3F.*request_id%3D")


def test_page_has_people_sign_in_who_are_not_or_have_to_anew(consent: Consent) -> None:
    assert "code" in consent.answer(click="#yes")
    (url,) = [line["url"] for line in consent.visit(signed_in=False) if "url" in line]
    assert ANEW.match(url)
    # Who has signed in within the very second of the request has signed in for it: not so at the next visits.
    visits = (line for _ in range(20) for line in consent.visit(prompt="login"))
    assert any(ANEW.match(line["url"]) for line in visits if "url" in line)


def agreed(demo: Demo, url: str, token: str) -> str:
    """Where the browser comes back to once the bearer of `token` has agreed to what `url` asks for."""
    page = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
    body = {"requestId": dict(parse_qsl(urlsplit(page).query))["request_id"]}
    headers = {"Authorization": f"Bearer {token}"}
    return str(requests.post(f"{demo.api}/oauth2/login", json=body, headers=headers, timeout=10).json()["redirectUri"])


def test_authlib(demo: Demo) -> None:
    client_id, secret = registered(demo, *SECRETS)
    ann, browser = signed_up(demo), dict[str, Any]()
    views: dict[str, Any] = {}
    exec(at(demo, code_of("python", "authlib")).replace("nhoa_…", client_id).replace('"…"', repr(secret)), views)

    def visit(path: str) -> Any:
        request = RequestFactory().get(path)
        request.session = browser  # type: ignore[assignment]
        return request

    back = agreed(demo, views["login"](visit("/login"))["Location"], ann["accessToken"])
    identity = json.loads(views["back"](visit(f"/back?{urlsplit(back).query}")).content)
    assert (identity["sub"], identity["email"]) == (ann["user"]["id"], ann["user"]["email"])


def test_openid_client(demo: Demo, sdk: Path, tmp_path: Path) -> None:
    client_id, secret = registered(demo, *SECRETS)
    ann = signed_up(demo)
    example = at(demo, code_of("js", "openid-client")).replace("nhoa_…", client_id).replace("'…'", f"'{secret}'")
    browser = """
import { createRequire } from 'node:module'
const require = createRequire(process.env.SDK)
"""
    visit = """
const session = {}
const page = (await fetch(await login(session), { redirect: 'manual' })).headers.get('Location')
const requestId = new URL(page).searchParams.get('request_id')
const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.TOKEN}` }
const body = JSON.stringify({ requestId })
const answer = await fetch(`${process.env.API}/oauth2/login`, { method: 'POST', headers, body })
console.log(JSON.stringify(await back(session, new URL((await answer.json()).redirectUri))))
"""
    (claims,) = node(browser + example + visit, tmp_path, sdk, TOKEN=ann["accessToken"], API=demo.api)
    assert (claims["sub"], claims["email"]) == (ann["user"]["id"], ann["user"]["email"])


def test_tokens_at_an_api_of_ones_own(demo: Demo) -> None:
    client_id, secret = registered(demo, *SECRETS)
    ann = signed_up(demo)
    query = f"client_id={client_id}&redirect_uri={BACK}&response_type=code&scope=openid%20email"
    back = agreed(demo, f"{demo.api}/oauth2/authorize?{query}", ann["accessToken"])
    form = {"grant_type": "authorization_code", "code": dict(parse_qsl(urlsplit(back).query))["code"]}
    tokens = requests.post(
        f"{demo.api}/oauth2/token", {**form, "redirect_uri": BACK}, auth=(client_id, secret), timeout=10
    ).json()
    page: dict[str, Any] = {}
    exec(at(demo, code_of("python", "PyJWKClient")), page)
    claims: Callable[..., dict[str, Any]] = page["claims"]
    assert claims(tokens["access_token"], "email", [client_id])["sub"] == ann["user"]["id"]
    for token, scope, clients in (
        (tokens["access_token"], "phone", [client_id]),
        (tokens["access_token"], "email", ["nhoa_other"]),
        (tokens["id_token"], "email", [client_id]),
        (ann["accessToken"], "email", [client_id]),
    ):
        with pytest.raises(jwt.InvalidTokenError):
            claims(token, scope, clients)
