"""What a page of the front end does with security keys, for tests: asks the API, then the device, then the API again.

Each returns the last answer; where the API refuses to begin, that is the first one."""

from __future__ import annotations

from typing import Any, Unpack

from nhost_auth.pytest_plugin.authenticator import AssertionSpoils, Authenticator
from tests.conftest import Api, Reply

ORIGIN, RP_ID = "https://app.example.com", "app.example.com"
SIGN_UP, SIGN_IN, ADD, ELEVATE = "/signup/webauthn", "/signin/webauthn", "/user/webauthn/add", "/elevate/webauthn"
SIGN_UP_VERIFY, SIGN_IN_VERIFY = "/signup/webauthn/verify", "/signin/webauthn/verify"
ADD_VERIFY, ELEVATE_VERIFY = "/user/webauthn/verify", "/elevate/webauthn/verify"


def enable(settings: Any) -> None:
    """Security keys of the site at ORIGIN, which the tests' settings name."""
    settings.AUTH_WEBAUTHN_ENABLED, settings.AUTH_CLIENT_URL = True, ORIGIN


def begin_sign_up(api: Api, email: str = "ann@example.com", **body: Any) -> dict[str, Any]:
    """What the API wants the device to be asked, for answers that a test is to spoil."""
    options: dict[str, Any] = api.post(SIGN_UP, {"email": email, **body}).json
    return options


def sign_up(api: Api, device: Authenticator, email: str = "ann@example.com", **begin_body: Any) -> Reply:
    begun = api.post(SIGN_UP, {"email": email, **begin_body})
    return api.post(SIGN_UP_VERIFY, {"credential": device.create(begun.json)}) if begun.status == 200 else begun


def begin_sign_in(api: Api, email: str | None = None) -> dict[str, Any]:
    """As `begin_sign_up`, of a device that has a key already."""
    options: dict[str, Any] = api.post(SIGN_IN, {"email": email} if email is not None else None).json
    return options


def sign_in(api: Api, device: Authenticator, email: str | None = None, **spoils: Unpack[AssertionSpoils]) -> Reply:
    """By an address, or without one: then with a passkey that the device knows of."""
    begun = api.post(SIGN_IN, {"email": email} if email is not None else None)
    return api.post(SIGN_IN_VERIFY, {"credential": device.get(begun.json, **spoils)}) if begun.status == 200 else begun


def add_key(api: Api, token: str, device: Authenticator, nickname: str | None = None) -> Reply:
    begun = api.post(ADD, token=token)
    if begun.status != 200:
        return begun
    body = {"credential": device.create(begun.json)} | ({"nickname": nickname} if nickname is not None else {})
    return api.post(ADD_VERIFY, body, token=token)


def elevate(api: Api, token: str, device: Authenticator) -> Reply:
    begun = api.post(ELEVATE, token=token)
    if begun.status != 200:
        return begun
    return api.post(ELEVATE_VERIFY, {"credential": device.get(begun.json)}, token=token)
