"""Asking for sign-in options does not tell who has an account or a key (WebAuthn Level 3, sections 14.6.2 and 14.6.3).

Under AUTH_WEBAUTHN_CONCEAL_KEYS: Nhost's own answers tell an unknown address, a user without keys and one with some
apart.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Account, Challenge
from nhost_auth.pytest_plugin.authenticator import ES256, Authenticator, Credential, decode
from tests.conftest import Api, Reply, account
from tests.webauthn_page import ORIGIN, RP_ID, SIGN_IN, SIGN_IN_VERIFY, enable, sign_up

ANN, NOBODY = "ann@example.com", "nobody@example.com"
STRANGERS = [f"stranger{number}@example.com" for number in range(24)]
INVALID = (400, "invalid-request")


@pytest.fixture(autouse=True)
def _concealing(settings: Any) -> None:
    enable(settings)
    settings.AUTH_WEBAUTHN_CONCEAL_KEYS = True


@pytest.fixture
def device(api: Api) -> Authenticator:
    """Holds Ann's key."""
    device = Authenticator(ORIGIN)
    assert sign_up(api, device).status == 200
    return device


def begin(api: Api, email: str) -> Reply:
    return api.post(SIGN_IN, {"email": email})


def keys(reply: Reply) -> list[str]:
    return [known["id"] for known in reply.json["allowCredentials"]]


def shape(reply: Reply) -> tuple[int, dict[str, str], str]:
    """Status, headers and every byte of the body; of random text only how much there is."""
    blank = re.sub(r'("(?:id|challenge)":")([\w-]+)', lambda found: f"{found[1]}{len(found[2])}", reply.text)
    headers = {name: value for name, value in reply.headers.items() if name not in ("X-B3-TraceId", "X-Request-Id")}
    return reply.status, headers, blank


def forged(options: dict[str, Any]) -> dict[str, Any]:
    """An answer by the first of the keys asked for, made without it."""
    name = decode(options["allowCredentials"][0]["id"])
    return Authenticator(ORIGIN).get(options, Credential(RP_ID, b"whoever", ES256, ES256.make(), name))


def without_keys(api: Api, settings: Any) -> None:
    api.sign_up(NOBODY)


def disabled(api: Api, settings: Any) -> None:
    user = account(sign_up(api, Authenticator(ORIGIN), NOBODY)).user
    type(user).objects.filter(pk=user.pk).update(is_active=False)


def unverified(api: Api, settings: Any) -> None:
    sign_up(api, Authenticator(ORIGIN), NOBODY)
    Account.objects.filter(email=ANN).update(email_verified=True)
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True


def barred(api: Api, settings: Any) -> None:
    sign_up(api, Authenticator(ORIGIN), NOBODY)
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = [NOBODY]


def unknown(api: Api, settings: Any) -> None:
    pass


each_situation = pytest.mark.parametrize(
    "come_about", [unknown, without_keys, disabled, unverified, barred], ids=lambda found: found.__name__
)


def test_12_an_address_with_a_key_looks_as_addresses_of_nobody_do(api: Api, device: Authenticator) -> None:
    real = shape(begin(api, ANN))
    made_up = [shape(begin(api, stranger)) for stranger in STRANGERS]
    assert real in made_up
    one_key_each = {re.sub(r'"id":"\d+', '"id":"', found[2]) for found in made_up if found[2].count('"id"') == 1}
    assert len(one_key_each) == 1  # but for the length of the id


@each_situation
def test_12_whoever_cannot_sign_in_gets_keys_of_nobody(
    api: Api, device: Authenticator, settings: Any, come_about: Any
) -> None:
    expected = shape(begin(api, NOBODY))
    come_about(api, settings)
    assert shape(begin(api, NOBODY)) == expected
    assert keys(begin(api, ANN)) == [device.get(begin(api, ANN).json)["id"]]


@each_situation
def test_12_and_always_the_same_ones(api: Api, device: Authenticator, settings: Any, come_about: Any) -> None:
    come_about(api, settings)
    now = keys(begin(api, NOBODY))
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert keys(begin(api, NOBODY.upper())) == now
    assert keys(begin(api, STRANGERS[0])) != now


def test_12_made_up_keys_are_of_the_sizes_that_devices_have(api: Api) -> None:
    found = [keys(begin(api, stranger)) for stranger in STRANGERS]
    assert {len(decode(key)) for ids in found for key in ids} == {16, 20, 32, 64}
    assert {len(ids) for ids in found} == {1, 2}
    everything = [key for ids in found for key in ids]
    assert len(everything) == len(set(everything))


def test_12_nobody_outside_can_compute_made_up_keys(api: Api, settings: Any) -> None:
    before = keys(begin(api, NOBODY))
    settings.SECRET_KEY = "another-" + "k" * 40
    assert not set(before) & set(keys(begin(api, NOBODY)))


def test_12_challenges_are_fresh_for_everybody(api: Api, device: Authenticator) -> None:
    asked = [begin(api, email).json["challenge"] for email in (ANN, ANN, NOBODY, NOBODY)]
    assert len(set(asked)) == 4
    assert Challenge.objects.count() == 4


def test_12_wrong_answers_are_refused_alike(api: Api, device: Authenticator) -> None:
    replies = [api.post(SIGN_IN_VERIFY, {"credential": forged(begin(api, email).json)}) for email in (ANN, NOBODY)]
    assert {reply.outcome for reply in replies} == {INVALID}
    assert shape(replies[0]) == shape(replies[1])


def test_12_a_good_key_does_not_answer_for_an_address_of_nobody(api: Api, device: Authenticator) -> None:
    options = begin(api, NOBODY).json
    answer = device.get(options, device.credentials[0])
    assert api.post(SIGN_IN_VERIFY, {"credential": answer}).outcome == INVALID


def test_12_whoever_has_a_key_signs_in_as_ever(api: Api, device: Authenticator) -> None:
    answer = device.get(begin(api, ANN).json)
    assert api.post(SIGN_IN_VERIFY, {"credential": answer}).user["email"] == ANN


def test_12_without_an_address_no_keys_are_named(api: Api, device: Authenticator) -> None:
    assert "allowCredentials" not in api.post(SIGN_IN).json
