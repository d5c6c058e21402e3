"""What the tests of the consent page share: somebody new, what they are shown, and that the application gets it."""

from __future__ import annotations

import jwt

from tests.live.app_page import AppPage
from tests.live.browser import expect
from tests.live.demo import Demo
from tests.live.shop import Shop

WORDS = [
    "Know you by an id of your account",
    "See your name, your picture and your language",
    "See your e-mail address",
    "See your phone number",
    "Stay signed in while you are away",
    "Read and change data in your name, with all your roles",
]
CONSENT = "Shop wants to sign you in"


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


def let_in(shop: Shop, app: AppPage, **parameters: str) -> dict[str, str]:
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
