"""The passkeys page in Chromium: what a browser really sends is what the API takes, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.live.browser import PasskeysPage, chromium, expect
from tests.live.demo import Demo, Start

Visit = Callable[..., PasskeysPage]

WITHOUT_JSON = """
delete PublicKeyCredential.parseCreationOptionsFromJSON
delete PublicKeyCredential.parseRequestOptionsFromJSON
delete PublicKeyCredential.prototype.toJSON
"""


@pytest.fixture(scope="module")  # no longer: with the browser goes its loop, and other tests need the ORM
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    pages: list[PasskeysPage] = []

    def visit(demo: Demo, script: str = "") -> PasskeysPage:
        pages.append(PasskeysPage(browser, demo.port, script))
        return pages[-1]

    yield visit
    for page in pages:
        page.page.context.close()
        assert page.faults == []


def get(demo: Demo, path: str, session: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {session['accessToken']}"}
    return requests.get(demo.api + path, headers=headers, timeout=10).json()


def nicknames(demo: Demo, session: dict[str, Any]) -> list[str]:
    return [key["nickname"] for key in get(demo, "/user/webauthn/keys", session)["keys"]]


def can_refresh(demo: Demo, session: dict[str, Any]) -> bool:
    body = {"refreshToken": session["refreshToken"]}
    return requests.post(f"{demo.api}/token", json=body, timeout=10).status_code == 200


def test_sign_up_makes_an_account_with_one_key(demo: Demo, visit: Visit) -> None:
    page = visit(demo)
    key = page.keys.plug_in()
    session = page.sign_up("new@example.com")
    page.expect_outcome("You are signed up.")
    page.expect_signed_in("new@example.com")
    page.expect_keys("")
    assert get(demo, "/user", session)["email"] == "new@example.com"
    assert nicknames(demo, session) == [""]
    assert page.keys.owners(key) == [("localhost", session["user"]["id"])]


def test_address_that_is_taken_is_refused(demo: Demo, visit: Visit) -> None:
    requests.post(
        f"{demo.api}/signup/email-password", json={"email": "taken@example.com", "password": "x" * 15}, timeout=10
    )
    page = visit(demo)
    page.keys.plug_in()
    page.enter_email("taken@example.com")
    page.press("Sign up with a passkey")
    page.expect_error("User already exists")
    page.expect_signed_out()


def test_key_signs_in_without_an_address(demo: Demo, visit: Visit) -> None:
    page = visit(demo)
    page.keys.plug_in()
    first = page.sign_up("out.and.in@example.com")
    page.press("Sign out")
    page.expect_outcome("You are signed out.")
    page.expect_signed_out()
    assert not can_refresh(demo, first)
    with page.page.expect_request("**/signin/webauthn") as begun:
        second = page.sign_in()
    assert begun.value.post_data is None
    page.expect_outcome("You are signed in.")
    page.expect_signed_in("out.and.in@example.com")
    expect(page.page.get_by_role("heading", name="Signed in")).to_be_focused()
    assert second["user"]["id"] == first["user"]["id"]
    assert can_refresh(demo, second)


def test_second_key_is_added_and_the_same_one_is_not(demo: Demo, visit: Visit) -> None:
    page = visit(demo)
    first = page.keys.plug_in()
    session = page.sign_up("two.keys@example.com")
    page.add_key("The same")
    page.expect_error("This device has one of your keys already.")
    page.keys.leave_alone(first)
    second = page.keys.plug_in(transport="usb")
    page.add_key("Spare key")
    page.expect_outcome("The key was added.")
    page.expect_keys("", "Spare key")
    assert nicknames(demo, session) == ["", "Spare key"]
    assert page.keys.owners(second) == [("localhost", session["user"]["id"])]
    page.press("Sign out")
    assert page.sign_in()["user"]["id"] == session["user"]["id"]


def test_proof_by_a_key_elevates_the_session(demo: Demo, visit: Visit) -> None:
    page = visit(demo)
    page.keys.plug_in()
    before = page.sign_up("proof@example.com")
    expect(page.page.get_by_text("This session is not elevated.")).to_be_visible()
    assert get(demo, "/elevate", before) == {
        "elevationRequired": False,
        "methods": ["webauthn"],
        "sessionElevated": False,
    }
    after = page.elevate()
    page.expect_outcome("You proved that it is you.")
    expect(page.page.get_by_text("This session is elevated.")).to_be_visible()
    assert get(demo, "/elevate", after)["sessionElevated"] is True
    assert not can_refresh(demo, before), "one session is left, not two"


def test_proof_is_given_where_it_is_asked_for(start: Start, visit: Visit) -> None:
    demo = start(AUTH_REQUIRE_ELEVATED_CLAIM="required")
    page = visit(demo)
    page.keys.plug_in()
    page.sign_up("asked@example.com")
    page.page.get_by_label("Name", exact=True).fill("Laptop")
    page.press("Rename unnamed")
    page.expect_error("elevated claim required")
    page.elevate()
    page.expect_outcome("You proved that it is you.")
    page.page.get_by_label("Name", exact=True).fill("Laptop")
    page.press("Rename unnamed")
    page.expect_outcome("The key was renamed.")


def test_keys_are_renamed_and_removed(demo: Demo, visit: Visit) -> None:
    page = visit(demo)
    page.keys.plug_in()
    session = page.sign_up("rename@example.com")
    page.page.get_by_label("Name", exact=True).fill("Laptop")
    page.press("Rename unnamed")
    page.expect_outcome("The key was renamed.")
    page.expect_keys("Laptop")
    assert nicknames(demo, session) == ["Laptop"]

    questions: list[str] = []
    page.page.once("dialog", lambda dialog: (questions.append(dialog.message), dialog.dismiss()))
    page.press("Remove Laptop")
    page.expect_keys("Laptop")
    page.page.once("dialog", lambda dialog: dialog.accept())
    page.press("Remove Laptop")
    page.expect_outcome("The key was removed.")
    page.expect_keys()
    assert nicknames(demo, session) == []
    assert "It is your only one" in questions[0]
    expect(page.page.get_by_role("button", name="Prove it is you")).to_be_disabled()

    page.press("Sign out")
    page.expect_signed_out()
    page.press("Sign in with a passkey")
    page.expect_error("The request payload is incorrect")
    page.expect_signed_out()


def test_browsers_that_do_not_read_json_are_served_too(demo: Demo, visit: Visit) -> None:
    page = visit(demo, WITHOUT_JSON)
    assert page.page.evaluate("'toJSON' in PublicKeyCredential.prototype") is False
    first = page.keys.plug_in()
    session = page.sign_up("older@example.com")
    page.expect_signed_in("older@example.com")
    page.add_key("The same")
    page.expect_error("This device has one of your keys already.")
    page.elevate()
    page.expect_outcome("You proved that it is you.")
    page.press("Sign out")
    page.expect_signed_out()
    with page.page.expect_request("**/signin/webauthn/verify") as asked:
        assert page.sign_in()["user"]["id"] == session["user"]["id"]
    answer = asked.value.post_data_json["credential"]["response"]
    assert [name for name, text in answer.items() if not re.fullmatch("[A-Za-z0-9_-]+", text)] == []
    assert page.keys.owners(first) == [("localhost", session["user"]["id"])]
    assert get(demo, "/user/webauthn/keys", session)["keys"][0]["transports"] == ["internal"]


def test_session_is_known_to_the_open_page_alone(demo: Demo, visit: Visit) -> None:
    page = visit(demo)
    page.keys.plug_in()
    session = page.sign_up("memory@example.com")
    page.expect_signed_in("memory@example.com")
    secrets = session["accessToken"], session["refreshToken"], "memory@example.com", "memory%40example.com"
    assert [address for address in page.asked if any(secret in address for secret in secrets)] == []
    assert "?" not in page.page.url
    assert page.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.page.context.cookies() == []
    page.page.reload()
    page.expect_signed_out()


def test_spent_access_token_is_renewed(demo: Demo, visit: Visit) -> None:
    page = visit(demo)
    page.keys.plug_in()
    page.page.clock.install()
    session = page.sign_up("patient@example.com")
    page.elevate()
    page.expect_outcome("You proved that it is you.")
    page.page.clock.fast_forward(1000 * session["accessTokenExpiresIn"])
    page.page.get_by_label("Name", exact=True).fill("Still here")
    with page.page.expect_request("**/token"):
        page.press("Rename unnamed")
    page.expect_outcome("The key was renamed.")
    expect(page.page.get_by_text("This session is not elevated.")).to_be_visible()


def test_session_that_was_ended_elsewhere_ends_here(demo: Demo, visit: Visit) -> None:
    page = visit(demo)
    page.keys.plug_in()
    page.page.clock.install()
    session = page.sign_up("ended@example.com")
    page.expect_signed_in("ended@example.com")
    requests.post(f"{demo.api}/signout", json={"refreshToken": session["refreshToken"]}, timeout=10)
    page.page.clock.fast_forward(1000 * session["accessTokenExpiresIn"])
    page.add_key("Too late")
    page.expect_error("Invalid or expired refresh token")
    page.expect_signed_out()


def test_address_is_confirmed_before_the_first_session(start: Start, visit: Visit) -> None:
    demo = start(AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED="true")
    page = visit(demo)
    page.keys.plug_in()
    assert page.sign_up("careful@example.com") is None
    page.expect_outcome("A mail was sent to confirm the address")
    page.expect_signed_out()
    page.page.get_by_role("link", name="the inbox").click()
    page.page.get_by_role("link", name=re.compile("ticket=")).click()
    expect(page.page.get_by_role("status")).to_contain_text("The link worked")
    page.page.get_by_role("link", name="Passkeys").click()
    assert page.sign_in()["user"]["emailVerified"] is True
    page.expect_signed_in("careful@example.com")


def test_key_is_refused_on_a_page_of_another_origin(start: Start, visit: Visit) -> None:
    """A page at another port of the same host: the browser offers it the key, the server has to refuse."""
    home = start()
    foreign = start(AUTH_CLIENT_URL=f"http://localhost:{home.port}")
    page = visit(home)
    page.keys.plug_in()
    page.sign_up("target@example.com")
    page.expect_signed_in("target@example.com")

    page.open(foreign.port)
    page.press("Sign in with a passkey")
    page.expect_error("The request payload is incorrect")
    page.expect_signed_out()
    assert "origin" in foreign.printed
    page.open(home.port)
    page.sign_in()
    page.expect_signed_in("target@example.com")

    page.open(foreign.port)
    page.enter_email("mallory@example.com")
    page.press("Sign up with a passkey")
    page.expect_error("The request payload is incorrect")
