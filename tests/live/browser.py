"""Chromium with virtual security keys.

Playwright's loop runs in the thread of the test: Django's ORM refuses to be used there meanwhile.
"""

from __future__ import annotations

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
