"""From which pages, apps and frames keys sign up and in (WebAuthn Level 3, 7.1 steps 9-11, 7.2 steps 12-14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nhost_auth.models import SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import Api
from tests.webauthn_page import (
    ORIGIN,
    SIGN_IN_VERIFY,
    SIGN_UP_VERIFY,
    begin_sign_in,
    begin_sign_up,
    enable,
    sign_in,
    sign_up,
)

OK, REFUSED = (200, None), (400, "invalid-request")
APP = "android:apk-key-hash:k2rDGhS1f7Z8x_Q9-aBcDeFgHiJkLmNoPqRsTuVwXyZ"
PARTNER = "https://partner.example"

Act = Callable[..., tuple[int, str | None]]


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)


@pytest.fixture(params=["signing up", "signing in"])
def act(request: Any, api: Api) -> Act:
    """A ceremony with an answer that says what the call says; its outcome."""
    device = Authenticator()

    def register(**spoils: Any) -> tuple[int, str | None]:
        answer = Authenticator().create(begin_sign_up(api, f"ann{SecurityKey.objects.count()}@example.com"), **spoils)
        return api.post(SIGN_UP_VERIFY, {"credential": answer}).outcome

    def use(**spoils: Any) -> tuple[int, str | None]:
        answer = device.get(begin_sign_in(api), device.credentials[0], **spoils)
        return api.post(SIGN_IN_VERIFY, {"credential": answer}).outcome

    if request.param == "signing up":
        return register
    assert sign_up(api, device).status == 200
    return use


@pytest.mark.parametrize(
    ("listed", "origin"),
    [
        ("https://login.example.com", "https://login.example.com"),
        ("https://Login.Example.com:443/passkeys?x", "https://login.example.com"),
        ("https://login.example.com:8443/", "https://login.example.com:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://localhost:80/", "http://localhost"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
        (APP, APP),
    ],
)
def test_answers_from_listed_origins_count_beside_those_from_the_client_url(
    act: Act, settings: Any, listed: str, origin: str
) -> None:
    assert act(origin=origin) == REFUSED
    settings.AUTH_WEBAUTHN_RP_ORIGINS = ["https://other.example", listed]
    assert act(origin=origin) == OK
    assert act(origin=ORIGIN) == OK


@pytest.mark.parametrize("origin", [APP.lower(), APP[:-1], APP + "=", f"{APP}/", APP.replace("android", "Android")])
def test_app_is_told_by_its_very_hash(act: Act, settings: Any, origin: str) -> None:
    settings.AUTH_WEBAUTHN_RP_ORIGINS = [APP]
    assert act(origin=origin) == REFUSED


def test_origin_is_compared_as_a_whole(act: Act, settings: Any) -> None:
    settings.AUTH_WEBAUTHN_RP_ORIGINS = ["https://login.example.com:8443"]
    for origin in ("https://login.example.com", "http://login.example.com:8443", "https://login.example.com:84433"):
        assert act(origin=origin) == REFUSED


def test_client_url_counts_by_its_origin(act: Act, settings: Any) -> None:
    settings.AUTH_CLIENT_URL = "https://App.Example.com:443/start/"
    assert act() == OK


def test_without_any_origin_no_answer_counts(act: Act, settings: Any) -> None:
    settings.AUTH_WEBAUTHN_RP_ID, settings.AUTH_CLIENT_URL = "app.example.com", ""
    for origin in (ORIGIN, ""):
        assert act(origin=origin) == REFUSED


def test_relying_party_may_be_the_parent_domain_of_the_pages(api: Api, settings: Any) -> None:
    settings.AUTH_WEBAUTHN_RP_ID = "example.com"
    ann = sign_up(api, device := Authenticator())
    assert device.credentials[0].rp_id == "example.com"
    assert sign_in(api, device).user["id"] == ann.user["id"]
    settings.AUTH_WEBAUTHN_RP_ID = "app.example.com"
    answer = device.get(begin_sign_in(api), device.credentials[0])
    assert api.post(SIGN_IN_VERIFY, {"credential": answer}).outcome == REFUSED


FRAMES: list[dict[str, Any]] = [
    {"cross_origin": True},
    {"cross_origin": True, "top_origin": PARTNER},
    {"top_origin": PARTNER},
    {"cross_origin": True, "top_origin": ORIGIN},
    {"client_data": {"crossOrigin": 1}},
    {"client_data": {"crossOrigin": "false"}},
    {"client_data": {"topOrigin": ""}},
]


@pytest.mark.parametrize("spoils", FRAMES, ids=str)
def test_answers_from_a_frame_of_another_site_are_refused(act: Act, spoils: dict[str, Any]) -> None:
    assert act(**spoils) == REFUSED


@pytest.mark.parametrize("said", [{"crossOrigin": False}, {"crossOrigin": None}, {"topOrigin": None}, None], ids=str)
def test_browsers_that_say_nothing_of_frames_are_in_none(act: Act, said: dict[str, Any] | None) -> None:
    def without(data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "crossOrigin"}

    assert act(client_data=said if said is not None else without) == OK


@pytest.mark.parametrize("listed", [PARTNER, "https://Partner.example:443/embed/"])
def test_listed_sites_may_have_the_frame(act: Act, settings: Any, listed: str) -> None:
    settings.AUTH_WEBAUTHN_TOP_ORIGINS = ["https://other.example", listed]
    assert act(cross_origin=True, top_origin=PARTNER) == OK
    for top_origin in ("https://evil.example", "http://partner.example", f"{PARTNER}:8443", ORIGIN, ""):
        assert act(cross_origin=True, top_origin=top_origin) == REFUSED
    assert act(cross_origin=True) == REFUSED
    assert act(cross_origin=True, client_data={"topOrigin": [PARTNER]}) == REFUSED
    assert act(cross_origin=True, top_origin=PARTNER, origin=PARTNER) == REFUSED


def test_any_site_may_have_the_frame(act: Act, settings: Any) -> None:
    settings.AUTH_WEBAUTHN_TOP_ORIGINS = ["*"]
    assert act(cross_origin=True, top_origin="https://anything.example") == OK
    assert act(cross_origin=True) == OK
    assert act(client_data={"crossOrigin": "true"}) == REFUSED
