"""The page /app in Chromium: the demo's provider, by way of the server and by ID tokens that the page gets itself."""

from __future__ import annotations

from typing import Any

import requests

from tests.live.app_page import AppPage
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.demo import Demo
from tests.live.page_tools import PageTools

SOCIAL, CONNECTED, ID_TOKEN = "Social sign-in", "Social providers", "ID token"


def tell_provider(app: AppPage, email: str) -> None:
    """What somebody does on the page of the demo's provider."""
    expect(app.page.get_by_role("heading", name="Who are you?")).to_be_visible()
    app.page.get_by_label("E-mail address").fill(email)
    app.page.get_by_role("button", name="Go on").click()


def test_social_provider_signs_in(demo: Demo, visit_app: VisitApp, page_tools: PageTools) -> None:
    app = visit_app(demo)
    app.press(SOCIAL, "Sign in with Demo provider")
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
    app.press(SOCIAL, "Sign in with Demo provider")
    tell_provider(app, "page.social@example.com")
    app.expect_signed_in("page.social")
    assert app.session["user"]["id"] == first


def test_declined_social_sign_in_is_told(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.press(SOCIAL, "Sign in with Demo provider")
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
    app.press(SOCIAL, "Sign in with Demo provider")
    tell_provider(app, "page.connected@example.com")
    app.expect_signed_in("page.connects@example.com")
    assert app.session["user"]["id"] == mine


def test_providers_code_is_of_no_use_elsewhere(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.open("?code=stolen")
    app.expect_error("This was begun in another browser.")
    app.expect_signed_out()


def test_sign_up_by_a_provider_is_for_somebody_new(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.press(SOCIAL, "Sign up with Demo provider")
    tell_provider(app, "page.social.new@example.com")
    app.expect_signed_in("page.social.new")
    app.sign_out()
    app.press(SOCIAL, "Sign up with Demo provider")
    tell_provider(app, "page.social.new@example.com")
    app.expect_error("That did not work: ")
    app.expect_signed_out()


def test_providers_tokens_are_taken_once_and_refreshed(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.press(SOCIAL, "Sign in with Demo provider")
    tell_provider(app, "page.tokens@example.com")
    app.expect_outcome("You are signed in.")
    app.press(CONNECTED, "Take the tokens of Demo provider")
    app.expect_outcome("handed out once")
    shown = app.way(CONNECTED).locator("#provider-access-token")
    first = shown.inner_text()
    assert profile(demo, first)["email"] == "page.tokens@example.com"
    app.picture("provider-tokens")
    app.expect_no_sideways_scrolling()
    app.page.clock.install()
    app.press(CONNECTED, "Refresh it")
    app.expect_outcome("The provider gave new tokens.")
    assert profile(demo, shown.inner_text())["email"] == "page.tokens@example.com"
    app.sign_out()
    expect(app.page.get_by_text(first)).to_have_count(0)


def test_no_tokens_of_a_provider_that_is_not_connected(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.no.tokens@example.com")
    app.expect_outcome("You are signed up.")
    app.press(CONNECTED, "Take the tokens of Demo provider")
    app.expect_outcome("This provider is not connected, so it gave none.")
    expect(app.page.locator("#provider-tokens-shown")).to_be_hidden()


def test_id_token_signs_up_and_in(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.press(ID_TOKEN, "Sign up")
    tell_provider(app, "page.id.token@example.com")
    app.expect_outcome("You are signed up.")
    app.expect_signed_in("page.id.token")
    assert app.page.url == app.address, "nothing secret stays in the address bar"
    mine = app.session["user"]["id"]
    app.sign_out()
    with app.page.expect_request("**/signin/idtoken") as asked:
        app.press(ID_TOKEN, "Sign in")
        tell_provider(app, "page.id.token@example.com")
    app.expect_outcome("You are signed in.")
    assert app.session["user"]["id"] == mine
    app.sign_out()
    spent = {**asked.value.post_data_json, "nonce": "another"}
    reply = requests.post(f"{demo.api}/signin/idtoken", json=spent, timeout=10)
    assert reply.json()["error"] == "invalid-request", "a token without its nonce is of no use"
    app.press(ID_TOKEN, "Sign up")
    tell_provider(app, "page.id.token@example.com")
    app.expect_error("There is an account with this address already.")


def test_id_token_and_the_way_by_the_server_lead_to_one_account(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.links@example.com")
    app.expect_outcome("You are signed up.")
    mine = app.session["user"]["id"]
    app.press(CONNECTED, "Connect by an ID token")
    tell_provider(app, "page.linked@example.com")
    app.expect_outcome("The provider is connected.")
    app.sign_out()
    app.press(SOCIAL, "Sign in with Demo provider")
    tell_provider(app, "page.linked@example.com")
    app.expect_signed_in("page.links@example.com")
    assert app.session["user"]["id"] == mine


def test_declined_id_token_is_told(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.press(ID_TOKEN, "Sign in")
    app.page.get_by_role("button", name="Decline").click()
    app.expect_error("The provider refused: You declined.")
    app.expect_signed_out()


def test_id_token_that_the_page_did_not_ask_for_is_not_brought(demo: Demo, visit_app: VisitApp) -> None:
    """Whoever makes somebody follow a link with an ID token of his own would have him signed in as himself."""
    app = visit_app(demo)
    app.press(ID_TOKEN, "Sign in")
    expect(app.page.get_by_role("heading", name="Who are you?")).to_be_visible()
    app.open("#state=guessed&id_token=foreign")
    app.expect_error("This was begun in another tab.")
    assert [url for url in app.asked if url.endswith("/signin/idtoken")] == []


def profile(demo: Demo, access_token: str) -> Any:
    """Whom the provider takes a token for."""
    headers = {"Authorization": f"Bearer {access_token}"}
    return requests.get(f"{demo.origin}/provider/me", headers=headers, timeout=10).json()
