"""The page /app in Chromium: a device is let in by its code, and the page that signing out elsewhere leads to."""

from __future__ import annotations

import pytest

from tests.live.app_page import AppPage
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.consent import CONSENT as ASKED
from tests.live.consent import sign_up
from tests.live.demo import Demo
from tests.live.page_tools import PageTools
from tests.live.shop import Shop

CODE, LOGOUT = "Code of the device", "Sign out here too?"
WORDS = ["Know you by an id of your account", "See your e-mail address"]


def go(app: AppPage, address: str) -> None:
    app.page.goto(address)
    app.wait()


def expect_asked(app: AppPage, code: str) -> None:
    expect(app.way(ASKED).get_by_role("listitem")).to_have_text(WORDS)
    expect(app.way(ASKED).locator("#device-shown-code")).to_have_text(code)
    expect(app.way(ASKED).locator("#device-place")).to_contain_text("at 127.0.0.1")


def test_device_is_let_in_by_the_code_that_is_typed_in(
    demo: Demo, shop: Shop, visit_app: VisitApp, page_tools: PageTools
) -> None:
    app, device = visit_app(demo), shop.begin_device()
    go(app, device["verification_uri"])
    expect(app.page.get_by_text("Sign in to let a device in.")).to_be_visible()
    email = sign_up(app, "device")
    expect(app.page.get_by_role("heading", name="Let a device in")).to_be_focused()
    expect(app.way(CODE)).to_contain_text(f"You are {email}.")
    expect(app.way(ASKED)).to_be_hidden()
    app.picture("device")
    app.page.get_by_label("Code that the device shows").fill(device["user_code"].lower())
    app.page.keyboard.press("Enter")
    app.expect_outcome("Look whether this is your device")
    expect_asked(app, device["user_code"])
    expect(app.page.get_by_role("heading", name=ASKED)).to_be_focused()
    app.picture("device-asked")
    app.expect_accessible(page_tools.axe)
    app.expect_no_sideways_scrolling()
    assert shop.poll(device)["error"] == "authorization_pending"
    app.press(ASKED, "Allow")
    app.expect_outcome("The device is let in")
    expect(app.way(ASKED)).to_be_hidden()
    app.page.get_by_role("link", name="To your account").click()
    app.wait()
    expect(app.way("Applications").get_by_role("listitem")).to_contain_text("Shop")


def test_code_in_the_address_alone_lets_nothing_in(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app, device = visit_app(demo), shop.begin_device()
    sign_up(app, "device.address")
    go(app, device["verification_uri_complete"])
    app.expect_outcome("Look whether this is your device")
    expect_asked(app, device["user_code"])
    assert shop.poll(device)["error"] == "authorization_pending"
    app.press(ASKED, "Refuse")
    app.expect_outcome("The device was refused.")
    app.page.reload()
    app.wait()
    expect(app.way(ASKED)).to_be_hidden()
    expect(app.page.get_by_label("Code that the device shows")).to_have_value("")
    app.open()
    expect(app.page.get_by_text("You have let none in.")).to_be_visible()


def test_device_that_was_let_in_gets_its_tokens(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app, device = visit_app(demo), shop.begin_device()
    go(app, device["verification_uri_complete"])
    app.sign_up("page.device.tokens@example.com")
    expect_asked(app, device["user_code"])
    app.press(ASKED, "Allow")
    app.expect_outcome("The device is let in")
    assert "id_token" in shop.poll(device)


def test_wrong_code_is_told(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    sign_up(app, "device.wrong")
    go(app, shop.begin_device()["verification_uri"] + "&user_code=WRNG-CODE")
    app.expect_error("This code is wrong, too old, or was used already.")
    expect(app.way(ASKED)).to_be_hidden()
    expect(app.page.get_by_label("Code that the device shows")).to_have_value("WRNG-CODE")


def test_another_account_takes_the_device(demo: Demo, shop: Shop, visit_app: VisitApp) -> None:
    app, device = visit_app(demo), shop.begin_device()
    sign_up(app, "device.first")
    go(app, device["verification_uri_complete"])
    expect_asked(app, device["user_code"])
    app.press(CODE, "Use another account")
    app.expect_outcome("You are signed out here.")
    email = sign_up(app, "device.second")
    expect(app.way(CODE)).to_contain_text(f"You are {email}.")
    expect(app.way(ASKED)).to_be_hidden()
    app.press(CODE, "Look it up")
    app.expect_outcome("Look whether this is your device")


def id_token(shop: Shop, app: AppPage) -> str:
    shop.send(app)
    app.press(ASKED, "Allow")
    return str(shop.exchange(shop.answer(app)["code"])["id_token"])


@pytest.mark.parametrize("answer", ["Sign out here too", "Stay signed in"])
def test_sign_out_elsewhere_asks_whether_to_sign_out_here_too(
    demo: Demo, shop: Shop, visit_app: VisitApp, page_tools: PageTools, answer: str
) -> None:
    app = visit_app(demo)
    email = sign_up(app, f"logout.{answer.split()[0]}")
    go(app, f"{demo.api}/oauth2/logout?id_token_hint={id_token(shop, app)}")
    expect(app.way(LOGOUT)).to_contain_text(f"You come from Shop. Here you are still signed in as {email}.")
    app.picture("logout")
    app.expect_accessible(page_tools.axe)
    app.expect_no_sideways_scrolling()
    app.press(LOGOUT, answer)
    app.expect_outcome("You are signed out." if answer.startswith("Sign") else "You stay signed in.")
    if answer.startswith("Sign"):
        app.expect_signed_out()
    else:
        app.expect_signed_in(email)
    assert app.page.url == app.address


def test_stranger_names_no_application(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.open("?view=logout&client_id=Your+bank")
    app.expect_outcome("You are signed out.")
    assert app.page.url == app.address
    sign_up(app, "logout.stranger")
    app.open("?view=logout&client_id=Your+bank")
    expect(app.way(LOGOUT)).to_contain_text("You come from the application.")
