"""POST /signin/webauthn under AUTH_WEBAUTHN_CONCEAL_KEYS: nobody learns who has a key (WebAuthn Level 3, 14.6.2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.models import Account, RefreshToken
from nhost_auth.pytest_plugin.authenticator import Authenticator, decode, encode
from tests.conftest import Api, account
from tests.webauthn_page import SIGN_IN, SIGN_IN_VERIFY, begin_sign_in, enable, sign_in, sign_up

REFUSED = (400, "invalid-request")
ALIKE = ["unknown", "keyless", "disabled", "blocked"]
MANY = 40


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)
    settings.AUTH_WEBAUTHN_CONCEAL_KEYS = True


@pytest.fixture
def device(api: Api) -> Authenticator:
    """Of Ann, who may sign in with it."""
    device = Authenticator()
    assert sign_up(api, device).status == 200
    return device


@pytest.fixture
def people(api: Api, settings: Any, device: Authenticator) -> None:
    """Addresses that are not to be told from Ann's."""
    api.sign_up("keyless@example.com")
    for email in ("disabled@example.com", "blocked@example.com"):
        sign_up(api, device, email)
    user = Account.objects.get(email="disabled@example.com").user
    user.is_active = False
    user.save()
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["blocked@example.com"]


def shape(asked: Any) -> Any:
    """What an answer looks like when every text of it is hidden, and of its keys all but the first."""
    if isinstance(asked, dict):
        return {name: shape(value) for name, value in asked.items()}
    return [shape(item) for item in asked[:1]] if isinstance(asked, list) else type(asked)


def offered(api: Api, email: str) -> list[str]:
    return [known["id"] for known in begin_sign_in(api, email)["allowCredentials"]]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("who", ALIKE)
def test_every_address_is_answered_alike(api: Api, who: str) -> None:
    known, other = (api.post(SIGN_IN, {"email": f"{name}@example.com"}) for name in ("ann", who))
    assert other.status == known.status == 200
    assert shape(other.json) == shape(known.json)
    assert list(other.json) == list(known.json)
    same = ("timeout", "rpId", "userVerification")
    assert [other.json[name] for name in same] == [known.json[name] for name in same]
    assert {(item["type"], encode(decode(item["id"])) == item["id"]) for item in other.json["allowCredentials"]} == {
        ("public-key", True)
    }
    assert len(decode(other.json["challenge"])) == 32


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("who", ALIKE)
def test_every_address_costs_as_many_statements(api: Api, who: str) -> None:
    counts = []
    for name in ("ann", who):
        with CaptureQueriesContext(connection) as captured:
            assert api.post(SIGN_IN, {"email": f"{name}@example.com"}).status == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_unverified_address_is_answered_with_made_up_keys_too(api: Api, settings: Any, device: Authenticator) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    assert encode(device.credentials[0].id) not in offered(api, "ann@example.com")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("who", ALIKE)
def test_made_up_keys_stay_the_same_for_an_address_in_any_case_of_letters(
    api: Api, device: Authenticator, who: str
) -> None:
    first = offered(api, f"{who}@example.com")
    assert first
    assert offered(api, f"{who}@example.com") == offered(api, f"{who.upper()}@Example.COM") == first
    assert not {decode(known) for known in first} & {credential.id for credential in device.credentials}


def test_made_up_keys_are_of_several_kinds_and_nobody_shares_one(api: Api) -> None:
    keys = [offered(api, f"nobody{number}@example.com") for number in range(MANY)]
    every = [known for each in keys for known in each]
    assert len(set(every)) == len(every)
    assert {len(each) for each in keys} == {1, 2}
    assert {len(decode(known)) for known in every} == {16, 20, 32, 64}


def test_made_up_keys_are_not_to_be_guessed_by_another_site(api: Api, settings: Any) -> None:
    here = offered(api, "nobody@example.com")
    settings.SECRET_KEY = "another-site-" + "k" * 40
    assert not set(offered(api, "nobody@example.com")) & set(here)


def test_challenge_is_new_each_time(api: Api) -> None:
    first, second = (begin_sign_in(api, "nobody@example.com")["challenge"] for _ in range(2))
    assert first != second


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("who", ALIKE)
def test_no_answer_to_made_up_keys_is_right(api: Api, device: Authenticator, who: str) -> None:
    before = RefreshToken.objects.count()
    for credential in device.credentials:
        asked = begin_sign_in(api, f"{who}@example.com")
        answer = device.get(asked, credential)
        assert api.post(SIGN_IN_VERIFY, {"credential": answer}).outcome == REFUSED
    assert RefreshToken.objects.count() == before


def test_who_has_a_key_signs_in_as_ever(api: Api, device: Authenticator) -> None:
    assert offered(api, "Ann@Example.com") == [encode(device.credentials[0].id)]
    ann = sign_in(api, device, "ann@example.com")
    assert account(ann).email == "ann@example.com"
    assert sign_in(api, device).user["id"] == ann.user["id"]


def test_without_an_address_no_keys_are_made_up(api: Api) -> None:
    assert "allowCredentials" not in begin_sign_in(api)
