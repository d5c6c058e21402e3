"""What happens once at the OAuth2 provider also happens once when many ask at the same moment."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from nhost_auth.models import OAuth2Client, OAuth2DeviceRequest, OAuth2Grant, OAuth2RefreshToken
from tests.conftest import PREFIX, Api, Reply
from tests.oauth2.application import FORM, REDIRECT, TOKEN, Application
from tests.oauth2.devices import DEVICE, DEVICE_AUTHORIZATION, DEVICE_CODE, Device
from tests.test_races import MANY, at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
REGISTER = "/oauth2/register"


@pytest.fixture(autouse=True)
def extras_enabled(provider_enabled: None, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED = True
    settings.AUTH_OAUTH2_PROVIDER_REGISTRATION_ENABLED = True


def posting(path: str, token: str, body: Callable[[int], dict[str, Any]]) -> Callable[[Client, int], Any]:
    bearer = {"Authorization": f"Bearer {token}"}
    return lambda client, number: client.post(
        PREFIX + path, json.dumps(body(number)), content_type="application/json", headers=bearer
    )


def polling(device: Device) -> Callable[[Client, int], Any]:
    fields = {"grant_type": DEVICE_CODE, "device_code": device.codes["device_code"], **device.shop.credentials}
    return lambda client, _: client.post(PREFIX + TOKEN, urlencode(fields), content_type=FORM)


def test_65_parallel_polls_get_one_set_of_tokens(shop: Application, ann: Reply) -> None:
    device = Device.asking(shop).approved(ann.token)
    found = outcomes(at_once(polling(device)))
    assert found.pop((200, None)) == 1
    assert set(found) <= {(400, "slow_down"), (400, "invalid_grant")}
    assert (OAuth2RefreshToken.objects.count(), OAuth2DeviceRequest.objects.count()) == (1, 0)


def test_65_of_parallel_polls_one_is_in_time(shop: Application) -> None:
    found = outcomes(at_once(polling(Device.asking(shop))))
    assert found == {(400, "authorization_pending"): 1, (400, "slow_down"): MANY - 1}
    assert OAuth2DeviceRequest.objects.get().interval == 5 * MANY


def test_parallel_approvals_of_one_code_are_one(api: Api, shop: Application, ann: Reply) -> None:
    device = Device.asking(shop)
    bob = api.sign_up("bob@example.com")
    tokens = [ann.token, bob.token]

    def approve(client: Client, number: int) -> Any:
        body = {"userCode": device.user_code, "approve": True}
        return posting(DEVICE, tokens[number % 2], lambda _: body)(client, number)

    replies = at_once(approve)
    assert outcomes(replies) == {(200, None): 1, (400, "invalid-request"): MANY - 1}
    (winner,) = [number % 2 for number, reply in enumerate(replies) if reply.status == 200]
    owner = [ann, bob][winner].user["id"]
    assert str(OAuth2DeviceRequest.objects.get().account_id) == owner
    assert [str(found) for found in OAuth2Grant.objects.values_list("account", flat=True)] == [owner]


def test_code_that_is_approved_and_refused_at_once_is_one_of_both(shop: Application, ann: Reply) -> None:
    code = Device.asking(shop).user_code
    replies = at_once(posting(DEVICE, ann.token, lambda number: {"userCode": code, "approve": number % 2 == 0}))
    assert outcomes(replies) == {(200, None): 1, (400, "invalid-request"): MANY - 1}
    stored = OAuth2DeviceRequest.objects.get()
    assert (stored.account is None) is (stored.refused_at is not None)


def test_devices_of_one_application_are_let_in_at_once(shop: Application, ann: Reply) -> None:
    codes = [Device.asking(shop).user_code for _ in range(MANY)]
    replies = at_once(posting(DEVICE, ann.token, lambda number: {"userCode": codes[number], "approve": True}))
    assert outcomes(replies) == {(200, None): MANY}
    assert OAuth2DeviceRequest.objects.exclude(account=None).count() == MANY


def test_devices_that_ask_at_once_get_codes_of_their_own(shop: Application) -> None:
    fields = urlencode(shop.credentials)
    replies = at_once(lambda client, _: client.post(PREFIX + DEVICE_AUTHORIZATION, fields, content_type=FORM))
    assert len({reply.json["user_code"] for reply in replies}) == MANY


def test_parallel_registrations_do_not_pass_the_limit(ann: Reply, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_REGISTRATION_LIMIT = 3
    replies = at_once(posting(REGISTER, ann.token, lambda _: {"redirect_uris": [REDIRECT]}))
    assert outcomes(replies) == {(201, None): 3, (403, "access_denied"): MANY - 3}
    assert OAuth2Client.objects.count() == 3
