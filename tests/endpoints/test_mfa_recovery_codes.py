"""POST and GET /mfa/recovery-codes, and what the codes are good for (identity.md sections 2 and 3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.dispatch import Signal
from django.utils import timezone
from django_otp import user_has_device

from nhost_auth import signals
from nhost_auth.models import RecoveryCode, TotpDevice
from tests.conftest import Api, Reply, account
from tests.endpoints.elevated_token import elevated_token
from tests.endpoints.totp_app import code_of, enrol, wrong_code

PATH, SIGN_IN, ELEVATE, CHANGE = "/mfa/recovery-codes", "/signin/mfa/totp", "/elevate/totp", "/user/mfa"
INVALID, NOT_ON = (401, "invalid-totp"), (401, "disabled-mfa-totp")
NO_CODE = "aaaa-aaaa-aaaa-aaaa"
MODES = pytest.mark.parametrize("mode", ["disabled", "recommended", "required"])


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    """The second factor may be used, and time stands still: an app's code is of the step that a test means."""
    settings.AUTH_MFA_ENABLED = True
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@dataclass(frozen=True)
class Person:
    """Somebody whose second factor is on; the present step's code is still good, and so are ten recovery codes."""

    session: Reply
    secret: str
    codes: list[str]

    @property
    def token(self) -> str:
        return self.session.token


def person(api: Api, settings: Any, email: str) -> Person:
    session = api.sign_up(email)
    secret = enrol(api, session)
    return Person(session, secret, ask(api, elevated_token(settings, session)))


@pytest.fixture
def ann(api: Api, settings: Any) -> Person:
    return person(api, settings, "ann@example.com")


def ask(api: Api, token: str) -> list[str]:
    reply = api.post(PATH, token=token)
    assert reply.status == 200
    codes: list[str] = reply.json["recoveryCodes"]
    return codes


def left(api: Api, who: Reply | Person) -> int:
    reply = api.get(PATH, token=who.token)
    assert (reply.status, list(reply.json)) == (200, ["remaining"])
    return int(reply.json["remaining"])


def generate(api: Api, who: Reply | Person) -> str:
    return str(api.get("/mfa/totp/generate", token=who.token).json["totpSecret"])


def turn_on(api: Api, who: Reply | Person, code: str) -> Reply:
    return api.post(CHANGE, {"code": code, "activeMfaType": "totp"}, token=who.token)


def turn_off(api: Api, who: Reply | Person, code: str) -> Reply:
    return api.post(CHANGE, {"code": code}, token=who.token)


def elevate(api: Api, who: Reply | Person, code: str) -> Reply:
    return api.post(ELEVATE, {"otp": code}, token=who.token)


def challenge(api: Api, who: Person) -> dict[str, str]:
    return {"ticket": api.sign_in(who.session.user["email"]).json["mfa"]["ticket"]}


def sign_in(api: Api, who: Person, code: str) -> Reply:
    return api.post(SIGN_IN, {**challenge(api, who), "otp": code})


Use = Callable[[Api, Person, str], Reply]
USES: dict[str, Use] = {SIGN_IN: sign_in, ELEVATE: elevate, CHANGE: turn_off}
EVERYWHERE = pytest.mark.parametrize("use", USES.values(), ids=USES)


def test_ten_codes_are_shown_once_and_counted_from_then_on(api: Api, settings: Any, ann: Person) -> None:
    reply = api.post(PATH, token=elevated_token(settings, ann.session))
    assert (reply.status, list(reply.json)) == (200, ["recoveryCodes"])
    assert reply.headers["Cache-Control"] == "no-store"
    codes = reply.json["recoveryCodes"]
    assert len(set(codes)) == len(codes) == 10
    assert all(re.fullmatch("[a-z2-7]{4}(-[a-z2-7]{4}){3}", code) for code in codes)
    assert api.get(PATH, token=ann.token).json == {"remaining": 10}


def test_needs_a_secret_first(api: Api) -> None:
    session = api.sign_up()
    assert api.post(PATH, token=session.token).outcome == (400, "no-totp-secret")
    assert left(api, session) == 0


def test_switched_off_it_is_a_conflict(api: Api, ann: Person, settings: Any) -> None:
    token = elevated_token(settings, ann.session)
    settings.AUTH_MFA_ENABLED = False
    for reply in (api.get(PATH, token=token), api.post(PATH, token=token)):
        assert reply.outcome == (409, "disabled-endpoint")
    settings.AUTH_TOTP_ENABLED = True
    assert len(ask(api, token)) == left(api, ann) == 10


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_is_for_regular_users_alone(api: Api, settings: Any, method: str) -> None:
    assert api.call(method, PATH).outcome == (401, "unauthorized")
    assert api.call(method, PATH, token=api.anonymous().token).outcome == (403, "forbidden-anonymous")
    session = api.sign_up()
    enrol(api, session)
    account(session).user._meta.model.objects.update(is_active=False)
    assert api.call(method, PATH, token=elevated_token(settings, session)).outcome == (401, "disabled-user")


def test_codes_asked_for_before_the_factor_is_on_are_good_after_that_alone(api: Api) -> None:
    session = api.sign_up()
    secret = generate(api, session)
    first, *_ = ask(api, session.token)
    assert [use(api, session, first).outcome for use in (elevate, turn_off)] == [NOT_ON, NOT_ON]
    assert turn_on(api, session, first).outcome == INVALID
    assert (left(api, session), user_has_device(account(session).user)) == (10, False)
    assert turn_on(api, session, code_of(secret)).status == 200
    assert left(api, session) == 10
    assert elevate(api, session, first).status == 200


def test_new_enrolment_ends_codes_asked_for_before_it(api: Api) -> None:
    session = api.sign_up()
    generate(api, session)
    codes = ask(api, session.token)
    secret = generate(api, session)
    assert left(api, session) == 0
    assert turn_on(api, session, code_of(secret)).status == 200
    assert elevate(api, session, codes[0]).outcome == INVALID


def test_replacement_secret_ends_no_code_of_the_factor_that_is_on(api: Api, ann: Person) -> None:
    generate(api, ann)
    assert left(api, ann) == 10
    assert sign_in(api, ann, ann.codes[0]).status == 200


@MODES
def test_once_the_factor_is_on_a_bearer_alone_gets_none(api: Api, ann: Person, settings: Any, mode: str) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = mode
    refused = api.post(PATH, token=ann.token)
    assert refused.outcome == (401, "unauthorized")
    assert refused.json["reason"] == "elevated claim required"
    assert left(api, ann) == 10
    for proof in (ann.codes[0], code_of(ann.secret)):
        assert len(ask(api, elevate(api, ann, proof).token)) == left(api, ann) == 10


def test_new_codes_end_the_old_ones(api: Api, ann: Person, settings: Any) -> None:
    new = ask(api, elevated_token(settings, ann.session))
    assert not {*new} & {*ann.codes}
    assert {elevate(api, ann, code).outcome for code in ann.codes} == {INVALID}
    assert elevate(api, ann, new[0]).status == 200


def test_each_code_signs_in_once(api: Api, ann: Person) -> None:
    for used, code in enumerate(ann.codes, start=1):
        assert sign_in(api, ann, code).user["id"] == ann.session.user["id"]
        assert left(api, ann) == 10 - used
    assert {sign_in(api, ann, code).outcome for code in ann.codes} == {INVALID}
    assert sign_in(api, ann, code_of(ann.secret)).status == 200


@EVERYWHERE
def test_code_used_at_one_place_is_spent_at_all(api: Api, ann: Person, use: Use) -> None:
    for first, code in zip((sign_in, elevate), ann.codes, strict=False):
        assert first(api, ann, code).status == 200
        assert use(api, ann, code).outcome == INVALID


@pytest.mark.parametrize("proof", ["recovery code", "app"])
def test_turning_the_factor_off_deletes_the_codes(api: Api, ann: Person, proof: str, clock: Any) -> None:
    code = ann.codes[0] if proof == "recovery code" else code_of(ann.secret)
    assert turn_off(api, ann, code).status == 200
    assert "session" in api.sign_in().json
    assert (left(api, ann), RecoveryCode.objects.count()) == (0, 0)
    clock.shift(60)
    assert turn_on(api, ann, code_of(ann.secret)).status == 200
    assert {elevate(api, ann, code).outcome for code in ann.codes} == {INVALID}


TYPED: list[Callable[[str], str]] = [
    str.upper,
    str.title,
    lambda code: code.replace("-", " "),
    lambda code: code.replace("-", ""),
    lambda code: code.replace("-", "", 1),
    lambda code: f" \t{code}\r\n",
    lambda code: code.upper().replace("-", " - "),
]


@pytest.mark.parametrize("use", [sign_in, elevate])
def test_people_type_codes_as_they_like(api: Api, ann: Person, use: Use) -> None:
    typed = [typed(code) for typed, code in zip(TYPED, ann.codes, strict=False)]
    assert {code: use(api, ann, code).status for code in typed} == dict.fromkeys(typed, 200)


def test_people_type_the_code_that_turns_the_factor_off_as_they_like(api: Api, ann: Person) -> None:
    assert turn_off(api, ann, f" {ann.codes[0].upper().replace('-', ' ')}").status == 200


@EVERYWHERE
def test_what_is_no_code_is_a_wrong_one(api: Api, ann: Person, use: Use) -> None:
    first, second, *_ = ann.codes
    other = "a" if first[-1] != "a" else "b"
    wrong = [NO_CODE, first[:-1] + other, first[:-1], first + "a", f"{first} {second}", first[:9] + second[9:]]
    wrong += ["0000-1111-8888-9999", "%" * 16, "_" * 16, "----", RecoveryCode.objects.all()[0].hash]
    assert {code: use(api, ann, code).outcome for code in wrong} == dict.fromkeys(wrong, INVALID)
    assert left(api, ann) == 10


def test_wrong_code_spends_the_ticket(api: Api, ann: Person) -> None:
    ticket = challenge(api, ann)
    assert api.post(SIGN_IN, {**ticket, "otp": NO_CODE}).outcome == INVALID
    assert api.post(SIGN_IN, {**ticket, "otp": ann.codes[0]}).outcome == (401, "invalid-ticket")
    assert left(api, ann) == 10


@EVERYWHERE
def test_code_of_somebody_else_is_nothing(api: Api, ann: Person, settings: Any, use: Use) -> None:
    bob = person(api, settings, "bob@example.com")
    assert use(api, ann, bob.codes[0]).outcome == INVALID
    assert (left(api, ann), left(api, bob)) == (10, 10)
    assert use(api, bob, bob.codes[0]).status == 200
    assert left(api, ann) == 10


def test_factor_turned_off_meanwhile(api: Api, ann: Person) -> None:
    body = {**challenge(api, ann), "otp": ann.codes[1]}
    assert turn_off(api, ann, ann.codes[0]).status == 200
    assert api.post(SIGN_IN, body).outcome == NOT_ON


def test_disabled_user_loses_no_code(api: Api, ann: Person) -> None:
    body = {**challenge(api, ann), "otp": ann.codes[0]}
    account(ann.session).user._meta.model.objects.update(is_active=False)
    assert api.post(SIGN_IN, body).outcome == (401, "disabled-user")
    assert RecoveryCode.objects.count() == 10


def test_code_is_good_while_the_app_has_to_wait_and_does_not_end_the_wait(api: Api, ann: Person) -> None:
    for _ in range(8):
        assert elevate(api, ann, wrong_code(ann.secret)).outcome == INVALID
    assert sign_in(api, ann, code_of(ann.secret)).outcome == INVALID
    assert sign_in(api, ann, ann.codes[0]).status == 200
    assert sign_in(api, ann, code_of(ann.secret)).outcome == INVALID


def test_wrong_codes_are_no_guesses_at_the_app_s(api: Api, ann: Person) -> None:
    for _ in range(8):
        assert elevate(api, ann, NO_CODE).outcome == INVALID
    assert TotpDevice.objects.get().failures == 0
    assert sign_in(api, ann, code_of(ann.secret)).status == 200


def test_new_codes_and_each_use_are_told_and_refusals_are_not(api: Api, ann: Person, settings: Any) -> None:
    calls: list[Any] = []

    def hear(signal: Signal, account: Any, sender: Any, **details: Any) -> None:
        calls.append((signal, account.email, details))

    made, used = signals.recovery_codes_generated, signals.recovery_code_used
    made.connect(hear)  # weakly: it is gone with the test
    used.connect(hear)
    first, second, *_ = ask(api, elevated_token(settings, ann.session))
    assert api.post(PATH, token=ann.token).status == 401
    for use, code in ((sign_in, first), (sign_in, first), (elevate, NO_CODE), (turn_off, second)):
        use(api, ann, code)
    uses = [(used, "ann@example.com", {"remaining": remaining}) for remaining in (9, 8)]
    assert calls == [(made, "ann@example.com", {}), *uses]
