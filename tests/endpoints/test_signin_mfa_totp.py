"""POST /signin/mfa/totp (identity.md section 2)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_otp import devices_for_user

from nhost_auth.models import Account, RefreshToken, TotpDevice
from tests.conftest import Api
from tests.endpoints.totp_app import code_of, enrol, wrong_code

PATH = "/signin/mfa/totp"


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = True


@pytest.fixture
def secret(api: Api) -> str:
    """Of Ann, whose second factor is on; the present step's code is still good."""
    return enrol(api, api.sign_up())


def ticket(api: Api) -> str:
    return str(api.sign_in().json["mfa"]["ticket"])


def test_password_alone_gives_a_ticket_and_no_session(api: Api, secret: str) -> None:
    before = RefreshToken.objects.count()
    reply = api.sign_in()
    assert list(reply.json) == ["mfa"]
    assert reply.json["mfa"]["ticket"].startswith("mfaTotp:")
    assert RefreshToken.objects.count() == before
    assert api.sign_in(password="Wrong-horse-7").outcome == (401, "invalid-email-password")


def test_code_completes_the_sign_in(api: Api, secret: str) -> None:
    reply = api.post(PATH, {"ticket": ticket(api), "otp": f" {code_of(secret)} "})
    assert reply.user["email"] == "ann@example.com"


def test_wrong_code_spends_the_ticket(api: Api, secret: str) -> None:
    spent = ticket(api)
    assert api.post(PATH, {"ticket": spent, "otp": wrong_code(secret)}).outcome == (401, "invalid-totp")
    assert api.post(PATH, {"ticket": spent, "otp": code_of(secret)}).outcome == (401, "invalid-ticket")


@pytest.mark.parametrize("otp", ["", "12345", "1234567", "abcdef", "12 456", "\u0661\u0662\u0663\u0664\u0665\u0666"])
def test_what_is_no_code_is_a_wrong_one(api: Api, secret: str, otp: str) -> None:
    assert api.post(PATH, {"ticket": ticket(api), "otp": otp}).outcome == (401, "invalid-totp")


def test_code_is_good_once_and_none_of_an_earlier_step_after_it(api: Api, secret: str) -> None:
    assert api.post(PATH, {"ticket": ticket(api), "otp": code_of(secret)}).status == 200
    for steps in (0, -1):
        body = {"ticket": ticket(api), "otp": code_of(secret, steps=steps)}
        assert api.post(PATH, body).outcome == (401, "invalid-totp")
    assert api.post(PATH, {"ticket": ticket(api), "otp": code_of(secret, steps=1)}).status == 200


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (0, 200), (1, 200), (2, 401)])
def test_21_clock_may_be_off_by_one_step(api: Api, secret: str, steps: int, status: int) -> None:
    assert api.post(PATH, {"ticket": ticket(api), "otp": code_of(secret, steps=steps)}).status == status


def test_ticket_lives_five_minutes(api: Api, secret: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late = ticket(api)
        clock.shift(301)
        assert api.post(PATH, {"ticket": late, "otp": code_of(secret)}).outcome == (401, "invalid-ticket")


def test_ticket_is_no_way_around_the_second_factor(api: Api, secret: str) -> None:
    query = {"ticket": ticket(api), "redirectTo": "https://app.example.com"}
    assert api.get("/verify", query=query).query["error"] == "invalid-ticket"
    body = {"email": "ann@example.com", "otp": query["ticket"]}
    assert api.post("/signin/otp/email/verify", body).outcome == (400, "invalid-otp")
    assert api.post(PATH, {"ticket": query["ticket"], "otp": code_of(secret)}).status == 200


def test_disabled_user_is_told_so_and_the_ticket_is_spent(api: Api, secret: str) -> None:
    body = {"ticket": ticket(api), "otp": code_of(secret)}
    user = Account.objects.get().user
    user.is_active = False
    user.save()
    assert api.post(PATH, body).outcome == (401, "disabled-user")
    user.is_active = True
    user.save()
    assert api.post(PATH, body).outcome == (401, "invalid-ticket")


def test_second_factor_turned_off_meanwhile(api: Api, secret: str) -> None:
    body = {"ticket": ticket(api), "otp": code_of(secret)}
    TotpDevice.objects.update(confirmed=False)
    assert api.post(PATH, body).outcome == (401, "disabled-mfa-totp")


def test_many_wrong_codes_make_the_right_one_wait(api: Api, secret: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(8):
            api.post(PATH, {"ticket": ticket(api), "otp": wrong_code(secret)})
        right = {"ticket": ticket(api), "otp": code_of(secret)}
        assert api.post(PATH, right).outcome == (401, "invalid-totp")
        clock.shift(16)
        assert api.post(PATH, {"ticket": ticket(api), "otp": code_of(secret)}).status == 200


def test_switched_off_the_challenge_stays_and_the_step_is_refused(api: Api, secret: str, settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = False
    body = {"ticket": ticket(api), "otp": code_of(secret)}
    assert api.post(PATH, body).outcome == (409, "disabled-endpoint")


@pytest.mark.parametrize("wrong", ["passwordReset:x", "x", ""])
def test_other_tickets_are_refused_by_their_shape(api: Api, wrong: str) -> None:
    assert api.post(PATH, {"ticket": wrong, "otp": "123456"}).outcome == (400, "schema-validation-error")


def test_django_otp_finds_the_device_and_its_code_is_spent_there_too(api: Api, secret: str) -> None:
    user = Account.objects.get().user
    (device,) = devices_for_user(user)
    assert device.verify_token(code_of(secret)) is True
    assert api.post(PATH, {"ticket": ticket(api), "otp": code_of(secret)}).outcome == (401, "invalid-totp")
