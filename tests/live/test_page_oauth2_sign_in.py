"""The page /app in Chromium: whoever an application asks signs in first, or anew, or by another account."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.live.app_page import AppPage
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.consent import CONSENT, WORDS, age_sign_in, expect_allowed, expect_asked, sign_up
from tests.live.demo import Demo
from tests.live.page_tools import PageTools
from tests.live.shop import Shop
from tests.live.test_page_social import tell_provider


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "600"}], ids=["prompt", "max-age"])
def test_somebody_signs_in_anew(demo: Demo, shop: Shop, visit_app: VisitApp, asked: dict[str, str]) -> None:
    app = visit_app(demo)
    email = sign_up(app, f"anew.{next(iter(asked))}")
    age_sign_in(demo, email)
    app.press("Who you are", "Refresh")
    app.expect_outcome("You have a new access token.")
    shop.send(app, **asked)
    consent = app.way(CONSENT)
    expect(consent).to_contain_text("It wants you to sign in again")
    expect(consent.get_by_role("button", name="Allow")).to_be_hidden()
    app.picture("consent-again")
    app.press(CONSENT, "Sign in again")
    app.expect_outcome("You are signed out here. Sign in to go on.")
    app.sign_in(email)
    app.expect_outcome("You are signed in.")
    expect_asked(app, email, [WORDS[0], WORDS[2]])
    app.press(CONSENT, "Allow")
    expect_allowed(shop, app, email)


def test_sign_in_that_grew_old_meanwhile(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    sign_up(app, "reads")
    shop.send(app, max_age="600")
    app.page.route("**/oauth2/login", lambda route: route.fulfill(status=403, json={"error": "sign-in-again"}))
    app.press(CONSENT, "Allow")
    app.expect_error("The application wants you to sign in again first.")
    expect(app.way(CONSENT).get_by_role("button", name="Allow")).to_be_hidden()


def test_another_account(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    first = sign_up(app, "first")
    shop.send(app)
    expect_asked(app, first, [WORDS[0], WORDS[2]])
    app.press(CONSENT, "Use another account")
    app.expect_outcome("You are signed out here. Sign in to go on.")
    second = "page.second@example.com"
    app.sign_up(second)
    app.expect_outcome("You are signed up.")
    expect_asked(app, second, [WORDS[0], WORDS[2]])
    app.press(CONSENT, "Allow")
    expect_allowed(shop, app, second)


def test_guest_has_to_use_an_account(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.press("As a guest", "Go on as a guest")
    app.expect_outcome("You are a guest.")
    shop.send(app)
    expect(app.way(CONSENT)).to_contain_text("You are a guest. Use an account to go on.")
    expect(app.way(CONSENT).get_by_role("button", name="Allow")).to_be_hidden()


def by_password(app: AppPage, email: str) -> None:
    app.sign_up(email)


def by_link(app: AppPage, email: str) -> None:
    app.fill("Magic link", "E-mail address", email)
    app.press("Magic link", "Mail me a link")
    app.expect_outcome("A mail is on its way")
    app.follow_newest_link()


def by_provider(app: AppPage, email: str) -> None:
    app.press("Social sign-in", "Sign in with Demo provider")
    tell_provider(app, email)


def by_id_token(app: AppPage, email: str) -> None:
    app.press("ID token", "Sign in")
    tell_provider(app, email)


@pytest.mark.parametrize("way", [by_password, by_link, by_provider, by_id_token], ids=lambda way: way.__name__)
def test_sign_in_on_the_way(
    demo: Demo, shop: Shop, visit_app: VisitApp, page_tools: PageTools, way: Callable[[AppPage, str], None]
) -> None:
    app, email = visit_app(demo), f"page.way.{way.__name__}@example.com"
    shop.send(app)
    app.expect_signed_out()
    expect(app.page.get_by_text(f"{urlsplit(shop.back).netloc} asks you to sign in.")).to_be_visible()
    if way is by_password:
        app.picture("consent-signed-out")
        app.expect_accessible(page_tools.axe)
    way(app, email)
    expect(app.page.get_by_role("heading", name="An application asks")).to_be_visible()
    app.wait()
    assert set(dict(parse_qsl(urlsplit(app.page.url).query))) == {"request_id", "view"}
    app.press(CONSENT, "Allow")
    expect_allowed(shop, app, email)


def test_declined_provider_leads_back_to_what_was_asked(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    shop.send(app)
    app.press("ID token", "Sign in")
    app.page.get_by_role("button", name="Decline").click()
    app.expect_error("The provider refused")
    expect(app.page.get_by_text(f"{urlsplit(shop.back).netloc} asks you to sign in.")).to_be_visible()
    by_password(app, "page.declined@example.com")
    expect_asked(app, "page.declined@example.com", [WORDS[0], WORDS[2]])
