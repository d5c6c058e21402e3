"""GET /user/applications and DELETE /user/applications/<id>: whom somebody has let in, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from nhost_auth import signals
from nhost_auth.models import AuditEvent, OAuth2Grant, OAuth2RefreshToken, OAuth2Request
from tests.conftest import PREFIX, Api, Reply, account
from tests.oauth2.application import FORM, TOKEN, USERINFO, Application
from tests.oauth2.devices import DEVICE_CODE, Device
from tests.test_races import MANY, at_once

PATH = "/user/applications"
NOT_FOUND = (404, "application-not-found")
INVALID = (400, "invalid_grant")
SLOW_DOWN = (400, "slow_down")
"""What a poll hears whose request was taken away between its two looks: the next one is told."""


def listed(api: Api, session: Reply) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(PATH, token=session.token).json["applications"]
    return found


def revoke(api: Api, session: Reply, application_id: str) -> Reply:
    return api.call("DELETE", f"{PATH}/{application_id}", token=session.token)


def test_62_user_sees_whom_they_have_let_in(api: Api, shop: Application, bank: Application) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        ann = api.sign_up()
        assert listed(api, ann) == []
        tokens = shop.tokens(ann.token)
        clock.shift(60)
        bank.code(ann.token, scope="openid")
        clock.shift(60)
        shop.refresh(tokens["refresh_token"])
        assert listed(api, ann) == [
            {
                "id": str(OAuth2Grant.objects.get(client=bank.row).pk),
                "clientId": bank.row.pk,
                "name": "Bank",
                "kind": "registered",
                "scopes": ["openid"],
                "createdAt": "2026-03-01T12:01:00Z",
                "lastUsedAt": None,
            },
            {
                "id": str(OAuth2Grant.objects.get(client=shop.row).pk),
                "clientId": shop.row.pk,
                "name": "Shop",
                "kind": "registered",
                "scopes": ["email", "openid", "profile"],
                "createdAt": "2026-03-01T12:00:00Z",
                "lastUsedAt": "2026-03-01T12:02:00Z",
            },
        ]


def test_last_use_is_that_of_the_newest_token_and_of_nobody_else(api: Api, shop: Application, ann: Reply) -> None:
    bob = api.sign_up("bob@example.com")
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        ann, bob = api.sign_in(), api.sign_in("bob@example.com")
        for session in (ann, ann, bob):
            shop.tokens(session.token)
            clock.shift(60)
        (mine,) = listed(api, ann)
        assert mine["lastUsedAt"] == "2026-03-01T12:01:00Z"


def test_62_application_that_is_revoked_has_nothing_left(api: Api, shop: Application, ann: Reply) -> None:
    code, tokens = shop.code(ann.token), shop.tokens(ann.token)
    (mine,) = listed(api, ann)
    assert revoke(api, ann, mine["id"]).json == "OK"
    assert listed(api, ann) == []
    assert shop.refresh(tokens["refresh_token"]).outcome == INVALID
    assert shop.exchange(code).outcome == INVALID
    assert api.get(USERINFO, token=tokens["access_token"]).outcome == (401, "invalid_token")
    assert shop.introspect(tokens["access_token"]) == {"active": False}
    assert api.get("/oauth2/login", query={"request_id": shop.request_id()}, token=ann.token).json["consented"] is False
    assert (OAuth2RefreshToken.objects.count(), OAuth2Request.objects.exclude(account=None).count()) == (0, 0)


def test_62_device_that_was_let_in_gets_nothing_any_more(
    api: Api, shop: Application, ann: Reply, settings: Any
) -> None:
    settings.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED = True
    bob = api.sign_up("bob@example.com")
    device, theirs, waiting = Device.asking(shop), Device.asking(shop).approved(bob.token), Device.asking(shop)
    device.approved(ann.token)
    revoke(api, ann, listed(api, ann)[0]["id"])
    assert device.poll().outcome == INVALID
    assert theirs.poll().status == 200
    assert waiting.approved(ann.token).poll().status == 200


def test_62_token_that_speaks_for_its_user_goes_with_the_application(api: Api, shop: Application, ann: Reply) -> None:
    token = shop.tokens(ann.token, scope="graphql")["access_token"]
    assert api.get("/user", token=token).status == 200
    revoke(api, ann, listed(api, ann)[0]["id"])
    assert api.get("/user", token=token).status == 401


def test_other_applications_and_other_people_keep_theirs(
    api: Api, shop: Application, bank: Application, ann: Reply
) -> None:
    bob = api.sign_up("bob@example.com")
    kept = [(shop, shop.tokens(bob.token)), (bank, bank.tokens(ann.token))]
    code, waiting = shop.code(bob.token), shop.request_id()
    shop.tokens(ann.token)
    revoke(api, ann, next(one["id"] for one in listed(api, ann) if one["clientId"] == shop.row.pk))
    for application, tokens in kept:
        assert api.get(USERINFO, token=tokens["access_token"]).status == 200
        assert application.refresh(tokens["refresh_token"]).status == 200
    assert shop.exchange(code).status == 200
    assert shop.agree(bob.token, waiting).status == 200
    assert [one["clientId"] for one in listed(api, ann)] == [bank.row.pk]
    assert api.get("/user", token=ann.token).status == 200


def test_grant_of_somebody_else_is_not_there(api: Api, shop: Application, ann: Reply) -> None:
    bob = api.sign_up("bob@example.com")
    shop.tokens(bob.token)
    (theirs,) = listed(api, bob)
    assert revoke(api, ann, theirs["id"]).outcome == NOT_FOUND
    assert revoke(api, ann, str(uuid.UUID(int=4))).outcome == NOT_FOUND
    assert revoke(api, bob, theirs["id"]).status == 200
    assert revoke(api, bob, theirs["id"]).outcome == NOT_FOUND


def test_who_is_not_signed_in_sees_and_ends_nothing(api: Api, shop: Application, ann: Reply) -> None:
    tokens = shop.tokens(ann.token)
    for token in (None, tokens["access_token"]):
        assert api.get(PATH, token=token).status == 401
        assert api.call("DELETE", f"{PATH}/{OAuth2Grant.objects.get().pk}", token=token).status == 401


def test_provider_that_is_off_says_so(api: Api, shop: Application, ann: Reply, settings: Any) -> None:
    shop.tokens(ann.token)
    (mine,) = listed(api, ann)
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = False
    for reply in (api.get(PATH, token=ann.token), revoke(api, ann, mine["id"])):
        assert (reply.outcome, reply.json["message"]) == ((400, "disabled-endpoint"), "OAuth2 provider is disabled")


def test_revoking_is_told_and_written_down(api: Api, shop: Application, ann: Reply) -> None:
    heard: list[Any] = []

    def receiver(account: Any, client_id: str, **_: Any) -> None:
        heard.append((account.pk, client_id))

    shop.tokens(ann.token)
    signals.application_revoked.connect(receiver)
    revoke(api, ann, listed(api, ann)[0]["id"])
    signals.application_revoked.disconnect(receiver)
    assert heard == [(account(ann).pk, shop.row.pk)]
    event = AuditEvent.objects.get(event="application_revoked")
    assert (event.account_id, event.data) == (account(ann).pk, {"client_id": shop.row.pk})


def form_post(fields: dict[str, str]) -> Callable[[Client], Any]:
    return lambda client: client.post(PREFIX + TOKEN, urlencode(fields), content_type=FORM)


def deleting(api: Api, session: Reply) -> Callable[[Client], Any]:
    (mine,) = listed(api, session)
    headers = {"Authorization": f"Bearer {session.token}"}
    return lambda client: client.delete(f"{PREFIX}{PATH}/{mine['id']}", headers=headers)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Real threads, real connections."""

    def test_62_no_token_outlives_a_revocation_while_it_is_refreshed(self, api: Api, ann: Reply) -> None:
        shop = Application.registered(api)
        for _ in range(3):
            secrets = [shop.tokens(ann.token)["refresh_token"] for _ in range(MANY - 1)]
            ending = deleting(api, ann)
            refreshing = [form_post(shop.refresh_fields(secret)) for secret in secrets]
            *refreshed, ended = at_once(lambda client, number, acts=(*refreshing, ending): acts[number](client))
            assert ended.status == 200, ended.text
            assert {reply.outcome for reply in refreshed} <= {(200, None), INVALID}
            newer = [reply.json["refresh_token"] for reply in refreshed if reply.status == 200]
            assert {shop.refresh(secret).outcome for secret in (*secrets, *newer)} == {INVALID}
            assert not OAuth2RefreshToken.objects.exists()

    def test_62_no_code_outlives_a_revocation_while_it_is_exchanged(self, api: Api, ann: Reply) -> None:
        shop = Application.registered(api)
        for _ in range(3):
            codes = [shop.code(ann.token) for _ in range(MANY - 1)]
            ending = deleting(api, ann)
            exchanging = [form_post(shop.exchange_fields(code)) for code in codes]
            *exchanged, ended = at_once(lambda client, number, acts=(*exchanging, ending): acts[number](client))
            assert ended.status == 200, ended.text
            assert {reply.outcome for reply in exchanged} <= {(200, None), INVALID}
            assert not OAuth2RefreshToken.objects.exists()

    def test_62_no_device_outlives_a_revocation_while_it_polls(self, api: Api, ann: Reply, settings: Any) -> None:
        settings.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED = True
        shop = Application.registered(api)
        for _ in range(3):
            devices = [Device.asking(shop).approved(ann.token) for _ in range(MANY - 1)]
            asked = [{"grant_type": DEVICE_CODE, "device_code": one.codes["device_code"]} for one in devices]
            ending = deleting(api, ann)
            polling = [form_post(fields | shop.credentials) for fields in asked]
            *polled, ended = at_once(lambda client, number, acts=(*polling, ending): acts[number](client))
            assert ended.status == 200, ended.text
            assert {reply.outcome for reply in polled} <= {(200, None), INVALID, SLOW_DOWN}
            assert not OAuth2RefreshToken.objects.exists()

    def test_agreeing_while_it_is_taken_back_is_before_or_after(self, api: Api, ann: Reply) -> None:
        shop = Application.registered(api)
        shop.code(ann.token)
        for _ in range(3):
            token = {"Authorization": f"Bearer {ann.token}"}
            wanted = [shop.request_id() for _ in range(MANY - 1)]
            acts = [_agreeing(request_id, token) for request_id in wanted] + [deleting(api, ann)]
            *agreed, ended = at_once(lambda client, number, acts=tuple(acts): acts[number](client))
            assert ended.status == 200, ended.text
            assert {reply.outcome for reply in agreed} == {(200, None)}
            good = OAuth2Request.objects.exclude(account=None).count()
            assert OAuth2Grant.objects.count() == (1 if good else 0)
            shop.code(ann.token)


def _agreeing(request_id: str, headers: dict[str, str]) -> Callable[[Client], Any]:
    body = f'{{"requestId": "{request_id}"}}'
    path = f"{PREFIX}/oauth2/login"
    return lambda client: client.post(path, body, content_type="application/json", headers=headers)
