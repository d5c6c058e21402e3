"""The SMS that tests read, and what one does with the codes in them."""

from __future__ import annotations

from typing import Any

from nhost_auth.infra.sms import memory
from tests.conftest import Api, Reply

SEND, OTP = "/signin/passwordless/sms", "/signin/passwordless/sms/otp"
CHANGE, CHANGE_VERIFY = "/user/phone-number/change", "/user/phone-number/change/verify"
NUMBER, OTHER_NUMBER = "+12025550100", "+12025550199"


def open_inbox(settings: Any) -> None:
    """SMS are on and stay in memory; none is there yet."""
    settings.AUTH_SMS_PASSWORDLESS_ENABLED, settings.AUTH_SMS_PROVIDER = True, "memory"
    memory.outbox.clear()


def texts(to: str = NUMBER) -> list[str]:
    return [sms.text for sms in memory.outbox if sms.to == to]


def code(to: str = NUMBER) -> str:
    """The code in the newest SMS to a number."""
    return texts(to)[-1][-7:-1]


def wrong(*codes: str) -> str:
    """A code that is none of these."""
    return next(guess for guess in (f"{number:06d}" for number in range(len(codes) + 1)) if guess not in codes)


def use(api: Api, otp: str, number: str = NUMBER) -> Reply:
    return api.post(OTP, {"phoneNumber": number, "otp": otp})


def sign_in(api: Api, number: str = NUMBER) -> Reply:
    """The session of a number that has proven itself."""
    assert api.post(SEND, {"phoneNumber": number}).status == 200
    return use(api, code(number), number)


def change_number(api: Api, token: str, number: str = NUMBER) -> None:
    """Give the bearer a proven number."""
    assert api.post(CHANGE, {"newPhoneNumber": number}, token=token).status == 200
    body = {"newPhoneNumber": number, "otp": code(number)}
    assert api.post(CHANGE_VERIFY, body, token=token).status == 200
