"""The page /app in Chromium: what a browser really sends of passkeys is what the API takes, and the other way round."""

from __future__ import annotations

import re
from typing import Any

import requests

from tests.live.app_page import PASSWORD, AppPage
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.demo import Demo, Start
from tests.live.page_tools import PageTools

WAY, KEYS, PROOF = "Passkey", "Passkeys", "Proof"
WITHOUT_JSON = """
delete PublicKeyCredential.parseCreationOptionsFromJSON
delete PublicKeyCredential.parseRequestOptionsFromJSON
delete PublicKeyCredential.prototype.toJSON
"""


def stored_keys(demo: Demo, app: AppPage) -> Any:
    headers = {"Authorization": f"Bearer {app.session['accessToken']}"}
    return requests.get(f"{demo.api}/user/webauthn/keys", headers=headers, timeout=10).json()["keys"]


def expect_keys(app: AppPage, *names: str) -> None:
    shown = app.page.get_by_role("list", name=KEYS).get_by_label("Name", exact=True)
    expect(shown).to_have_count(len(names))
    for place, name in enumerate(names):
        expect(shown.nth(place)).to_have_value(name)


def remove(app: AppPage, button: str, *, agree: bool) -> str:
    """What the page asks before it removes a key."""
    asked: list[str] = []
    app.page.once(
        "dialog", lambda dialog: (asked.append(dialog.message), dialog.accept() if agree else dialog.dismiss())
    )
    app.press(KEYS, button)
    app.wait()
    return asked[0]


def test_passkey_signs_up_and_in(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    key = app.sign_up_by_passkey("page.key@example.com")
    app.expect_signed_in("page.key@example.com")
    expect_keys(app, "")
    first = app.session["user"]["id"]
    assert app.keys.owners(key) == [("localhost", first)]
    app.sign_out()
    with app.page.expect_request("**/signin/webauthn") as begun:
        app.press(WAY, "Sign in with a passkey")
    assert "email" not in (begun.value.post_data or "")
    app.expect_outcome("You are signed in.")
    assert app.session["user"]["id"] == first


def test_address_that_is_taken_is_refused(demo: Demo, visit_app: VisitApp) -> None:
    body = {"email": "page.taken@example.com", "password": PASSWORD}
    requests.post(f"{demo.api}/signup/email-password", json=body, timeout=10)
    app = visit_app(demo)
    app.keys.plug_in()
    app.fill(WAY, "E-mail address", body["email"])
    app.press(WAY, "Sign up with a passkey")
    app.expect_error("There is an account with this address already.")
    app.expect_signed_out()


def test_no_key_is_told(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.keys.plug_in(isUserVerified=False)
    app.press(WAY, "Sign in with a passkey")
    app.expect_error("No passkey was used: you declined, or it took too long.")


def test_browser_without_passkeys_is_told(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo, "delete window.PublicKeyCredential")
    app.press(WAY, "Sign in with a passkey")
    app.expect_error("This browser does not use passkeys on this page")


def test_browser_that_does_not_read_json_is_served_too(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo, WITHOUT_JSON)
    assert app.page.evaluate("'toJSON' in PublicKeyCredential.prototype") is False
    first = app.sign_up_by_passkey("page.older@example.com")
    mine = app.session["user"]["id"]
    app.press(KEYS, "Add a passkey")
    app.expect_error("This device has one of your passkeys already.")
    app.press(PROOF, "Prove it by a passkey")
    app.expect_outcome("You proved that it is you.")
    assert app.keys.owners(first) == [("localhost", mine)]
    assert stored_keys(demo, app)[0]["transports"] == ["internal"]
    app.sign_out()
    with app.page.expect_request("**/signin/webauthn/verify") as asked:
        app.press(WAY, "Sign in with a passkey")
    app.expect_outcome("You are signed in.")
    assert app.session["user"]["id"] == mine
    answer = asked.value.post_data_json["credential"]["response"]
    assert [name for name, text in answer.items() if not re.fullmatch("[A-Za-z0-9_-]+", text)] == []


def test_passkeys_are_added_renamed_and_removed(demo: Demo, visit_app: VisitApp, page_tools: PageTools) -> None:
    app = visit_app(demo)
    first = app.sign_up_by_passkey("page.keys@example.com")
    app.press(KEYS, "Add a passkey")
    app.expect_error("This device has one of your passkeys already.")
    app.keys.leave_alone(first)
    second = app.keys.plug_in(transport="usb")
    app.fill(KEYS, "Name of the new passkey", "Spare")
    app.press(KEYS, "Add a passkey")
    app.expect_outcome("The passkey was added.")
    assert app.keys.owners(second) == [("localhost", app.session["user"]["id"])]
    app.page.get_by_role("list", name=KEYS).get_by_label("Name", exact=True).first.fill("Laptop")
    app.press(KEYS, "Rename unnamed")
    app.expect_outcome("The passkey was renamed.")
    expect_keys(app, "Laptop", "Spare")
    assert [key["nickname"] for key in stored_keys(demo, app)] == ["Laptop", "Spare"]
    app.picture("passkeys")
    app.expect_accessible(page_tools.axe)

    asked = remove(app, "Remove Laptop", agree=False)
    expect_keys(app, "Laptop", "Spare")
    remove(app, "Remove Laptop", agree=True)
    app.expect_outcome("The passkey was removed.")
    expect_keys(app, "Spare")
    expect(app.way(KEYS).get_by_role("heading")).to_be_focused()
    assert "only one" not in asked
    assert "It is your only one: be sure that you have another way in." in remove(app, "Remove Spare", agree=True)
    app.expect_outcome("The passkey was removed.")
    expect(app.way(KEYS)).to_contain_text("You have none.")
    assert stored_keys(demo, app) == []
    app.sign_out()
    app.press(WAY, "Sign in with a passkey")
    app.expect_error("The request payload is incorrect")
    app.expect_signed_out()


def test_address_is_confirmed_before_the_first_session(start_beside: Start, visit_app: VisitApp) -> None:
    app = visit_app(start_beside(AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED="true"))
    app.keys.plug_in()
    app.fill(WAY, "E-mail address", "page.careful@example.com")
    app.press(WAY, "Sign up with a passkey")
    app.expect_outcome("A mail was sent to confirm the address")
    app.expect_signed_out()
    app.follow_newest_link()
    app.sign_out()
    app.press(WAY, "Sign in with a passkey")
    app.expect_outcome("You are signed in.")
    assert app.session["user"]["emailVerified"] is True


def test_key_is_refused_on_a_page_of_another_origin(demo: Demo, start_beside: Start, visit_app: VisitApp) -> None:
    """A page at another port of the same host: the browser offers it the key, the server has to refuse."""
    foreign = start_beside(
        DATABASE_URL=demo.database_url,
        AUTH_CLIENT_URL=f"http://localhost:{demo.port}",
        AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS="http://localhost:*/app",
    )
    app = visit_app(demo)
    app.sign_up_by_passkey("page.target@example.com")
    app.page.goto(f"http://localhost:{foreign.port}/app")
    app.press(WAY, "Sign in with a passkey")
    app.expect_error("The request payload is incorrect")
    app.expect_signed_out()
    assert "origin" in foreign.printed
    app.fill(WAY, "E-mail address", "page.mallory@example.com")
    app.press(WAY, "Sign up with a passkey")
    app.expect_error("The request payload is incorrect")
