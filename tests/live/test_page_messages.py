"""The page /app in Chromium: links and codes by e-mail and SMS, which the inbox beside shows, and guests."""

from __future__ import annotations

import requests

from tests.live.app_page import PASSWORD
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.demo import Demo
from tests.live.page_tools import PageTools

LINK, MAIL_CODE, SMS_CODE, GUEST = "Magic link", "Code by e-mail", "Code by SMS", "As a guest"


def test_magic_link(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.fill(LINK, "E-mail address", "magic@example.com")
    app.press(LINK, "Mail me a link")
    app.expect_outcome("A mail is on its way: follow its link.")
    expect(app.inbox.get_by_role("article").first).to_contain_text("magic@example.com")
    app.follow_newest_link()
    app.expect_outcome("You are signed in.")
    app.expect_signed_in("magic@example.com")
    assert app.page.url == app.address


def test_code_by_mail(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.fill(MAIL_CODE, "E-mail address", "code@example.com")
    app.press(MAIL_CODE, "Mail me a code")
    app.expect_outcome("A code is on its way.")
    expect(app.way(MAIL_CODE).get_by_label("Code")).to_be_focused()
    app.picture("code-asked")
    code = app.newest_code()
    app.page.keyboard.type("000000" if code != "000000" else "111111")
    app.page.keyboard.press("Enter")
    app.expect_error("This code is wrong, or too old.")
    app.fill(MAIL_CODE, "Code", code)
    app.press(MAIL_CODE, "Sign in with the code")
    app.expect_outcome("You are signed in.")
    app.expect_signed_in("code@example.com")
    expect(app.way("Who you are").locator("#who-email")).to_have_text("code@example.com (confirmed)")


def test_code_by_sms(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.fill(SMS_CODE, "Phone number", "+12025550123")
    app.press(SMS_CODE, "Text me a code")
    app.expect_outcome("A code is on its way.")
    app.fill(SMS_CODE, "Code", app.newest_code())
    app.press(SMS_CODE, "Sign in with the code")
    app.expect_signed_in("+12025550123")
    expect(app.way("Who you are").locator("#who-phone")).to_have_text("+12025550123 (confirmed)")


def test_sign_up_by_mail_is_for_somebody_new(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    for way, address in ((LINK, "magic.new@example.com"), (MAIL_CODE, "code.new@example.com")):
        for _again in range(2):
            app.fill(way, "E-mail address", address)
            app.press(way, "Sign up")
            app.expect_outcome("is on its way, if you are new here")
        inbox = requests.get(app.inbox_address, timeout=10).text
        assert inbox.count(f"to {address}") == 1, "a known address gets the same answer and nothing else"


def test_sign_up_by_sms_is_for_somebody_new(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.fill(SMS_CODE, "Phone number", "+12025550126")
    app.press(SMS_CODE, "Sign up")
    app.expect_outcome("is on its way, if you are new here")
    app.fill(SMS_CODE, "Code", app.newest_code())
    app.press(SMS_CODE, "Sign in with the code")
    app.expect_signed_in("+12025550126")
    app.sign_out()
    app.fill(SMS_CODE, "Phone number", "+12025550126")
    app.press(SMS_CODE, "Sign up")
    app.expect_outcome("is on its way, if you are new here")
    assert requests.get(app.inbox_address, timeout=10).text.count("to +12025550126") == 1


def test_guest_becomes_a_user_by_a_password(demo: Demo, visit_app: VisitApp, page_tools: PageTools) -> None:
    app = visit_app(demo)
    app.fill(GUEST, "Name, if you like", "Robin")
    app.press(GUEST, "Go on as a guest")
    app.expect_outcome("You are a guest.")
    app.expect_signed_in("Robin")
    guest = app.session["user"]
    assert guest["isAnonymous"] is True
    app.picture("guest")
    app.expect_accessible(page_tools.axe)
    app.expect_no_sideways_scrolling()
    app.fill("Stay, with a password", "E-mail address", "robin@example.com")
    app.fill("Stay, with a password", "Password", PASSWORD)
    app.press("Stay, with a password", "Become a user")
    app.expect_outcome("You are a user now.")
    assert (app.session["user"]["id"], app.session["user"]["isAnonymous"]) == (guest["id"], False)
    expect(app.page.get_by_role("heading", name="Stay, with a password")).to_be_hidden()
    app.sign_out()
    app.sign_in("robin@example.com")
    app.expect_signed_in("robin@example.com")


def test_guest_becomes_a_user_by_a_link(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.press(GUEST, "Go on as a guest")
    app.expect_outcome("You are a guest.")
    guest = app.session["user"]
    app.fill("Stay, by a magic link", "E-mail address", "stay@example.com")
    app.press("Stay, by a magic link", "Mail me a link")
    app.expect_outcome("follow its link to go on")
    app.expect_signed_out()
    app.follow_newest_link()
    app.expect_signed_in(app.session["user"]["displayName"])
    assert (app.session["user"]["id"], app.session["user"]["email"]) == (guest["id"], "stay@example.com")


def test_guest_becomes_a_user_by_sms(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.press(GUEST, "Go on as a guest")
    app.expect_outcome("You are a guest.")
    guest = app.session["user"]
    app.fill("Stay, by SMS", "Phone number", "+12025550124")
    app.press("Stay, by SMS", "Text me a code")
    app.expect_outcome("A code is on its way.")
    app.fill("Stay, by SMS", "Code", app.newest_code())
    app.press("Stay, by SMS", "Become a user")
    app.expect_outcome("You are a user now.")
    assert (app.session["user"]["id"], app.session["user"]["phoneNumber"]) == (guest["id"], "+12025550124")
