"""The page /app in Chromium: sessions, another address and password, personal access tokens, a social provider."""

from __future__ import annotations

import requests

from tests.live.app_page import PASSWORD, AppPage, is_alive
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.demo import Demo, Start
from tests.live.page_tools import PageTools

SESSIONS, TOKENS, SOCIAL = "Sessions", "Personal access tokens", "Social sign-in"


def sign_in_elsewhere(demo: Demo, email: str) -> dict[str, str]:
    """Another session of somebody, by a program."""
    reply = requests.post(f"{demo.api}/signin/email-password", json={"email": email, "password": PASSWORD}, timeout=10)
    session: dict[str, str] = reply.json()["session"]
    return session


def tell_provider(app: AppPage, email: str) -> None:
    """What somebody does on the page of the demo's provider."""
    expect(app.page.get_by_role("heading", name="Who are you?")).to_be_visible()
    app.page.get_by_label("E-mail address").fill(email)
    app.page.get_by_role("button", name="Go on").click()


def test_sessions_are_listed_and_ended(demo: Demo, visit_app: VisitApp, page_tools: PageTools) -> None:
    app = visit_app(demo)
    app.sign_up("page.sessions@example.com")
    app.expect_outcome("You are signed up.")
    elsewhere = sign_in_elsewhere(demo, "page.sessions@example.com")
    app.open()
    items = app.page.get_by_role("list", name=SESSIONS).get_by_role("listitem")
    expect(items).to_have_count(2)
    expect(items.filter(has_text="(this one)")).to_have_count(1)
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


def test_social_provider_signs_in(demo: Demo, visit_app: VisitApp, page_tools: PageTools) -> None:
    app = visit_app(demo)
    app.press(SOCIAL, "Go on with Demo provider")
    app.page.get_by_role("heading", name="Who are you?").wait_for()
    app.picture("provider")
    app.expect_accessible(page_tools.axe)
    tell_provider(app, "page.social@example.com")
    app.expect_outcome("You are signed in.")
    app.expect_signed_in("page.social")
    assert app.page.url == app.address
    assert [url for url in app.asked if "refreshToken=" in url] == []
    assert [url for url in app.asked if url.startswith(f"{app.address}?code=")]
    first = app.session["user"]["id"]
    app.sign_out()
    app.press(SOCIAL, "Go on with Demo provider")
    tell_provider(app, "page.social@example.com")
    app.expect_signed_in("page.social")
    assert app.session["user"]["id"] == first


def test_declined_social_sign_in_is_told(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.press(SOCIAL, "Go on with Demo provider")
    expect(app.page.get_by_role("heading", name="Who are you?")).to_be_visible()
    app.page.get_by_role("button", name="Decline").click()
    expect(app.page.get_by_role("alert")).to_contain_text("Provider returned an error")
    app.open()
    app.expect_signed_out()


def test_social_provider_is_connected_to_an_account(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.connects@example.com")
    app.expect_outcome("You are signed up.")
    mine = app.session["user"]["id"]
    app.press("Social providers", "Connect Demo provider")
    tell_provider(app, "page.connected@example.com")
    app.expect_outcome("The provider is connected.")
    app.sign_out()
    app.press(SOCIAL, "Go on with Demo provider")
    tell_provider(app, "page.connected@example.com")
    app.expect_signed_in("page.connects@example.com")
    assert app.session["user"]["id"] == mine


def test_providers_code_is_of_no_use_elsewhere(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.open("?code=stolen")
    app.expect_error("This visit to the provider began in another tab.")
    app.expect_signed_out()


def test_demos_provider_is_there_with_the_demos_page_alone(start: Start) -> None:
    demo = start(AUTH_CLIENT_URL="https://app.example.com")
    assert requests.get(f"{demo.origin}/provider", timeout=10).status_code == 404
    assert "social" not in requests.get(f"http://localhost:{demo.port}/app", timeout=10).text
