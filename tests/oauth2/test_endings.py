"""Where tokens of applications are good, and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.views import APIView

from nhost_auth.flows import identities
from nhost_auth.models import OAuth2Grant, OAuth2RefreshToken
from nhost_auth.rest import BearerAuthentication, StatelessBearerAuthentication
from tests.conftest import PASSWORD, Api, Reply, account
from tests.oauth2.application import USERINFO, Application
from tests.oauth2.devices import Device

UNAUTHORIZED = (401, "unauthorized")


def status_at_a_host(token: str, authentication: Any) -> int:
    class View(APIView):
        authentication_classes = [authentication]
        permission_classes = []

        def get(self, request: Any) -> Response:
            return Response({"signed_in": request.user.is_authenticated})

    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})
    return View.as_view()(request).status_code


@pytest.mark.parametrize("kind", ["access_token", "id_token"])
def test_47_token_of_an_application_is_refused_at_user_endpoints(
    api: Api, shop: Application, ann: Reply, kind: str
) -> None:
    token = shop.tokens(ann.token)[kind]
    assert api.get("/user", token=token).outcome == UNAUTHORIZED
    assert api.get("/user/sessions", token=token).outcome == UNAUTHORIZED
    # As without a token: a ticket would do there.
    assert api.post("/user/password", {"newPassword": PASSWORD}, token=token).outcome == (400, "invalid-request")
    assert api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=token).outcome == UNAUTHORIZED
    assert api.post("/token/verify", {"token": token}).outcome == (400, "invalid-request")
    assert shop.agree(token, shop.request_id()).outcome == UNAUTHORIZED


def test_47_token_for_one_role_is_refused_too(api: Api, shop: Application, ann: Reply) -> None:
    assert api.get("/user", token=shop.tokens(ann.token, scope="graphql:role:me")["access_token"]).status == 401


def test_scope_graphql_lets_an_application_act_as_its_user(api: Api, shop: Application, ann: Reply) -> None:
    tokens = shop.tokens(ann.token, scope="openid graphql")
    assert api.get("/user", token=tokens["access_token"]).json["id"] == ann.user["id"]
    assert api.get("/user", token=tokens["id_token"]).outcome == UNAUTHORIZED


def test_setting_lets_them_in_as_nhost_does(api: Api, shop: Application, ann: Reply, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE = True
    tokens = shop.tokens(ann.token)
    assert api.get("/user", token=tokens["access_token"]).status == 200
    assert api.get("/user", token=tokens["id_token"]).status == 200


@pytest.mark.parametrize("authentication", [BearerAuthentication, StatelessBearerAuthentication])
def test_47_views_of_the_host_refuse_them_too(shop: Application, ann: Reply, authentication: Any) -> None:
    tokens = shop.tokens(ann.token)
    assert status_at_a_host(ann.token, authentication) == 200
    assert status_at_a_host(tokens["access_token"], authentication) == 401
    assert status_at_a_host(tokens["id_token"], authentication) == 401
    graphql = shop.tokens(ann.token, scope="graphql")
    assert status_at_a_host(graphql["access_token"], authentication) == 200


def test_47_id_token_is_no_access_token_at_userinfo(api: Api, shop: Application, ann: Reply) -> None:
    tokens = shop.tokens(ann.token)
    assert api.get(USERINFO, token=tokens["id_token"]).outcome == (401, "invalid_token")
    assert shop.introspect(tokens["id_token"]) == {"active": False}


def revoke(api: Api, shop: Application, ann: Reply, tokens: dict[str, Any]) -> None:
    assert shop.revoke(tokens["refresh_token"]).status == 200


def change_password(api: Api, shop: Application, ann: Reply, tokens: dict[str, Any]) -> None:
    assert api.post("/user/password", {"newPassword": "Another-horse-8"}, token=ann.token).status == 200


def take_over(api: Api, shop: Application, ann: Reply, tokens: dict[str, Any]) -> None:
    identities._evict(account(ann))


def delete_client(api: Api, shop: Application, ann: Reply, tokens: dict[str, Any]) -> None:
    shop.row.delete()


ENDINGS: list[Callable[..., None]] = [revoke, change_password, take_over, delete_client]


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_ended_tokens_are_good_no_more_at_this_server(
    api: Api, shop: Application, ann: Reply, end: Callable[..., None]
) -> None:
    tokens = shop.tokens(ann.token, scope="openid graphql")
    for path in (USERINFO, "/user"):
        assert api.get(path, token=tokens["access_token"]).status == 200
    end(api, shop, ann, tokens)
    for path in (USERINFO, "/user"):
        assert api.get(path, token=tokens["access_token"]).status == 401
    assert not OAuth2RefreshToken.objects.exists()
    assert shop.refresh(tokens["refresh_token"]).error == "invalid_grant"


def test_new_password_ends_codes_that_wait_to_be_exchanged(
    api: Api, shop: Application, ann: Reply, settings: Any
) -> None:
    settings.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED = True
    code, device = shop.code(ann.token), Device.asking(shop).approved(ann.token)
    assert api.post("/user/password", {"newPassword": "Another-horse-8"}, token=ann.token).status == 200
    assert shop.exchange(code).error == "invalid_grant"
    assert device.poll().error == "expired_token"


def test_takeover_forgets_whom_the_other_let_in(shop: Application, ann: Reply) -> None:
    shop.tokens(ann.token)
    identities._evict(account(ann))
    assert not OAuth2Grant.objects.exists()


def test_61_application_revokes_its_own_tokens_alone(bank: Application, shop: Application, ann: Reply) -> None:
    token = bank.tokens(ann.token)["refresh_token"]
    assert shop.revoke(token).status == 200
    assert bank.introspect(token)["active"] is True
    assert shop.introspect(token) == {"active": False}
    assert bank.revoke(token, client_secret="wrong").outcome == (401, "invalid_client")
    assert bank.revoke(token, client_id=None).outcome == (401, "invalid_client")
    reply = bank.revoke(token, token_type_hint="access_token")
    assert (reply.status, reply.text) == (200, "")
    assert bank.introspect(token) == {"active": False}


def test_signing_out_everywhere_leaves_applications_alone(api: Api, shop: Application, ann: Reply) -> None:
    tokens = shop.tokens(ann.token)
    assert api.post("/signout", {"all": True}, token=ann.token).status == 200
    assert shop.refresh(tokens["refresh_token"]).status == 200
