"""What is good once is good once (OWASP ASVS 5.0, 6.5.1; RFC 6238, section 5.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.flows.links import FOLLOWED
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import Api, Inbox, Reply
from tests.endpoints.totp_app import code_of, enrol
from tests.security.people import Person, open_every_way
from tests.ways import KNOWN, Request, Way, known, told
from tests.webauthn_page import (
    ADD,
    ADD_VERIFY,
    ELEVATE,
    ELEVATE_VERIFY,
    ORIGIN,
    SIGN_IN,
    SIGN_IN_VERIFY,
    SIGN_UP,
    SIGN_UP_VERIFY,
    add_key,
)

Door = Callable[[Api, Reply, str], Reply]

INVALID, INVALID_OTP, INVALID_TOTP = (400, "invalid-request"), (400, "invalid-otp"), (401, "invalid-totp")


@pytest.fixture(autouse=True)
def _everything_on(settings: Any) -> None:
    open_every_way(settings)


@pytest.fixture
def ann(api: Api) -> Reply:
    return known(api)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as travelling:
        yield travelling


def step(api: Api, ann: Reply, code: str) -> Reply:
    """After the password."""
    return api.post("/signin/mfa/totp", {"ticket": api.sign_in().json["mfa"]["ticket"], "otp": code})


def elevate(api: Api, ann: Reply, code: str) -> Reply:
    return api.post("/elevate/totp", {"otp": code}, token=ann.token)


def turn_off(api: Api, ann: Reply, code: str) -> Reply:
    return api.post("/user/mfa", {"code": code}, token=ann.token)


def recovery_code(api: Api, inbox: Inbox, ann: Reply) -> Request:
    code = Person(ann, enrol(api, ann), Authenticator()).recovery_codes(api)[0]
    return lambda: elevate(api, ann, code)


def answer(begin: str, verify: str, body: dict[str, Any] | None = None, *, bearer: bool) -> Way:
    """A key's answer to the challenge of one ceremony."""

    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        device = Authenticator(ORIGIN)
        assert add_key(api, ann.token, device).status == 200
        token = ann.token if bearer else None
        options = api.post(begin, body, token=token).json
        credential = Authenticator(ORIGIN).create(options) if "rp" in options else device.get(options)
        return lambda: api.post(verify, {"credential": credential}, token=token)

    return prepare


SECRETS: dict[str, tuple[Way, tuple[int, str]]] = {
    **{f"link {kind}": (KNOWN[f"/verify {kind}"], (302, "invalid-ticket")) for kind in FOLLOWED},
    "reset ticket": (KNOWN["/user/password ticket"], (401, "invalid-ticket")),
    "ticket of the second step": (KNOWN["/signin/mfa/totp"], (401, "invalid-ticket")),
    "PKCE code": (KNOWN["/token/exchange"], INVALID),
    "e-mail code": (KNOWN["/signin/otp/email/verify"], INVALID_OTP),
    "e-mail code, elevating": (KNOWN["/elevate/otp/email/verify"], INVALID_OTP),
    "SMS code": (KNOWN["/signin/passwordless/sms/otp"], INVALID_OTP),
    "SMS code, elevating": (KNOWN["/elevate/otp/sms/verify"], INVALID_OTP),
    "SMS code for a new number": (KNOWN["/user/phone-number/change/verify"], INVALID_OTP),
    "TOTP code": (KNOWN["/elevate/totp"], INVALID_TOTP),
    "recovery code": (recovery_code, INVALID_TOTP),
    "challenge to sign up": (answer(SIGN_UP, SIGN_UP_VERIFY, {"email": "new@example.com"}, bearer=False), INVALID),
    "challenge to sign in": (answer(SIGN_IN, SIGN_IN_VERIFY, bearer=False), INVALID),
    "challenge to add a key": (answer(ADD, ADD_VERIFY, bearer=True), INVALID),
    "challenge to elevate": (answer(ELEVATE, ELEVATE_VERIFY, bearer=True), INVALID),
}


@pytest.mark.parametrize("secret", SECRETS)
def test_18_used_once_is_used_up(api: Api, inbox: Inbox, ann: Reply, clock: Any, secret: str) -> None:
    prepare, refusal = SECRETS[secret]
    request = prepare(api, inbox, ann)
    assert told(request())[1] is None
    assert told(request()) == refusal


def test_18_every_recovery_code_is_good_and_each_once(api: Api, ann: Reply) -> None:
    codes = Person(ann, enrol(api, ann), Authenticator()).recovery_codes(api)
    assert step(api, ann, codes[0].upper()).status == elevate(api, ann, codes[1].replace("-", " ")).status == 200
    for spelled in (codes[0], codes[1], codes[0].replace("-", "")):
        assert elevate(api, ann, spelled).outcome == INVALID_TOTP
    assert turn_off(api, ann, codes[2]).status == 200
    assert elevate(api, ann, codes[3]).outcome == (401, "disabled-mfa-totp")


@pytest.mark.parametrize("second", [step, elevate, turn_off], ids=lambda door: door.__name__)
@pytest.mark.parametrize("first", [step, elevate], ids=lambda door: door.__name__)
def test_20_no_door_takes_a_code_of_a_step_that_was_used_or_an_earlier_one(
    api: Api, ann: Reply, clock: Any, first: Door, second: Door
) -> None:
    secret = enrol(api, ann)
    clock.shift(60)
    assert first(api, ann, code_of(secret)).status == 200
    for steps in (0, -1):
        assert second(api, ann, code_of(secret, steps=steps)).outcome == INVALID_TOTP
    assert second(api, ann, code_of(secret, steps=1)).status == 200


def test_20_the_code_that_turned_it_on_is_used_up(api: Api, ann: Reply, clock: Any) -> None:
    secret = enrol(api, ann)  # by the code of the step before
    assert elevate(api, ann, code_of(secret, steps=-1)).outcome == INVALID_TOTP
    assert elevate(api, ann, code_of(secret)).status == 200


def test_20_used_stays_used_when_the_factor_is_turned_off_and_on(api: Api, ann: Reply, clock: Any) -> None:
    secret = enrol(api, ann)
    assert turn_off(api, ann, code_of(secret)).status == 200
    again = {"code": code_of(secret), "activeMfaType": "totp"}
    assert api.post("/user/mfa", again, token=ann.token).outcome == INVALID_TOTP
