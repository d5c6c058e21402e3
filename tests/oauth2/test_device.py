"""GET and POST /oauth2/device: the project's page, and what its user says (RFC 8628 sections 3.3 and 5)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from nhost_auth import signals
from nhost_auth.models import AuditEvent, OAuth2Client, OAuth2DeviceRequest, OAuth2Grant
from tests.conftest import Api, Reply, account
from tests.oauth2.application import Application
from tests.oauth2.devices import DEVICE, Device, answer, shown

UNKNOWN = (400, "invalid-request", "Unknown, expired or used code")


@pytest.fixture(autouse=True)
def devices_enabled(provider_enabled: None, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED = True


def told(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply.json["error"], reply.json["message"]


def test_65_page_learns_which_application_asks_and_from_where(api: Api, shop: Application) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        ann = api.sign_up()
        device = Device.asking(shop)
        found = shown(api, device.user_code, token=ann.token).json
    assert found == {
        "clientId": shop.row.pk,
        "clientName": "Shop",
        "scopes": ["openid", "email"],
        "ip": "127.0.0.1",
        "device": "ShopTV/2.1",
        "createdAt": "2026-03-01T12:00:00Z",
        "expiresAt": "2026-03-01T12:10:00Z",
    }


@pytest.mark.parametrize("typed", ["{}", "{lower}", "{bare}", " {spaced} "], ids=["shown", "lower", "bare", "spaced"])
def test_code_is_taken_as_people_type_it(api: Api, shop: Application, ann: Reply, typed: str) -> None:
    code = Device.asking(shop).user_code
    bare = code.replace("-", "")
    text = typed.format(code, lower=code.lower(), bare=bare, spaced=" ".join(bare))
    assert shown(api, text, token=ann.token).status == 200
    assert answer(api, ann.token, text).status == 200


def test_65_codes_that_are_unknown_expired_or_used_are_told_alike(api: Api, shop: Application) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        early = Device.asking(shop)
        clock.shift(599)
        ann = api.sign_up()
        used, refused = Device.asking(shop).approved(ann.token), Device.asking(shop)
        answer(api, ann.token, refused.user_code, approve=False)
        assert shown(api, early.user_code, token=ann.token).status == 200
        clock.shift(1)
        for code in ("BBBB-BBBB", "", "-", "ä", early.user_code, used.user_code, refused.user_code):
            if code:
                assert told(shown(api, code, token=ann.token)) == UNKNOWN
            assert told(answer(api, ann.token, code)) == UNKNOWN
            assert told(answer(api, ann.token, code, approve=False)) == UNKNOWN


def test_65_audit_trail_tells_who_tried_codes(api: Api, ann: Reply) -> None:
    shown(api, "BBBB-BBBB", token=ann.token)
    answer(api, ann.token, "CCCC-CCCC")
    refused = AuditEvent.objects.filter(event="refused").order_by("number")
    told = [(event.account_id, event.outcome, event.data) for event in refused]
    places = [{"endpoint": "device.show"}, {"endpoint": "device.answer"}]
    assert told == [(account(ann).pk, "invalid-request", place) for place in places]


def test_65_tries_of_codes_are_limited(api: Api, shop: Application, ann: Reply, settings: Any) -> None:
    settings.AUTH_RATE_LIMIT_ENABLE = True
    settings.AUTH_RATE_LIMIT_BRUTE_FORCE_BURST = 3
    settings.AUTH_RATE_LIMIT_STORAGE = "memory://"
    device = Device.asking(shop)
    assert shown(api, "BBBB-BBBB", token=ann.token).status == 400
    assert answer(api, ann.token, "BBBB-BBBB").status == 400
    assert shown(api, "CCCC-CCCC", token=ann.token).status == 400
    assert shown(api, device.user_code, token=ann.token).status == 429
    assert answer(api, ann.token, device.user_code).status == 429


def test_65_nobody_tries_codes_while_tries_cannot_be_counted(api: Api, shop: Application, settings: Any) -> None:
    ann, device = api.sign_up(), Device.asking(shop)
    settings.AUTH_RATE_LIMIT_ENABLE = True
    settings.AUTH_RATE_LIMIT_STORAGE = "redis://127.0.0.1:1/0"
    assert shown(api, device.user_code, token=ann.token).status == 503
    assert answer(api, ann.token, device.user_code).status == 503


def test_65_nothing_happens_by_a_link_alone(api: Api, shop: Application, ann: Reply) -> None:
    device = Device.asking(shop)
    shown(api, device.user_code, token=ann.token)
    assert OAuth2DeviceRequest.objects.get().account is None
    assert device.poll().error == "authorization_pending"


def test_code_is_for_who_is_signed_in(api: Api, shop: Application) -> None:
    device = Device.asking(shop)
    assert shown(api, device.user_code).outcome == (401, "unauthorized")
    assert answer(api, None, device.user_code).outcome == (401, "unauthorized")
    guest = api.anonymous().token
    assert shown(api, device.user_code, token=guest).outcome == (403, "forbidden-anonymous")
    assert answer(api, guest, device.user_code).outcome == (403, "forbidden-anonymous")
    assert answer(api, guest, device.user_code, approve=False).outcome == (403, "forbidden-anonymous")


@pytest.mark.parametrize("everywhere", [False, True])
def test_65_application_lets_in_no_device(
    api: Api, shop: Application, ann: Reply, settings: Any, everywhere: bool
) -> None:
    """Its token would give itself, or another application, more than its user has agreed to."""
    settings.AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE = everywhere
    token = shop.tokens(ann.token, scope="openid graphql")["access_token"]
    assert api.get("/user", token=token).status == 200
    device = Device.asking(shop)
    assert shown(api, device.user_code, token=token).outcome == (401, "unauthorized")
    assert answer(api, token, device.user_code).outcome == (401, "unauthorized")
    assert device.poll().error == "authorization_pending"


def test_role_that_the_user_has_not_got_is_denied(api: Api, shop: Application, ann: Reply) -> None:
    device = Device.asking(shop, scope="graphql:role:admin")
    assert answer(api, ann.token, device.user_code).outcome == (403, "access_denied")
    assert answer(api, ann.token, device.user_code, approve=False).status == 200


@pytest.mark.parametrize(
    "body",
    [{"userCode": "BBBB-BBBB"}, {"approve": True}, {"userCode": "BBBB-BBBB", "approve": "yes"}],
    ids=["no answer", "no code", "no flag"],
)
def test_answer_has_to_be_whole(api: Api, ann: Reply, body: Any) -> None:
    assert api.post(DEVICE, body, token=ann.token).outcome == (400, "schema-validation-error")


def test_consent_is_remembered_and_told(api: Api, shop: Application, ann: Reply) -> None:
    heard: list[Any] = []

    def receiver(account: Any, client_id: str, scopes: list[str], **_: Any) -> None:
        heard.append((account.pk, client_id, scopes))

    signals.application_authorized.connect(receiver)
    Device.asking(shop).approved(ann.token)
    signals.application_authorized.disconnect(receiver)
    assert heard == [(account(ann).pk, shop.row.pk, ["openid", "email"])]
    assert OAuth2Grant.objects.covers(account(ann).pk, shop.row, ["openid", "email"])


def test_refusal_is_no_consent(api: Api, shop: Application, ann: Reply) -> None:
    device = Device.asking(shop)
    assert answer(api, ann.token, device.user_code, approve=False).json == "OK"
    assert answer(api, ann.token, device.user_code).outcome == (400, "invalid-request")
    assert not OAuth2Grant.objects.exists()


def test_application_that_is_gone_takes_its_codes_along(api: Api, shop: Application, ann: Reply) -> None:
    device = Device.asking(shop)
    OAuth2Client.objects.all().delete()
    assert told(shown(api, device.user_code, token=ann.token)) == UNKNOWN


def test_page_is_there_with_its_setting_alone(api: Api, shop: Application, ann: Reply, settings: Any) -> None:
    code = Device.asking(shop).user_code
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = False
    assert told(shown(api, code, token=ann.token)) == (400, "disabled-endpoint", "OAuth2 provider is disabled")
    assert told(answer(api, ann.token, code)) == (400, "disabled-endpoint", "OAuth2 provider is disabled")
    settings.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED = False
    assert shown(api, code, token=ann.token).status == answer(api, ann.token, code).status == 404
