"""The demo's page /app as somebody sees it, in a browser profile of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import requests

from tests.live.browser import SecurityKeys, expect
from tests.live.demo import Demo

PASSWORD = "Correct-horse-7"
PICTURES = os.environ.get("PICTURES")
"""A folder for pictures of what the tests see, in both colour schemes and at the width of a phone."""


def is_alive(demo: Demo, session: dict[str, str]) -> bool:
    """Whether a session can be refreshed; it is by this."""
    body = {"refreshToken": session["refreshToken"]}
    return requests.post(f"{demo.api}/token", json=body, timeout=10).status_code == 200


class AppPage:
    def __init__(self, browser: Any, demo: Demo, script: str = "") -> None:
        self.page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.page.add_init_script(script)  # which runs before the page's own
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.keys = SecurityKeys(self.page)
        self.address = f"http://localhost:{demo.port}/app"
        self.inbox_address = f"{demo.origin}/inbox"
        self.open()

    def open(self, query: str = "") -> None:
        self.page.goto(self.address + query)
        self.wait()

    def wait(self) -> None:
        """Until the page has nothing more to do."""
        expect(self.page.locator("button[aria-disabled=false]").first).to_be_attached()
        expect(self.page.locator("button[aria-disabled=true]")).to_have_count(0)

    def way(self, title: str) -> Any:
        """The part of the page under a heading."""
        return self.page.get_by_role("region", name=title, exact=True)

    def fill(self, title: str, label: str, value: str) -> None:
        self.way(title).get_by_label(label, exact=True).locator("visible=true").fill(value)

    def press(self, title: str, button: str) -> None:
        self.way(title).get_by_role("button", name=button, exact=True).click()

    def sign_up(self, email: str, password: str = PASSWORD) -> None:
        self.fill("E-mail and password", "E-mail address", email)
        self.fill("E-mail and password", "Password", password)
        self.press("E-mail and password", "Sign up")

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.fill("E-mail and password", "E-mail address", email)
        self.fill("E-mail and password", "Password", password)
        self.press("E-mail and password", "Sign in")

    def sign_up_by_passkey(self, email: str) -> str:
        """The virtual key that was made for it."""
        key = self.keys.plug_in()
        self.fill("Passkey", "E-mail address", email)
        self.press("Passkey", "Sign up with a passkey")
        self.expect_outcome("You are signed up.")
        return key

    def sign_out(self) -> None:
        self.press("Who you are", "Sign out")
        self.expect_outcome("You are signed out.")

    def expect_outcome(self, text: str) -> None:
        expect(self.page.get_by_role("status")).to_contain_text(text)
        expect(self.page.get_by_role("alert")).to_be_empty()
        self.wait()

    def expect_error(self, text: str) -> None:
        expect(self.page.get_by_role("alert")).to_contain_text(text)
        expect(self.page.get_by_role("status")).to_be_empty()
        self.wait()

    def expect_signed_in(self, name: str) -> None:
        expect(self.page.get_by_role("heading", name="You are signed in")).to_be_visible()
        expect(self.way("Who you are").locator("#who")).to_have_text(name)

    def expect_signed_out(self) -> None:
        expect(self.page.get_by_role("heading", name="Sign in or sign up")).to_be_visible()
        expect(self.page.get_by_role("heading", name="You are signed in")).to_be_hidden()

    @property
    def inbox(self) -> Any:
        return self.page.frame_locator("iframe")

    @property
    def newest(self) -> Any:
        """The message that came last, once the inbox beside the page shows all that came."""
        shown = self.inbox.get_by_role("article")
        expect(shown).to_have_count(requests.get(self.inbox_address, timeout=10).text.count("<article>"))
        return shown.first

    def newest_code(self) -> str:
        text = self.newest.inner_text()
        (code,) = re.findall(r"\b\d{6}\b", text)
        return str(code)

    def follow_newest_link(self) -> None:
        newest = self.newest
        with self.page.expect_navigation(url=re.compile(r"/app\?")):
            newest.get_by_role("link", name=re.compile("ticket=")).click()
        self.wait()

    @property
    def session(self) -> Any:
        """The session as nhost-js keeps it; None: nobody is signed in."""
        return self.page.evaluate("JSON.parse(localStorage.getItem('nhostSession'))")

    def picture(self, name: str) -> None:
        """Wide and light, wide and dark, a phone's width in light; where PICTURES names a folder."""
        if not PICTURES:
            return
        folder = Path(PICTURES)
        folder.mkdir(parents=True, exist_ok=True)
        for look, width, scheme in (("light", 1280, "light"), ("dark", 1280, "dark"), ("phone", 390, "light")):
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.evaluate("scrollTo(0, 0)")
            self.page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def expect_accessible(self, axe: str) -> None:
        """axe-core finds nothing that is serious or critical, in either colour scheme."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            self.page.evaluate(axe)
            found = self.page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
            serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
            assert not serious, [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in serious]
        self.page.emulate_media(color_scheme="light")

    def expect_no_sideways_scrolling(self) -> None:
        self.page.set_viewport_size({"width": 390, "height": 900})
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 390
        self.page.set_viewport_size({"width": 1280, "height": 900})
