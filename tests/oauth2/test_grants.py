"""The device code grant at POST /oauth2/token (RFC 8628 sections 3.4 and 3.5)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import time_machine
from oauthlib.oauth2 import AccessDeniedError, DeviceClient, InvalidGrantError
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error

from nhost_auth.models import OAuth2DeviceRequest, OAuth2RefreshToken
from tests.conftest import Api, Reply, account
from tests.oauth2.application import FORM, TOKEN, USERINFO, Application, claims
from tests.oauth2.devices import Device, answer

NOON = "2026-03-01T12:00:00Z"
SLOW = (400, "slow_down", "The device asks too often")
PENDING = (400, "authorization_pending", "The user has not answered yet")
UNKNOWN = (400, "invalid_grant", "Invalid device code")


@pytest.fixture(autouse=True)
def devices_enabled(provider_enabled: None, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED = True


def told(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply.json["error"], reply.json["error_description"]


def test_device_gets_tokens_once_its_user_has_agreed(api: Api, bank: Application) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ann, device = api.sign_up(displayName="Ann"), Device.asking(bank)
        clock.shift(60)
        assert told(device.poll()) == PENDING
        device.approved(ann.token)
        clock.shift(5)
        reply = device.poll()
        assert (reply.status, reply.headers["Cache-Control"]) == (200, "no-store")
        found = reply.json
        assert (found["token_type"], found["scope"]) == ("Bearer", "openid email")
        identity = claims(found["id_token"])
        assert (identity["aud"], identity["email"], "nonce" in identity) == (bank.row.pk, "ann@example.com", False)
        assert identity["iat"] - identity["auth_time"] == 65
        assert api.get(USERINFO, token=found["access_token"]).json["sub"] == ann.user["id"]
        newer = bank.refresh(found["refresh_token"]).json
        assert claims(newer["id_token"])["auth_time"] == identity["auth_time"]


def test_device_code_is_good_once(shop: Application, ann: Reply) -> None:
    device = Device.asking(shop).approved(ann.token)
    assert device.poll().status == 200
    assert told(device.poll()) == UNKNOWN
    assert (OAuth2RefreshToken.objects.count(), OAuth2DeviceRequest.objects.count()) == (1, 0)


def test_65_device_that_asks_too_often_has_to_wait_longer_each_time(shop: Application) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        device = Device.asking(shop)
        assert told(device.poll()) == PENDING
        clock.shift(5)
        assert told(device.poll()) == PENDING
        clock.shift(4.9)
        assert told(device.poll()) == SLOW
        clock.shift(9.9)
        assert told(device.poll()) == SLOW
        clock.shift(15)
        assert told(device.poll()) == PENDING
        clock.shift(14.9)
        assert told(device.poll()) == SLOW
        clock.shift(20)
        assert told(device.poll()) == PENDING


def test_65_answer_is_not_had_faster_by_asking_often(api: Api, shop: Application) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ann, device = api.sign_up(), Device.asking(shop)
        device.poll()
        device.approved(ann.token)
        assert told(device.poll()) == SLOW
        clock.shift(10)
        assert device.poll().status == 200


def test_65_device_code_lives_ten_minutes_whatever_was_answered(api: Api, shop: Application) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ann, devices = api.sign_up(), [Device.asking(shop) for _ in range(3)]
        clock.shift(599)
        assert told(devices[0].poll()) == PENDING
        devices[1].approved(ann.token)
        answer(api, ann.token, devices[2].user_code, approve=False)
        clock.shift(1)
        for device in devices:
            assert told(device.poll()) == (400, "expired_token", "The device code has expired")


def test_refusal_reaches_the_device(api: Api, shop: Application, ann: Reply) -> None:
    device = Device.asking(shop)
    answer(api, ann.token, device.user_code, approve=False)
    for _ in range(2):
        assert told(device.poll()) == (400, "access_denied", "The user refused")
    assert not OAuth2RefreshToken.objects.exists()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"device_code": None}, (400, "invalid_request", "Missing device_code")),
        ({"device_code": "unknown"}, UNKNOWN),
        ({"client_id": None}, (401, "invalid_client", "Client ID is required")),
        ({"client_id": "nhoa_0000000000000000"}, (401, "invalid_client", "Client ID mismatch")),
    ],
    ids=["no code", "unknown", "no client", "another client"],
)
def test_poll_that_is_wrong(shop: Application, ann: Reply, changes: Any, expected: Any) -> None:
    device = Device.asking(shop).approved(ann.token)
    assert told(device.poll(**changes)) == expected
    assert device.poll().status == 200


def test_application_with_a_secret_has_to_show_it_before_it_learns_anything(bank: Application) -> None:
    device = Device.asking(bank)
    for secret in (None, "wrong"):
        assert device.poll(client_secret=secret).outcome == (401, "invalid_client")
    assert told(device.poll()) == PENDING  # and nobody else has made it wait longer


def test_user_code_is_no_device_code(shop: Application, ann: Reply) -> None:
    device = Device.asking(shop).approved(ann.token)
    assert told(device.poll(device_code=device.user_code)) == UNKNOWN


def test_user_who_may_not_come_in_gets_no_tokens(shop: Application, ann: Reply) -> None:
    device = Device.asking(shop).approved(ann.token)
    user = account(ann).user
    user.is_active = False
    user.save()
    assert told(device.poll()) == (400, "invalid_grant", "User not found")


def test_role_that_is_lost_is_refused(shop: Application, ann: Reply) -> None:
    device = Device.asking(shop, scope="graphql:role:me").approved(ann.token)
    account(ann).account_roles.filter(role_id="me").delete()
    assert told(device.poll()) == (403, "access_denied", "User does not have the requested role")


def test_tokens_of_a_device_can_be_revoked(api: Api, shop: Application, ann: Reply) -> None:
    found = Device.asking(shop).approved(ann.token).poll().json
    assert shop.introspect(found["refresh_token"])["active"] is True
    shop.revoke(found["refresh_token"])
    assert api.get(USERINFO, token=found["access_token"]).status == 401
    assert jwt.get_unverified_header(found["access_token"])["alg"] == "RS256"


def test_client_of_another_library_understands_every_answer(api: Api, shop: Application) -> None:
    """oauthlib's, as an application would use it."""
    library, scope = DeviceClient(shop.row.pk), ["openid", "email"]

    def poll(device: Device) -> Any:
        body = library.prepare_request_body(device.codes["device_code"], include_client_id=True)
        reply = api.post(TOKEN, content=body.encode(), content_type=FORM)
        return library.parse_request_body_response(reply.text, scope=scope)

    with time_machine.travel(NOON, tick=False) as clock:
        ann, device, refused = api.sign_up(), Device.asking(shop), Device.asking(shop)
        for error in ("authorization_pending", "slow_down"):
            with pytest.raises(CustomOAuth2Error, match=error):
                poll(device)
        clock.shift(10)
        answer(api, ann.token, refused.user_code, approve=False)
        with pytest.raises(AccessDeniedError):
            poll(refused)
        found = poll(device.approved(ann.token))
        assert (sorted(found.scopes), found["token_type"]) == (sorted(scope), "Bearer")
        with pytest.raises(InvalidGrantError):
            poll(device)
        late = Device.asking(shop)
        clock.shift(600)
        with pytest.raises(CustomOAuth2Error, match="expired_token"):
            poll(late)
