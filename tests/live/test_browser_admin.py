"""The admin in Chromium, as an operator uses it: find somebody, disable them, end their sessions, rotate a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.live.app_page import PICTURES
from tests.live.browser import chromium, expect
from tests.live.demo import Demo, Prepared, Start

EMAIL, PASSWORD = "find.me@example.com", "a long password"


@pytest.fixture(scope="module")  # no longer: with the browser goes its loop, and other tests need the ORM
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


class Operator:
    """An operator's window. What it shows is kept as pictures of this look, where PICTURES names a folder."""

    def __init__(self, browser: Any, demo: Demo, printed: str, look: str) -> None:
        self.page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self._origin, self._look = demo.origin, look
        (password,) = re.findall(r"Admin login +admin with the password (\S+)", printed)
        self.open("/admin/")
        self.page.locator("input[name=username]").fill("admin")
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("form [type=submit]").click()

    def open(self, path: str) -> None:
        self.page.goto(self._origin + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def expect_told(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def expect_button(self, name: str) -> None:
        expect(self.page.get_by_role("button", name=name, exact=True)).to_be_visible()

    def picture(self, name: str) -> None:
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / self._look / f"{name}.png", full_page=True)


def sign_up(demo: Demo, email: str) -> dict[str, Any]:
    body = {"email": email, "password": PASSWORD}
    session: dict[str, Any] = requests.post(f"{demo.api}/signup/email-password", json=body, timeout=10).json()[
        "session"
    ]
    return session


def refresh(demo: Demo, session: dict[str, Any]) -> Any:
    return requests.post(f"{demo.api}/token", json={"refreshToken": session["refreshToken"]}, timeout=10).json()


def kids(demo: Demo) -> set[str]:
    keys = requests.get(f"{demo.api}/.well-known/jwks.json", timeout=10).json()["keys"]
    return {key["kid"] for key in keys}


@pytest.mark.parametrize("look", ["plain", "unfold"])
def test_operator_helps_and_rotates(browser: Any, start: Start, prepared: Prepared, look: str) -> None:
    if look == "unfold":
        pytest.importorskip("unfold")
    demo = start(DEMO_UNFOLD="true" if look == "unfold" else "")
    for number in range(3):
        sign_up(demo, f"somebody.{number}@example.com")
    session = sign_up(demo, EMAIL)
    operator = Operator(browser, demo, prepared.printed, look)
    operator.picture("index")

    operator.open("/admin/nhost_auth/account/")
    expect(operator.page.locator("#result_list tbody tr")).to_have_count(5)
    operator.picture("accounts")
    operator.page.locator("#searchbar").fill("find.me@")
    operator.page.locator("#searchbar").press("Enter")
    expect(operator.page.locator("#result_list tbody tr")).to_have_count(1)
    operator.picture("found")
    operator.page.get_by_role("link", name=EMAIL).first.click()
    operator.expect_button("Disable")
    operator.picture("account")

    operator.press("Disable")
    operator.expect_told("1 account disabled.")
    operator.expect_button("Enable")
    operator.picture("disabled")
    session_after = refresh(demo, session)
    assert session_after["error"] == "disabled-user"
    operator.press("Enable")
    operator.expect_button("Disable")
    session = refresh(demo, session)
    operator.press("End sessions and revoke personal access tokens")
    operator.expect_told("signed out everywhere")
    assert refresh(demo, session)["error"] == "invalid-refresh-token"
    operator.press("Remove the second factor")
    operator.expect_told("Are you sure that it is the owner who asks?")
    operator.picture("confirm")

    before = kids(demo)
    operator.open("/admin/nhost_auth/signingkey/")
    operator.page.get_by_role("link", name="Rotate", exact=True).click()
    operator.page.get_by_label("Algorithm").select_option("ES256")
    operator.page.get_by_label("Published before it signs, seconds").fill("0")
    operator.picture("rotate")
    operator.press("Rotate")
    operator.expect_told("signs from")
    states = operator.page.locator("#result_list .field-state")
    expect(states).to_have_text(["active", "retiring"])
    operator.picture("keys")
    operator.page.locator("#result_list tbody tr").nth(1).get_by_role("link").first.click()
    operator.picture("key")
    operator.press("Retire")
    operator.press("Retire")
    operator.expect_told("is retired.")
    operator.open("/admin/nhost_auth/signingkey/")
    expect(states).to_have_text(["active", "retired"])

    operator.open("/admin/nhost_auth/auditevent/")
    expect(operator.page.locator("#result_list .field-event").first).to_have_text("signing_key_retired")
    operator.picture("events")
    operator.page.locator("#result_list tbody tr").nth(0).get_by_role("link").first.click()
    operator.picture("event")
    operator.open("/admin/nhost_auth/refreshtoken/")
    operator.picture("sessions")
    operator.open("/admin/nhost_auth/role/")
    operator.picture("roles")
    operator.page.context.close()
    assert operator.faults == []
    assert kids(demo).isdisjoint(before)
