"""The page /app in Chromium: the second factor with recovery codes, and fresh proof."""

from __future__ import annotations

from tests.endpoints.totp_app import code_of
from tests.live.app_page import AppPage, is_alive
from tests.live.browser import expect
from tests.live.conftest import VisitApp
from tests.live.demo import Demo, Start
from tests.live.page_tools import PageTools

WAY, KEYS, FACTOR, STEP, PROOF = "Passkey", "Passkeys", "Second factor", "Your second factor", "Proof"


def turn_second_factor_on(app: AppPage) -> str:
    """The secret; the codes of the present and the next time step are left."""
    app.press(FACTOR, "Set it up")
    app.expect_outcome("Scan the code with an authenticator app")
    secret = app.way(FACTOR).locator("#second-factor-secret").inner_text()
    app.fill(FACTOR, "Code that the app shows", code_of(secret, steps=-1))
    app.press(FACTOR, "Turn it on")
    app.expect_outcome("The second factor is on.")
    return secret


def test_second_factor_is_asked_for_after_the_password(demo: Demo, visit_app: VisitApp, page_tools: PageTools) -> None:
    app = visit_app(demo)
    app.sign_up("page.totp@example.com")
    app.expect_outcome("You are signed up.")
    expect(app.way(FACTOR)).to_contain_text("It is off.")
    app.press(FACTOR, "Set it up")
    app.expect_outcome("Scan the code")
    expect(app.way(FACTOR).get_by_role("img")).to_be_visible()
    expect(app.way(FACTOR).get_by_label("Code that the app shows")).to_be_focused()
    app.picture("second-factor")
    app.expect_accessible(page_tools.axe)
    secret = turn_second_factor_on(app)
    expect(app.way(FACTOR).get_by_role("img")).to_have_count(0)
    app.sign_out()

    app.sign_in("page.totp@example.com")
    app.expect_outcome("One step is left.")
    app.picture("second-step")
    app.expect_accessible(page_tools.axe)
    assert app.session is None
    code_field = "Code of your authenticator app, or a recovery code"
    app.fill(STEP, code_field, "000000" if code_of(secret) != "000000" else "111111")
    app.press(STEP, "Go on")
    app.expect_error("This code is wrong, or was used before.")
    app.expect_signed_out()
    app.sign_in("page.totp@example.com")
    app.expect_outcome("One step is left.")
    app.fill(STEP, code_field, code_of(secret))
    app.press(STEP, "Go on")
    app.expect_outcome("You are signed in.")
    app.expect_signed_in("page.totp@example.com")


def test_recovery_code_stands_in_for_a_lost_phone(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.recovery@example.com")
    app.expect_outcome("You are signed up.")
    secret = turn_second_factor_on(app)
    app.press(FACTOR, "Make recovery codes")
    app.expect_error("This asks for fresh proof that it is you.")
    app.fill(PROOF, "Code of your authenticator app", code_of(secret))
    app.press(PROOF, "Prove it by the app")
    app.expect_outcome("You proved that it is you.")
    app.press(FACTOR, "Make recovery codes")
    app.expect_outcome("These recovery codes are shown once")
    codes = app.page.get_by_role("list", name="Recovery codes").get_by_role("listitem").all_inner_texts()
    assert len(set(codes)) == 10
    expect(app.way(FACTOR)).to_contain_text("10 recovery codes are left.")
    app.picture("recovery-codes")
    app.sign_out()
    expect(app.page.get_by_text(codes[0])).to_have_count(0)

    app.sign_in("page.recovery@example.com")
    app.expect_outcome("One step is left.")
    app.fill(STEP, "Code of your authenticator app, or a recovery code", codes[0])
    app.press(STEP, "Go on")
    app.expect_signed_in("page.recovery@example.com")
    expect(app.way(FACTOR)).to_contain_text("9 recovery codes are left.")
    app.fill(FACTOR, "Code, or a recovery code", codes[1])
    app.press(FACTOR, "Turn it off")
    app.expect_outcome("The second factor is off.")
    expect(app.way(FACTOR)).to_contain_text("It is off.")


def test_second_step_can_be_left(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.sign_up("page.leaves@example.com")
    app.expect_outcome("You are signed up.")
    turn_second_factor_on(app)
    app.sign_out()
    app.sign_in("page.leaves@example.com")
    app.expect_outcome("One step is left.")
    app.press(STEP, "Begin again")
    app.expect_signed_out()


def test_second_factor_is_asked_for_after_a_link_too(start_beside: Start, visit_app: VisitApp) -> None:
    app = visit_app(start_beside(AUTH_MFA_REQUIRED_EVERYWHERE="true"))
    app.sign_up("page.link.too@example.com")
    app.expect_outcome("You are signed up.")
    secret = turn_second_factor_on(app)
    app.sign_out()
    app.fill("Magic link", "E-mail address", "page.link.too@example.com")
    app.press("Magic link", "Mail me a link")
    app.expect_outcome("A mail is on its way")
    app.follow_newest_link()
    app.expect_outcome("One step is left.")
    assert app.page.url == app.address, "nothing secret stays in the address bar"
    app.fill(STEP, "Code of your authenticator app, or a recovery code", code_of(secret))
    app.press(STEP, "Go on")
    app.expect_signed_in("page.link.too@example.com")


def test_proof_is_given_where_it_is_asked_for(start_beside: Start, visit_app: VisitApp) -> None:
    demo = start_beside(AUTH_REQUIRE_ELEVATED_CLAIM="required")
    app = visit_app(demo)
    app.sign_up_by_passkey("page.proof@example.com")
    expect(app.way(PROOF)).to_contain_text("This session is not elevated.")
    app.page.get_by_role("list", name=KEYS).get_by_label("Name", exact=True).fill("Laptop")
    app.press(KEYS, "Rename unnamed")
    app.expect_error("Give it under “Proof”, then try again.")
    before = app.session
    app.press(PROOF, "Prove it by a passkey")
    app.expect_outcome("You proved that it is you.")
    expect(app.way(PROOF)).to_contain_text("This session is elevated.")
    assert app.session["refreshTokenId"] != before["refreshTokenId"]
    assert not is_alive(demo, before), "one session is left, not two"
    app.page.get_by_role("list", name=KEYS).get_by_label("Name", exact=True).fill("Laptop")
    app.press(KEYS, "Rename unnamed")
    app.expect_outcome("The passkey was renamed.")
    app.press("Who you are", "Refresh")
    app.expect_outcome("You have a new access token.")
    expect(app.way(PROOF)).to_contain_text("This session is not elevated.")


def test_proof_by_a_mailed_and_a_texted_code(demo: Demo, visit_app: VisitApp) -> None:
    app = visit_app(demo)
    app.fill("Code by e-mail", "E-mail address", "page.mailed@example.com")
    app.press("Code by e-mail", "Mail me a code")
    app.expect_outcome("A code is on its way.")
    app.fill("Code by e-mail", "Code", app.newest_code())
    app.press("Code by e-mail", "Sign in with the code")
    app.expect_outcome("You are signed in.")
    app.press(PROOF, "Mail me a code for it")
    app.expect_outcome("A code is on its way.")
    app.fill(PROOF, "Code", app.newest_code())
    app.press(PROOF, "Prove it by the mailed code")
    app.expect_outcome("You proved that it is you.")
    app.sign_out()

    app.fill("Code by SMS", "Phone number", "+12025550125")
    app.press("Code by SMS", "Text me a code")
    app.expect_outcome("A code is on its way.")
    app.fill("Code by SMS", "Code", app.newest_code())
    app.press("Code by SMS", "Sign in with the code")
    app.expect_outcome("You are signed in.")
    app.press(PROOF, "Text me a code for it")
    app.expect_outcome("A code is on its way.")
    app.fill(PROOF, "Code", app.newest_code())
    app.press(PROOF, "Prove it by the texted code")
    app.expect_outcome("You proved that it is you.")
    expect(app.way(PROOF)).to_contain_text("This session is elevated.")
