"""Chromium with virtual security keys, and the demo's passkeys page as somebody sees it.

Playwright's loop runs in the thread of the test: Django's ORM refuses to be used there meanwhile.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the extra `browser` has it")
expect = sync_api.expect
expect.set_options(timeout=20_000)  # milliseconds; as long only where something is wrong

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
# --no-sandbox: root, whom containers run as, gets no browser otherwise. The rules hold it to this machine.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def chromium() -> Iterator[Any]:
    """A running browser; no browser on this machine is a reason to skip."""
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(CHROMIUMS)} is on PATH")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class SecurityKeys:
    """The virtual authenticators of a browser page; each is touched by itself when asked."""

    def __init__(self, page: Any) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")

    def plug_in(self, **options: Any) -> str:
        answer = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEY, **options}})
        return str(answer["authenticatorId"])

    def leave_alone(self, key: str) -> None:
        """Nobody touches it any more."""
        arguments = {"authenticatorId": key, "enabled": False}
        self._devtools.send("WebAuthn.setAutomaticPresenceSimulation", arguments)

    def owners(self, key: str) -> list[tuple[str, str]]:
        """Site and user of each credential on it: the user's id as sent, for browsers read that as base64url."""
        found = self._devtools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
        return [(one["rpId"], one["userHandle"].replace("+", "-")) for one in found]


class PasskeysPage:
    """/passkeys of a demo server in a browser profile of its own. `script` runs before the page's."""

    def __init__(self, browser: Any, port: int, script: str = "") -> None:
        self.page = browser.new_context().new_page()
        self.page.add_init_script(script)
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.keys = SecurityKeys(self.page)
        self.open(port)

    def open(self, port: int) -> None:
        self.page.goto(f"http://localhost:{port}/passkeys")

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def session_after(self, path: str, button: str) -> Any:
        """The session that the API answers at `path` when a button is pressed; None where it has to wait."""
        with self.page.expect_response(re.compile(rf"/v1{path}$")) as answer:
            self.press(button)
        return answer.value.json()["session"]

    def enter_email(self, email: str) -> None:
        self.page.get_by_label("E-mail address").fill(email)

    def sign_up(self, email: str) -> Any:
        self.enter_email(email)
        return self.session_after("/signup/webauthn/verify", "Sign up with a passkey")

    def sign_in(self) -> Any:
        return self.session_after("/signin/webauthn/verify", "Sign in with a passkey")

    def elevate(self) -> Any:
        return self.session_after("/elevate/webauthn/verify", "Prove it is you")

    def add_key(self, nickname: str) -> None:
        self.page.get_by_label("Name of the new key").fill(nickname)
        self.press("Add another key")

    def expect_outcome(self, text: str) -> None:
        expect(self.page.get_by_role("status")).to_contain_text(text)
        expect(self.page.get_by_role("alert")).to_be_empty()

    def expect_error(self, text: str) -> None:
        expect(self.page.get_by_role("alert")).to_have_text(text)
        expect(self.page.get_by_role("status")).to_be_empty()

    def expect_signed_in(self, email: str) -> None:
        expect(self.page.get_by_role("heading", name="Signed in")).to_be_visible()
        expect(self.page.get_by_text(f"You are {email}")).to_be_visible()

    def expect_signed_out(self) -> None:
        expect(self.page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
        expect(self.page.get_by_role("heading", name="Signed in")).to_be_hidden()

    def expect_keys(self, *names: str) -> None:
        shown = self.page.get_by_role("list", name="Your keys").get_by_label("Name", exact=True)
        expect(shown).to_have_count(len(names))
        for place, name in enumerate(names):
            expect(shown.nth(place)).to_have_value(name)
