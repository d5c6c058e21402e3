"""The page /app in Chromium: signing up, in and out by a password, and what every way of the page shares."""

from __future__ import annotations

import re

import requests

from tests.live.app_page import PASSWORD, AppPage, is_alive
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.demo import Demo, Start
from tests.live.page_tools import PageTools

WAY = "E-mail and password"


def test_sign_up_in_and_out(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.picture("signed-out")
    app.sign_up("page@example.com")
    app.expect_outcome("You are signed up.")
    app.expect_signed_in("page@example.com")
    expect(app.page.get_by_role("heading", name="You are signed in")).to_be_focused()
    first = app.session
    app.sign_out()
    app.expect_signed_out()
    expect(app.page.get_by_role("heading", name="Sign in or sign up")).to_be_focused()
    assert app.session is None
    assert not is_alive(demo, first)

    app.sign_in("page@example.com")
    app.expect_outcome("You are signed in.")
    app.expect_signed_in("page@example.com")
    assert app.session["user"]["id"] == first["user"]["id"]
    app.picture("signed-in")


def test_session_outlives_the_page_and_is_renewed(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("stays@example.com")
    app.expect_signed_in("stays@example.com")
    before = app.session
    app.open()
    app.expect_signed_in("stays@example.com")
    app.press("Who you are", "Refresh")
    app.expect_outcome("You have a new access token.")
    assert app.session["refreshToken"] != before["refreshToken"]
    assert app.session["refreshTokenId"] == before["refreshTokenId"]


def test_other_tab_signs_out_too(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("tabs@example.com")
    app.expect_signed_in("tabs@example.com")
    other = app.page.context.new_page()
    other.goto(app.address)
    other.get_by_role("button", name="Sign out", exact=True).click()
    app.expect_signed_out()


def test_faults_are_told_in_plain_words(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_in("nobody@example.com")
    app.expect_error("There is no account with this address and this password.")
    app.picture("error")
    app.sign_up("short@example.com", "ab")
    app.expect_error("minimum string length is 3")
    app.sign_up("twice@example.com")
    app.expect_outcome("You are signed up.")
    app.sign_out()
    app.sign_up("twice@example.com")
    app.expect_error("There is an account with this address already.")
    app.page.route("**/v1/**", lambda route: route.abort())
    app.sign_in("twice@example.com")
    app.expect_error("The server cannot be reached.")
    app.expect_signed_out()


def test_session_that_was_ended_elsewhere_ends_here(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.page.clock.install()
    app.sign_up("page.ended@example.com")
    app.expect_outcome("You are signed up.")
    app.page.clock.fast_forward(1000 * app.session["accessTokenExpiresIn"])
    with app.page.expect_request("**/token"):
        app.press("E-mail address", "Send the confirming mail again")
    app.expect_outcome("The confirming mail was sent again.")

    requests.post(f"{demo.api}/signout", json={"refreshToken": app.session["refreshToken"]}, timeout=10)
    app.page.clock.fast_forward(1000 * app.session["accessTokenExpiresIn"])
    app.fill("Password", "New password", "Another-horse-8")
    app.press("Password", "Set it")
    app.expect_error("Your session has ended. Sign in again.")
    app.expect_signed_out()
    assert app.session is None
    app.open()
    app.expect_signed_out()


def test_address_is_confirmed_by_the_mail_beside(start_beside: Start, visit_app: VisitApp) -> None:
    demo = start_beside(AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED="true")
    app = visit_app(demo)
    app.sign_up("careful@example.com")
    app.expect_outcome("A mail was sent to confirm the address")
    app.picture("mail-sent")
    app.sign_in("careful@example.com")
    app.expect_error("Confirm your address first")
    app.follow_newest_link()
    app.expect_outcome("Your address is confirmed, and you are signed in.")
    app.expect_signed_in("careful@example.com")
    assert app.page.url == app.address, "nothing secret stays in the address bar"
    expect(app.way("Who you are").locator("#who-email")).to_have_text("careful@example.com (confirmed)")


def test_link_that_is_no_good_is_told(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.page.goto(f"{demo.api}/verify?ticket=verifyEmail:old&redirectTo={app.address}")
    app.expect_error("That did not work: ")
    app.expect_signed_out()


def test_link_that_is_no_good_hides_nothing(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.no.good@example.com")
    app.expect_outcome("You are signed up.")
    app.open("?error=invalid-ticket&errorDescription=Invalid+ticket")
    app.expect_error("That did not work: Invalid ticket.")
    app.expect_signed_in("page.no.good@example.com")


def test_forgotten_password(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("forgot@example.com")
    app.expect_outcome("You are signed up.")
    app.sign_out()
    way = app.way(WAY)
    way.get_by_text("Forgot the password, or no mail?").click()
    way.get_by_label("E-mail address").last.fill("forgot@example.com")
    app.press(WAY, "Mail me a link to set a new one")
    app.expect_outcome("a mail is on its way")
    app.follow_newest_link()
    app.expect_outcome("Set a new password now")
    app.expect_signed_in("forgot@example.com")


def test_link_for_a_new_password_is_of_no_use_in_another_browser(demo: Demo, visit_app: VisitApp) -> None:
    app, other = visit_app(demo), visit_app(demo)
    app.sign_up("page.stolen@example.com")
    app.expect_outcome("You are signed up.")
    app.sign_out()
    way = app.way(WAY)
    way.get_by_text("Forgot the password, or no mail?").click()
    way.get_by_label("E-mail address").last.fill("page.stolen@example.com")
    app.press(WAY, "Mail me a link to set a new one")
    app.expect_outcome("a mail is on its way")
    other.open()
    other.follow_newest_link()
    other.expect_error("This was begun in another browser.")
    other.expect_signed_out()


def test_session_is_kept_by_the_tab_alone_where_asked(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.page.get_by_label("Stay signed in on this device").uncheck()
    app.sign_up("page.tab@example.com")
    app.expect_outcome("You are signed up.")
    assert app.session is None, "nothing is left on the device"
    session = app.page.evaluate("JSON.parse(sessionStorage.getItem('nhostSession'))")
    app.open()
    app.expect_signed_in("page.tab@example.com")
    app.press("Who you are", "Refresh")
    app.expect_outcome("You have a new access token.")
    assert app.session is None
    other = app.page.context.new_page()
    other.goto(app.address)
    expect(other.get_by_role("heading", name="Sign in or sign up")).to_be_visible()
    expect(other.get_by_label("Stay signed in on this device")).not_to_be_checked()
    app.sign_out()
    assert app.page.evaluate("sessionStorage.length") == 0
    secrets = session["accessToken"], session["refreshToken"], "page.tab@example.com", "page.tab%40example.com"
    assert [address for address in app.asked if any(secret in address for secret in secrets)] == []
    assert app.page.context.cookies() == []


def test_message_is_closed(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    for close in (lambda: app.page.keyboard.press("Escape"), app.page.get_by_label("Close the message").click):
        app.sign_in("nobody@example.com")
        app.expect_error("There is no account")
        expect(app.way(WAY).get_by_role("button", name="Sign in")).to_be_focused()
        close()
        expect(app.page.get_by_role("alert")).to_be_empty()
        expect(app.page.get_by_label("Close the message")).to_be_hidden()
    expect(app.page.get_by_role("heading", name="Sign in or sign up")).to_be_focused()


def test_keyboard_alone_is_enough(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.way(WAY).get_by_label("E-mail address").first.focus()
    keyboard = app.page.keyboard
    keyboard.type("keys.only@example.com")
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("Enter")
    app.expect_signed_in("keys.only@example.com")


def test_every_stop_of_the_tab_key_is_seen(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_in("nobody@example.com")
    app.expect_error("There is no account")
    for sign_in in (False, True):
        if sign_in:
            app.sign_up("page.tabs@example.com")
            app.expect_outcome("You are signed up.")
        app.page.evaluate("document.querySelector('aside').inert = true; document.querySelector('header a').focus()")
        stops = [stop for stop in iter(lambda: next_stop(app), ["A", "nhost_auth demo"]) if stop]
        shown = app.page.locator("#messages button:visible, [id^=sign] :is(button, input, summary):visible").count()
        assert len(stops) == shown
        assert [stop for stop in stops if stop[2:] != ["ring", "in sight"]] == []


def next_stop(app: AppPage) -> list[str]:
    """What the Tab key leads to: its kind and text, whether a ring is around it, and whether something hides it."""
    app.page.keyboard.press("Tab")
    stop: list[str] = app.page.evaluate("""() => {
        const stop = document.activeElement
        if (stop === document.body) return []
        const { left, top, width, height } = stop.getBoundingClientRect()
        const seen = document.elementFromPoint(left + width / 2, top + height / 2)
        const told = [stop.tagName, stop.innerText || stop.name]
        if (stop.closest('header')) return told
        return [
            ...told,
            getComputedStyle(stop).outlineStyle === 'none' ? 'no ring' : 'ring',
            stop.contains(seen) ? 'in sight' : 'hidden by ' + seen?.outerHTML
        ]
    }""")
    return stop


def test_no_foreign_script_runs_and_nothing_is_asked_elsewhere(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("origin@example.com")
    app.expect_outcome("You are signed up.")
    assert {re.match("[a-z]+://[^/]+", url)[0] for url in app.asked} == {f"http://localhost:{demo.port}"}  # type: ignore[index]
    reply = requests.get(app.address, timeout=10)
    assert reply.text.count("<script") == reply.text.count('<script type="module" src="/static/') == 1
    policy = reply.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert 'href="/app"' in requests.get(demo.origin, timeout=10).text


def test_both_views_are_accessible_and_fit_a_phone(demo: Demo, visit_app: VisitApp, page_tools: PageTools) -> None:
    app: AppPage = visit_app(demo)
    app.expect_accessible(page_tools.axe)
    app.expect_no_sideways_scrolling()
    app.sign_in("nobody@example.com")
    app.expect_error("There is no account")
    forgot = app.page.get_by_text("Forgot the password, or no mail?")
    forgot.click()
    app.picture("forgot")
    app.expect_accessible(page_tools.axe)
    forgot.click()
    app.sign_up(f"{'somebody.with.a.long.name' * 2}@{'a.department.' * 10}example.com")
    app.expect_outcome("You are signed up.")
    app.picture("long-address")
    app.expect_accessible(page_tools.axe)
    app.expect_no_sideways_scrolling()
