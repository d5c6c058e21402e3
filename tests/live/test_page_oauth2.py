"""The page /app in Chromium: applications ask, and somebody says whether they may."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.consent import CONSENT, WORDS, age_sign_in, expect_allowed, expect_asked, let_in, sign_up
from tests.live.demo import Demo
from tests.live.page_tools import PageTools
from tests.live.shop import Shop

SCOPE = "openid profile email phone offline_access graphql"
LIST = "Applications"


def test_application_is_let_in(demo: Demo, shop: Shop, visit_app: VisitApp, page_tools: PageTools) -> None:
    app = visit_app(demo)
    email = sign_up(app, "allows")
    shop.send(app, scope=SCOPE)
    expect(app.page.get_by_role("heading", name="An application asks")).to_be_focused()
    expect_asked(app, email, WORDS)
    expect(app.way(CONSENT)).to_contain_text(urlsplit(shop.back).netloc)
    expect(app.way(CONSENT)).to_contain_text(shop.client_id)
    app.picture("consent")
    app.expect_accessible(page_tools.axe)
    app.expect_no_sideways_scrolling()
    app.press(CONSENT, "Allow")
    expect_allowed(shop, app, email)


def test_one_role_is_told(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    email = sign_up(app, "role")
    shop.send(app, scope="graphql:role:editor")
    expect_asked(app, email, ["Read and change data in your name, with the role “editor” alone"])
    app.press(CONSENT, "Allow")
    app.expect_error("Your account has not got the role that is asked for.")
    app.press(CONSENT, "Refuse")
    assert shop.answer(app)["error"] == "access_denied"


def test_refusal_reaches_the_application(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    sign_up(app, "refuses")
    shop.send(app)
    app.press(CONSENT, "Refuse")
    assert shop.answer(app) == {"error": "access_denied"}
    app.open()
    expect(app.page.get_by_text("You have let none in.")).to_be_visible()


def test_refusal_needs_no_sign_in(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    expect(app.page.get_by_role("button", name="Go back without signing in")).to_be_hidden()
    shop.send(app)
    app.page.get_by_role("button", name="Go back without signing in").click()
    assert shop.answer(app) == {"error": "access_denied"}


def test_consent_is_remembered(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    email = sign_up(app, "remembers")
    let_in(shop, app, scope="openid email")
    assert set(shop.send_through(app, scope="openid email")) == {"code"}
    assert set(shop.send_through(app, prompt="none")) == {"code"}
    shop.send(app, scope="openid email phone")
    expect_asked(app, email, [WORDS[0], WORDS[2], WORDS[3]])
    shop.send(app, prompt="consent")
    expect_asked(app, email, [WORDS[0], WORDS[2]])
    shop.send(app, prompt="select_account")
    expect_asked(app, email, [WORDS[0], WORDS[2]])


def test_nobody_is_asked_with_prompt_none(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    assert shop.send_through(app, prompt="none") == {"error": "login_required"}
    app.open()
    email = sign_up(app, "silent")
    assert shop.send_through(app, prompt="none") == {"error": "consent_required"}
    let_in(shop, app)
    assert set(shop.send_through(app, prompt="none", max_age="600")) == {"code"}
    age_sign_in(demo, email)
    app.open()
    app.press("Who you are", "Refresh")
    app.expect_outcome("You have a new access token.")
    assert shop.send_through(app, prompt="none", max_age="600") == {"error": "login_required"}


def test_request_that_is_over_is_told(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.open(f"?view=consent&request_id={uuid.uuid4()}")
    app.expect_error("There is no such request. Begin again at the application.")
    app.expect_signed_out()
    email = sign_up(app, "late")
    shop.send(app)
    address = app.page.url
    app.press(CONSENT, "Refuse")
    shop.answer(app)
    app.page.goto(address)
    app.wait()
    app.expect_error("This request is too old, or was answered already.")
    app.expect_signed_in(email)
    assert app.page.url == app.address
    shop.send(app)
    address = app.page.url
    app.press(CONSENT, "Allow")
    shop.answer(app)
    app.page.goto(address)
    app.wait()
    app.expect_error("This was answered already. Begin again at the application.")


def test_nobody_agrees_to_what_is_not_shown(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    sign_up(app, "blind")
    shop.send(app)
    app.page.route("**/oauth2/login?*", lambda route: route.abort())
    app.press(CONSENT, "Use another account")
    app.expect_error("The server cannot be reached.")
    app.sign_up("page.blind.other@example.com")
    app.expect_error("The server cannot be reached.")
    expect(app.page.get_by_role("heading", name="An application asks")).to_be_visible()
    expect(app.page.get_by_role("button", name="Allow")).to_be_hidden()


def test_only_addresses_of_the_web_and_of_apps_are_followed(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    sign_up(app, "follows")
    shop.send(app)
    answer = {"redirectUri": "javascript:document.body.remove()"}
    app.page.route("**/oauth2/login", lambda route: route.fulfill(json=answer))
    app.press(CONSENT, "Allow")
    app.expect_error("address cannot be followed.")


def test_applications_are_listed_and_revoked(
    demo: Demo, shop: Shop, visit_app: VisitApp, page_tools: PageTools
) -> None:
    app = visit_app(demo)
    sign_up(app, "lists")
    expect(app.page.get_by_text("You have let none in.")).to_be_visible()
    tokens = shop.exchange(let_in(shop, app, scope="openid email offline_access")["code"])
    app.open()
    items = app.way(LIST).get_by_role("listitem")
    expect(items).to_have_count(1)
    expect(app.page.get_by_text("You have let none in.")).to_be_hidden()
    expect(items).to_contain_text(f"{WORDS[0]}. {WORDS[2]}. {WORDS[4]}.")
    app.picture("applications")
    app.expect_accessible(page_tools.axe)
    app.expect_no_sideways_scrolling()
    app.press(LIST, "Revoke Shop")
    app.expect_outcome("Shop was revoked.")
    expect(items).to_have_count(0)
    expect(app.page.get_by_text("You have let none in.")).to_be_visible()
    expect(app.page.get_by_role("heading", name=LIST)).to_be_focused()
    told = shop.tokens(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert told["error"] == "invalid_grant"
    shop.send(app)
    expect(app.way(CONSENT)).to_be_visible()


def test_keyboard_alone_is_enough(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    email = sign_up(app, "consents.by.keys")
    shop.send(app)
    expect(app.page.get_by_role("heading", name="An application asks")).to_be_focused()
    for button in ("Use another account", "Allow"):
        app.page.keyboard.press("Tab")
        expect(app.way(CONSENT).get_by_role("button", name=button)).to_be_focused()
    app.page.keyboard.press("Enter")
    expect_allowed(shop, app, email)
