"""An application on loopback: it sends browsers to the demo, and keeps what they bring back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from tests.live.app_page import AppPage
from tests.live.application import PUBLIC, registered
from tests.live.demo import Demo

VERIFIER = "v" * 43
CHALLENGE = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
"""The SHA-256 of the verifier."""
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Shop</title><h1>Shop</h1>")

    def log_message(self, *_: Any) -> None:
        """Nothing: the answers are in the browser's address."""


@contextmanager
def shop_pages() -> Iterator[str]:
    """The address that people come back to."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/back"
    server.shutdown()
    thread.join()
    server.server_close()


class Shop:
    """A public client of the demo, called Shop."""

    def __init__(self, demo: Demo, back: str) -> None:
        self.demo, self.back = demo, back
        self.client_id, _ = registered(demo, *PUBLIC, "--redirect-uri", back)

    def address(self, scope: str = "openid email", **parameters: str) -> str:
        """Where it sends a browser."""
        asked = {"client_id": self.client_id, "redirect_uri": self.back, "response_type": "code", "state": "s-1"}
        asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256", "scope": scope, **parameters}
        return f"{self.demo.api}/oauth2/authorize?{urlencode(asked)}"

    def send(self, app: AppPage, **parameters: str) -> None:
        """Somebody presses "Sign in" at the application, and the page asks them something."""
        app.page.goto(self.address(**parameters), wait_until="commit")
        app.wait()

    def send_through(self, app: AppPage, **parameters: str) -> dict[str, str]:
        """As `send`, but they come back at once."""
        app.page.goto(self.address(**parameters), wait_until="commit")
        return self.answer(app)

    def answer(self, app: AppPage) -> dict[str, str]:
        """What a browser comes back with."""
        app.page.wait_for_url(f"{self.back}?*")
        told = dict(parse_qsl(urlsplit(app.page.url).query))
        assert (told.pop("state"), told.pop("iss")) == ("s-1", self._issuer)
        return told

    def tokens(self, **parameters: str) -> Any:
        """The answer of the token endpoint."""
        body = {"client_id": self.client_id, **parameters}
        return requests.post(f"{self.demo.api}/oauth2/token", data=body, timeout=10).json()

    def exchange(self, code: str) -> Any:
        given = {"code": code, "code_verifier": VERIFIER, "redirect_uri": self.back}
        return self.tokens(grant_type="authorization_code", **given)

    def begin_device(self, scope: str = "openid email") -> Any:
        body = {"client_id": self.client_id, "scope": scope}
        return requests.post(f"{self.demo.api}/oauth2/device_authorization", data=body, timeout=10).json()

    def poll(self, device: Any) -> Any:
        return self.tokens(grant_type=DEVICE_GRANT, device_code=device["device_code"])

    @property
    def _issuer(self) -> str:
        found = requests.get(f"{self.demo.api}/.well-known/openid-configuration", timeout=10).json()
        return str(found["issuer"])
