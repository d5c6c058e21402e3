"""Where an answer comes from is compared letter by letter (WebAuthn Level 3, sections 7.1, 7.2 and 13.4.9).

An origin or relying party id that is merely alike is another site, whose page may relay what a user signs there. Frames
in other sites' pages are refused unless those sites are listed: they may have been laid under the user's pointer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

import pytest

from nhost_auth.models import Account
from nhost_auth.pytest_plugin.authenticator import Authenticator, Spoils
from tests.conftest import Api, Reply
from tests.webauthn_page import (
    ADD,
    ADD_VERIFY,
    ELEVATE,
    ELEVATE_VERIFY,
    ORIGIN,
    SIGN_IN,
    SIGN_IN_VERIFY,
    SIGN_UP,
    SIGN_UP_VERIFY,
    enable,
    sign_up,
)

APP = "android:apk-key-hash:a9UzqQq9J1Zb3sW0oUoYw3bN5S0xR1mV2nT4kL6pXyZ"
OTHER_PAGE = "https://shop.example.net:8443"
STRANGERS = (
    "https://evil.example",
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com:443",
    "https://evil.app.example.com",
    "https://example.com",
    "https://app.example.com.",
    "https://app.example.com.evil.example",
    "https://xapp.example.com",
    "https://APP.example.com",
    "HTTPS://app.example.com",
    "https://app.example.com/",
    "https://app.example.com/in",
    "https://app.example.com?x",
    "https://app.example.com#x",
    "https://user@app.example.com",
    "https://app.example.com@evil.example",
    "https://app.example.com\\@evil.example",
    "https://app.example.com ",
    "https://app.example.com\x00",
    "https:app.example.com",
    "//app.example.com",
    "app.example.com",
    "https://shop.example.net",
    "null",
    "",
    "android:apk-key-hash:AAAAqQq9J1Zb3sW0oUoYw3bN5S0xR1mV2nT4kL6pXyZ",
    APP.replace("a9U", "A9u"),
    APP.removeprefix("android:"),
)
OTHER_SITES = ("evil.example", "example.com", "sub.app.example.com", "APP.EXAMPLE.COM", "app.example.com.", ORIGIN, "")
FRAMES: dict[str, Spoils] = {
    "cross-origin": {"cross_origin": True},
    "with-top-origin": {"cross_origin": True, "top_origin": "https://evil.example"},
    "top-origin-alone": {"top_origin": "https://evil.example"},
    "of-ourselves": {"cross_origin": True, "top_origin": ORIGIN},
    "as-text": {"client_data": {"crossOrigin": "true"}},
    "as-number": {"client_data": {"crossOrigin": 1}},
    "as-list": {"client_data": {"crossOrigin": [True]}},
    "null-top-origin": {"cross_origin": True, "client_data": {"topOrigin": None}},
}
INVALID = (400, "invalid-request")

Ceremony = Callable[..., Reply]


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)
    settings.AUTH_WEBAUTHN_RP_ORIGINS = [OTHER_PAGE, APP]


@pytest.fixture
def device(api: Api) -> Authenticator:
    return Authenticator(ORIGIN)


@pytest.fixture
def ann(api: Api, device: Authenticator) -> Reply:
    """Her session; the device holds her key."""
    return sign_up(api, device)


def signing_up(api: Api, ann: Reply, device: Authenticator, **spoils: Unpack[Spoils]) -> Reply:
    email = f"bob{Account.objects.count()}@example.com"
    answer = Authenticator(ORIGIN).create(api.post(SIGN_UP, {"email": email}).json, **spoils)
    return api.post(SIGN_UP_VERIFY, {"credential": answer})


def signing_in(api: Api, ann: Reply, device: Authenticator, **spoils: Unpack[Spoils]) -> Reply:
    return api.post(SIGN_IN_VERIFY, {"credential": device.get(api.post(SIGN_IN).json, **spoils)})


def adding(api: Api, ann: Reply, device: Authenticator, **spoils: Unpack[Spoils]) -> Reply:
    answer = Authenticator(ORIGIN).create(api.post(ADD, token=ann.token).json, **spoils)
    return api.post(ADD_VERIFY, {"credential": answer}, token=ann.token)


def elevating(api: Api, ann: Reply, device: Authenticator, **spoils: Unpack[Spoils]) -> Reply:
    answer = device.get(api.post(ELEVATE, token=ann.token).json, **spoils)
    return api.post(ELEVATE_VERIFY, {"credential": answer}, token=ann.token)


each_ceremony = pytest.mark.parametrize(
    "ceremony", [signing_up, signing_in, adding, elevating], ids=lambda found: found.__name__
)


@each_ceremony
def test_28_answers_from_other_origins_are_refused(
    api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony
) -> None:
    # Those who have a session answer through the same door: a few will do.
    strangers = STRANGERS if ceremony in (signing_up, signing_in) else STRANGERS[::5]
    found = {origin: ceremony(api, ann, device, origin=origin).outcome for origin in strangers}
    assert found == dict.fromkeys(strangers, INVALID)


@each_ceremony
def test_28_answers_for_other_sites_are_refused(
    api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony
) -> None:
    found = {rp_id: ceremony(api, ann, device, rp_id=rp_id).outcome for rp_id in OTHER_SITES}
    assert found == dict.fromkeys(OTHER_SITES, INVALID)


@each_ceremony
def test_28_origin_that_is_no_text_is_refused(api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony) -> None:
    origins: tuple[Any, ...] = (None, True, 1, [ORIGIN], {"origin": ORIGIN})
    found = [ceremony(api, ann, device, client_data={"origin": origin}).outcome for origin in origins]
    assert found == [INVALID] * len(origins)


@each_ceremony
def test_28_pages_and_apps_that_are_listed_are_taken(
    api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony
) -> None:
    found = [ceremony(api, ann, device, origin=origin).status for origin in (ORIGIN, OTHER_PAGE, APP)]
    assert found == [200, 200, 200]


@each_ceremony
def test_28_without_a_list_the_front_end_alone_is_taken(
    api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony, settings: Any
) -> None:
    settings.AUTH_WEBAUTHN_RP_ORIGINS = []
    found = [ceremony(api, ann, device, origin=origin).status for origin in (OTHER_PAGE, APP, "", ORIGIN)]
    assert found == [400, 400, 400, 200]


@each_ceremony
def test_31_answers_from_a_frame_are_refused(api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony) -> None:
    found = {name: ceremony(api, ann, device, **spoils).outcome for name, spoils in FRAMES.items()}
    assert found == dict.fromkeys(FRAMES, INVALID)


@each_ceremony
def test_31_answers_from_a_frame_in_a_listed_page_are_taken(
    api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony, settings: Any
) -> None:
    settings.AUTH_WEBAUTHN_TOP_ORIGINS = ["https://host.example"]
    framed: Spoils = {"cross_origin": True, "top_origin": "https://host.example"}
    elsewhere: Spoils = {"cross_origin": True, "top_origin": "https://host.example.evil.example"}
    assert ceremony(api, ann, device, **elsewhere).outcome == INVALID
    assert ceremony(api, ann, device, cross_origin=True).outcome == INVALID
    assert ceremony(api, ann, device, **framed).status == 200


@each_ceremony
def test_31_a_listed_page_around_us_does_not_make_another_origin_ours(
    api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony, settings: Any
) -> None:
    settings.AUTH_WEBAUTHN_TOP_ORIGINS = ["*"]
    assert ceremony(api, ann, device, cross_origin=True, origin="https://evil.example").outcome == INVALID
