"""POST /oauth2/device_authorization: a device asks to sign somebody in (RFC 8628 sections 3.1 and 3.2)."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest

from nhost_auth.models import OAuth2DeviceRequest
from tests.conftest import Api, Reply
from tests.oauth2.application import Application, basic, form, parameters
from tests.oauth2.devices import DEVICE_AUTHORIZATION, DEVICE_CODE, Device, ask

OFF = "AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED"
DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture(autouse=True)
def devices_enabled(provider_enabled: None, settings: Any) -> None:
    setattr(settings, OFF, True)


def told(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply.json["error"], reply.json["error_description"]


def test_device_gets_its_codes(shop: Application, settings: Any) -> None:
    settings.AUTH_CLIENT_URL = "https://app.example.com/"
    reply = ask(shop)
    assert (reply.status, reply.headers["Cache-Control"], reply.headers["Pragma"]) == (200, "no-store", "no-cache")
    found = reply.json
    assert (found["expires_in"], found["interval"]) == (600, 5)
    assert found["verification_uri"] == "https://app.example.com/oauth2/device"
    assert found["verification_uri_complete"].startswith(found["verification_uri"] + "?")
    assert parameters(found["verification_uri_complete"]) == {"user_code": found["user_code"]}
    assert re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", found["user_code"])
    assert len(found["device_code"]) == 43


def test_page_of_the_project_may_be_elsewhere(shop: Application, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_DEVICE_URL = "https://id.example.com/?view=device"
    found = ask(shop).json
    assert found["verification_uri"] == "https://id.example.com/?view=device"
    assert parameters(found["verification_uri_complete"]) == {"user_code": found["user_code"], "view": "device"}


def test_codes_are_stored_as_hashes_alone(shop: Application) -> None:
    codes = Device.asking(shop).codes
    stored = OAuth2DeviceRequest.objects.get()
    assert stored.device_code_hash == hashlib.sha256(codes["device_code"].encode()).hexdigest()
    plain = codes["user_code"], codes["user_code"].replace("-", "")
    assert stored.user_code_hash not in [hashlib.sha256(text.encode()).hexdigest() for text in plain]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_id": None}, (401, "invalid_client", "Client ID is required")),
        ({"client_id": "nobody"}, (401, "invalid_client", "Unknown client")),
        ({"scope": "openid all"}, (400, "invalid_scope", 'Scope "all" not allowed for this client')),
        ({"scope": "s" * 2049}, (400, "invalid_request", "maximum string length is 2048")),
        ({"scope": ["openid", "email"]}, (400, "invalid_request", "scope must not be given more than once")),
    ],
    ids=["no client", "unknown client", "scope", "long", "twice"],
)
def test_request_that_is_wrong(shop: Application, changes: Any, expected: Any) -> None:
    assert told(ask(shop, **changes)) == expected
    assert not OAuth2DeviceRequest.objects.exists()


def test_application_with_a_secret_has_to_show_it(api: Api, bank: Application) -> None:
    assert ask(bank, client_secret=None).outcome == (401, "invalid_client")
    assert ask(bank, client_secret="wrong").outcome == (401, "invalid_client")
    assert ask(bank).status == 200
    assert form(api, DEVICE_AUTHORIZATION, {"scope": "email"}, headers=basic(bank.row.pk, bank.secret)).status == 200


def test_scope_goes_without_saying(shop: Application) -> None:
    Device.asking(shop, scope=None)
    assert OAuth2DeviceRequest.objects.get().scopes == ["openid"]


def test_grant_is_there_with_its_setting_alone(api: Api, shop: Application, settings: Any) -> None:
    found = api.get(DISCOVERY).json
    assert found["device_authorization_endpoint"] == "https://auth.example.com/v1" + DEVICE_AUTHORIZATION
    assert found["grant_types_supported"] == ["authorization_code", "refresh_token", DEVICE_CODE]
    device = Device.asking(shop)
    setattr(settings, OFF, False)
    found = api.get(DISCOVERY).json
    assert "device_authorization_endpoint" not in found
    assert found["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert device.poll().outcome == (400, "unsupported_grant_type")
    assert (ask(shop).status, ask(shop).text) == (404, "404 page not found")


def test_provider_that_is_off_says_so(shop: Application, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = False
    assert told(ask(shop)) == (500, "server_error", "OAuth2 provider is disabled")
