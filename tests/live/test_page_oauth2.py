"""The page /app in Chromium: applications ask, and somebody says whether they may."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest

from tests.live.app_page import AppPage
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.demo import Demo
from tests.live.page_tools import PageTools
from tests.live.shop import Shop, shop_pages
from tests.live.test_page_social import tell_provider

SCOPE = "openid profile email phone offline_access graphql"
WORDS = [
    "Know you by an id of your account",
    "See your name, your picture and your language",
    "See your e-mail address",
    "See your phone number",
    "Stay signed in while you are away",
    "Read and change data in your name, with all your roles",
]
CONSENT, LIST = "Shop wants to sign you in", "Applications"


@pytest.fixture(scope="module")
def shop(demo: Demo) -> Iterator[Shop]:
    with shop_pages() as back:
        yield Shop(demo, back)


def sign_up(app: AppPage, name: str) -> str:
    """The address of somebody new."""
    email = f"page.{name}@example.com"
    app.sign_up(email)
    app.expect_outcome("You are signed up.")
    return email


def expect_asked(app: AppPage, account: str, words: list[str]) -> None:
    consent = app.way(CONSENT)
    expect(app.page.get_by_role("heading", name="An application asks")).to_be_visible()
    expect(consent.locator("#consent-account")).to_have_text(account)
    expect(consent.get_by_role("listitem")).to_have_text(words)


def expect_allowed(shop: Shop, app: AppPage, email: str) -> None:
    claims = jwt.decode(shop.exchange(shop.answer(app)["code"])["id_token"], options={"verify_signature": False})
    assert claims["email"] == email


def allow(shop: Shop, app: AppPage, **parameters: str) -> dict[str, str]:
    shop.send(app, **parameters)
    app.press(CONSENT, "Allow")
    return shop.answer(app)


def age_sign_in(demo: Demo, email: str) -> None:
    """It was an hour ago."""
    demo.manage(
        "shell",
        "-c",
        "from datetime import timedelta\nfrom django.db.models import F\n"
        "from nhost_auth.models import RefreshToken\n"
        f"found = RefreshToken.objects.filter(account__email='{email}')\n"
        "assert found.update(created_at=F('created_at') - timedelta(hours=1))",
    )


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
    expect(app.way(LIST)).to_contain_text("You have let none in.")


def test_refusal_needs_no_sign_in(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    expect(app.page.get_by_role("button", name="Go back without signing in")).to_be_hidden()
    shop.send(app)
    app.page.get_by_role("button", name="Go back without signing in").click()
    assert shop.answer(app) == {"error": "access_denied"}


def test_consent_is_remembered(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    email = sign_up(app, "remembers")
    allow(shop, app, scope="openid email")
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
    allow(shop, app)
    assert set(shop.send_through(app, prompt="none", max_age="600")) == {"code"}
    age_sign_in(demo, email)
    app.open()
    app.press("Who you are", "Refresh")
    app.expect_outcome("You have a new access token.")
    assert shop.send_through(app, prompt="none", max_age="600") == {"error": "login_required"}


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
    demo: Demo, shop: Shop, visit_app: VisitApp, page_tools: PageTools, way: type[AppPage]
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
    by_password(app, "page.declined@example.com")
    expect_asked(app, "page.declined@example.com", [WORDS[0], WORDS[2]])


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
    app.page.route("**/oauth2/login?*", lambda route: route.abort())
    app.page.goto(shop.address(), wait_until="commit")
    app.expect_error("The server cannot be reached.")
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
    expect(app.way(LIST)).to_contain_text("You have let none in.")
    tokens = shop.exchange(allow(shop, app, scope="openid email offline_access")["code"])
    app.open()
    items = app.way(LIST).get_by_role("listitem")
    expect(items).to_have_count(1)
    expect(items).to_contain_text(f"{WORDS[0]}. {WORDS[2]}. {WORDS[4]}.")
    app.picture("applications")
    app.expect_accessible(page_tools.axe)
    app.expect_no_sideways_scrolling()
    app.press(LIST, "Revoke Shop")
    app.expect_outcome("Shop was revoked.")
    expect(items).to_have_count(0)
    expect(app.way(LIST)).to_contain_text("You have let none in.")
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
