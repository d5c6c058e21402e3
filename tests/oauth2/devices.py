"""A device without a browser: it asks for codes, shows one, and polls with the other (RFC 8628)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.conftest import Api, Reply
from tests.oauth2.application import TOKEN, Application, form

DEVICE_AUTHORIZATION, DEVICE = "/oauth2/device_authorization", "/oauth2/device"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TELEVISION = {"User-Agent": "ShopTV/2.1"}


def ask(shop: Application, **changes: Any) -> Reply:
    fields = {"scope": "openid email", **shop.credentials} | changes
    return form(shop.api, DEVICE_AUTHORIZATION, fields, headers=TELEVISION)


def shown(api: Api, user_code: str, **arguments: Any) -> Reply:
    """What the page gets to show."""
    return api.get(DEVICE, query={"user_code": user_code}, **arguments)


def answer(api: Api, token: str | None, user_code: str, *, approve: bool = True) -> Reply:
    return api.post(DEVICE, {"userCode": user_code, "approve": approve}, token=token)


@dataclass
class Device:
    shop: Application
    codes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def asking(cls, shop: Application, **changes: Any) -> Device:
        reply = ask(shop, **changes)
        assert reply.status == 200, reply.text
        return cls(shop, reply.json)

    @property
    def user_code(self) -> str:
        return str(self.codes["user_code"])

    def approved(self, token: str) -> Device:
        reply = answer(self.shop.api, token, self.user_code)
        assert reply.status == 200, reply.text
        return self

    def poll(self, **changes: Any) -> Reply:
        fields = {"grant_type": DEVICE_CODE, "device_code": self.codes["device_code"], **self.shop.credentials}
        return form(self.shop.api, TOKEN, fields | changes)
