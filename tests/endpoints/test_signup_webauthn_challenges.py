"""POST /signup/webauthn/verify: a challenge is for one answer, soon, of the same ceremony (identity.md 1.2)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Account, Challenge
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import Api
from tests.webauthn_page import ADD, ELEVATE, SIGN_IN, SIGN_UP_VERIFY, begin_sign_up, enable, sign_up

REFUSED = (400, "invalid-request")


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)


def tell(api: Api, answer: dict[str, Any]) -> tuple[int, str | None]:
    return api.post(SIGN_UP_VERIFY, {"credential": answer}).outcome


def test_answer_is_good_once(api: Api) -> None:
    answer = Authenticator().create(begin_sign_up(api))
    assert tell(api, answer) == (200, None)
    assert tell(api, answer) == REFUSED
    assert Account.objects.count() == 1
    assert not Challenge.objects.exists()


def test_another_answer_to_the_same_challenge_is_refused(api: Api) -> None:
    begun = begin_sign_up(api)
    assert tell(api, Authenticator().create(begun)) == (200, None)
    Account.objects.get().user.delete()
    assert tell(api, Authenticator().create(begun)) == REFUSED
    assert not Account.objects.exists()


def test_wrong_answer_spends_the_challenge(api: Api) -> None:
    device, begun = Authenticator(), begin_sign_up(api)
    wrong, right = device.create(begun, origin="https://evil.example"), device.create(begun)
    assert tell(api, wrong) == REFUSED
    assert tell(api, right) == REFUSED
    assert not Account.objects.exists()


def test_answers_to_other_challenges_are_not_touched(api: Api) -> None:
    device, first, second = Authenticator(), begin_sign_up(api), begin_sign_up(api, "bob@example.com")
    assert tell(api, device.create(first, origin="https://evil.example")) == REFUSED
    assert tell(api, device.create(second)) == (200, None)
    assert Account.objects.get().email == "bob@example.com"


@pytest.mark.parametrize("timeout", [60_000, 5_000])
def test_answer_has_to_come_within_the_time_told(api: Api, settings: Any, timeout: int) -> None:
    settings.AUTH_WEBAUTHN_ATTESTATION_TIMEOUT = timeout
    device = Authenticator()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late = device.create(begin_sign_up(api))
        clock.shift(timeout / 1000)
        assert tell(api, late) == REFUSED
        in_time = device.create(begin_sign_up(api))
        clock.shift(timeout / 1000 - 0.001)
        assert tell(api, in_time) == (200, None)


@pytest.mark.parametrize(
    ("path", "body"), [(SIGN_IN, None), (SIGN_IN, {"email": "ann@example.com"}), (ADD, None), (ELEVATE, None)], ids=str
)
def test_challenge_of_another_ceremony_makes_no_account(api: Api, path: str, body: dict[str, str] | None) -> None:
    device = Authenticator()
    ann = sign_up(api, device)
    begun = begin_sign_up(api, "bob@example.com")
    begun["challenge"] = api.post(path, body, token=None if path == SIGN_IN else ann.token).json["challenge"]
    assert tell(api, device.create(begun)) == REFUSED
    assert Account.objects.count() == 1


def test_challenge_says_who_signs_up_whatever_the_device_was_told(api: Api) -> None:
    begun = begin_sign_up(api)
    told = {**begun, "user": {**begun["user"], "id": "0" * 36, "name": "bob@example.com"}}
    user = api.post(SIGN_UP_VERIFY, {"credential": Authenticator().create(told)}).user
    assert (user["id"], user["email"]) == (begun["user"]["id"], "ann@example.com")
