"""What another site can make a browser do (RFC 9700, 4.7): a GET changes nothing, but for a few.

Bearers are in no cookie: tests/http/test_endpoint.py. Other sites' pages: tests/http/test_cors.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from nhost_auth.models import Ticket
from tests.conftest import Api
from tests.contract.test_map import stories
from tests.oauth2.application import Application
from tests.oauth2.devices import Device
from tests.security.people import ann, open_every_way

CHANGING = {
    "/mfa/totp/generate",
    "/oauth2/authorize",
    "/oauth2/logout",
    "/signin/provider/{provider}",
    "/signin/provider/{provider}/callback",
    "/signin/provider/{provider}/callback/tokens",
    "/signup/provider/{provider}",
    "/verify",
}
"""Nhost's own, but for the logout; what they do needs a bearer, a ticket, a state that is good once or an ID token.

What an application asks for is noted at /oauth2/authorize, and means nothing until its user agrees by a POST.
"""
HARMLESS = sorted({path for (method, path), _ in stories() if method in ("GET", "HEAD")} - CHANGING)


def everything() -> dict[str, Any]:
    """Every row there is."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_67_reading_changes_nothing(api: Api, settings: Any, method: str) -> None:
    open_every_way(settings)
    person, shop = ann(api), Application.registered(api)
    queries = {
        "/oauth2/login": {"request_id": shop.request_id()},
        "/oauth2/device": {"user_code": Device.asking(shop).user_code},
    }
    before = everything()
    for path in HARMLESS:
        status = api.call(method, path, query=queries.get(path), token=person.token).status
        assert status in ((204,) if method == "OPTIONS" else (200, 404)), path
    assert everything() == before


def test_67_what_opens_a_link_changes_nothing_where_the_page_asks(api: Api, settings: Any) -> None:
    open_every_way(settings)
    person = ann(api)
    settings.AUTH_VERIFY_CONFIRM_PAGE = True
    ticket = Ticket.objects.issue(person.account, Ticket.Kind.PASSWORDLESS_EMAIL)
    before = everything()
    for method in ("GET", "HEAD", "OPTIONS"):
        api.call(method, "/verify", query={"ticket": ticket, "redirectTo": "https://app.example.com"})
    assert everything() == before
