"""The page /app in Chromium: sessions, another address, number and password, personal access tokens."""

from __future__ import annotations

import requests

from tests.live.app_page import PASSWORD, is_alive
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.demo import Demo
from tests.live.page_tools import PageTools

SESSIONS, TOKENS, PHONE = "Sessions", "Personal access tokens", "Phone number"


def sign_in_elsewhere(demo: Demo, email: str) -> dict[str, str]:
    """Another session of somebody, by a program."""
    reply = requests.post(f"{demo.api}/signin/email-password", json={"email": email, "password": PASSWORD}, timeout=10)
    session: dict[str, str] = reply.json()["session"]
    return session


def test_sessions_are_listed_and_ended(demo: Demo, visit_app: VisitApp, page_tools: PageTools) -> None:
    app = visit_app(demo)
    app.sign_up("page.sessions@example.com")
    app.expect_outcome("You are signed up.")
    elsewhere = sign_in_elsewhere(demo, "page.sessions@example.com")
    app.open()
    items = app.page.get_by_role("list", name=SESSIONS).get_by_role("listitem")
    expect(items).to_have_count(2)
    expect(items.filter(has_text="Chrome on Linux (this one)")).to_have_count(1)
    expect(items.filter(has_text="(this one)").get_by_role("button")).to_have_count(0)
    app.picture("account")
    app.expect_accessible(page_tools.axe)
    app.expect_no_sideways_scrolling()
    items.get_by_role("button").click()
    app.expect_outcome("The session was ended.")
    expect(items).to_have_count(1)
    assert not is_alive(demo, elsewhere)
    app.expect_signed_in("page.sessions@example.com")


def test_sign_out_everywhere(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.everywhere@example.com")
    app.expect_outcome("You are signed up.")
    elsewhere, here = sign_in_elsewhere(demo, "page.everywhere@example.com"), app.session
    app.press(SESSIONS, "Sign out everywhere")
    app.expect_outcome("You are signed out everywhere.")
    app.expect_signed_out()
    assert [is_alive(demo, session) for session in (elsewhere, here)] == [False, False]


def test_another_address_counts_once_its_mail_was_followed(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.old@example.com")
    app.expect_outcome("You are signed up.")
    app.fill("E-mail address", "New e-mail address", "page.new@example.com")
    app.press("E-mail address", "Change it")
    app.expect_outcome("A mail is on its way to the new address")
    expect(app.way("Who you are").locator("#who-email")).to_contain_text("page.old@example.com")
    app.follow_newest_link()
    app.expect_outcome("Your new address is confirmed.")
    expect(app.way("Who you are").locator("#who-email")).to_have_text("page.new@example.com (confirmed)")


def test_confirming_mail_is_sent_again(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.unconfirmed@example.com")
    app.expect_outcome("You are signed up.")
    app.press("E-mail address", "Send the confirming mail again")
    app.expect_outcome("The confirming mail was sent again.")
    app.follow_newest_link()
    app.expect_outcome("Your address is confirmed")
    expect(app.page.get_by_role("button", name="Send the confirming mail again")).to_have_count(0)


def test_another_number_counts_once_its_code_was_typed_in(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.phone@example.com")
    app.expect_outcome("You are signed up.")
    app.fill(PHONE, "New phone number", "+12025550130")
    app.press(PHONE, "Text it a code")
    app.expect_outcome("A code is on its way.")
    expect(app.way("Who you are").locator("#who-phone")).to_have_text("none")
    app.fill(PHONE, "Code", "000000" if app.newest_code() != "000000" else "111111")
    app.press(PHONE, "Change it")
    app.expect_error("This code is wrong, or too old.")
    app.fill(PHONE, "Code", app.newest_code())
    app.press(PHONE, "Change it")
    app.expect_outcome("Your phone number is changed.")
    expect(app.way("Who you are").locator("#who-phone")).to_have_text("+12025550130 (confirmed)")
    expect(app.way(PHONE).get_by_role("heading")).to_be_focused()


def test_another_password_ends_all_other_sessions(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.password@example.com")
    app.expect_outcome("You are signed up.")
    elsewhere = sign_in_elsewhere(demo, "page.password@example.com")
    app.fill("Password", "New password", "Another-horse-8")
    app.press("Password", "Set it")
    app.expect_outcome("Your password is changed.")
    app.expect_signed_in("page.password@example.com")
    assert not is_alive(demo, elsewhere)
    app.sign_out()
    app.sign_in("page.password@example.com")
    app.expect_error("There is no account with this address and this password.")
    app.sign_in("page.password@example.com", "Another-horse-8")
    app.expect_signed_in("page.password@example.com")


def test_personal_access_token_signs_in(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.pat@example.com")
    app.expect_outcome("You are signed up.")
    app.fill(TOKENS, "What it is for", "a script")
    app.press(TOKENS, "Make a token")
    app.expect_outcome("The token is shown once: copy it now.")
    token = app.way(TOKENS).locator("code").inner_text()
    app.picture("token")
    app.sign_out()
    expect(app.page.get_by_text(token)).to_have_count(0)
    app.fill("Personal access token", "Token", token)
    app.press("Personal access token", "Sign in with the token")
    app.expect_outcome("You are signed in.")
    app.expect_signed_in("page.pat@example.com")
