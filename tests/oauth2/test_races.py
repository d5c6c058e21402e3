"""What happens once in the wing also happens once when ten ask at the same moment: real threads and connections."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from nhost_auth.models import OAuth2Grant, OAuth2RefreshToken, OAuth2SpentToken
from tests.conftest import PREFIX, Api, Reply
from tests.oauth2.application import FORM, LOGIN, REDIRECT, TOKEN, VERIFIER, Application, parameters
from tests.test_races import MANY, at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)


def exchanging(fields: dict[str, str]) -> Any:
    return lambda client, _: client.post(PREFIX + TOKEN, urlencode(fields), content_type=FORM)


def code_fields(shop: Application, code: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        "client_id": shop.row.pk,
    }


def test_58_of_parallel_exchanges_one_wins_and_is_undone(shop: Application, ann: Reply) -> None:
    """The others are uses of a used code, which ends what it was good for."""
    replies = at_once(exchanging(code_fields(shop, shop.code(ann.token))))
    assert outcomes(replies) == {(200, None): 1, (400, "invalid_grant"): MANY - 1}
    (won,) = [reply for reply in replies if reply.status == 200]
    assert not OAuth2RefreshToken.objects.exists()
    assert shop.refresh(won.json["refresh_token"]).error == "invalid_grant"
    assert shop.introspect(won.json["access_token"]) == {"active": False}


def test_of_parallel_refreshes_one_wins_at_most(shop: Application, ann: Reply) -> None:
    token = shop.tokens(ann.token)["refresh_token"]
    fields = {"grant_type": "refresh_token", "refresh_token": token, "client_id": shop.row.pk}
    replies = at_once(exchanging(fields))
    assert outcomes(replies) == {(200, None): 1, (400, "invalid_grant"): MANY - 1}
    # Who was late enough to find the token spent has ended its family; nobody has split it.
    assert OAuth2RefreshToken.objects.count() <= 1
    assert OAuth2SpentToken.objects.count() == OAuth2RefreshToken.objects.count()


def test_of_parallel_consents_one_gets_the_code(shop: Application, ann: Reply) -> None:
    body, bearer = json.dumps({"requestId": shop.request_id()}), {"Authorization": f"Bearer {ann.token}"}

    def agree(client: Client, _: int) -> Any:
        return client.post(PREFIX + LOGIN, body, content_type="application/json", headers=bearer)

    replies = at_once(agree)
    assert outcomes(replies) == {(200, None): 1, (400, "invalid-request"): MANY - 1}
    (won,) = [reply for reply in replies if reply.status == 200]
    assert shop.exchange(parameters(won.json["redirectUri"])["code"]).status == 200


def test_first_consents_to_one_application_are_remembered_once(shop: Application, ann: Reply) -> None:
    asked = [shop.request_id(scope=scope) for scope in ("openid", "email", "phone", "profile", "openid email")] * 2
    bearer = {"Authorization": f"Bearer {ann.token}"}

    def agree(client: Client, number: int) -> Any:
        body = json.dumps({"requestId": asked[number]})
        return client.post(PREFIX + LOGIN, body, content_type="application/json", headers=bearer)

    replies = at_once(agree)
    assert [reply.status for reply in replies].count(200) == MANY // 2
    assert set(OAuth2Grant.objects.get().scopes) == {"openid", "email", "phone", "profile"}


def test_refreshes_while_the_password_changes_end_with_it(api: Api, shop: Application, ann: Reply) -> None:
    tokens = [shop.tokens(ann.token) for _ in range(MANY - 1)]
    bearer = {"Authorization": f"Bearer {ann.token}"}

    def act(client: Client, number: int) -> Any:
        if number == MANY - 1:
            body = json.dumps({"newPassword": "Another-horse-8"})
            return client.post(f"{PREFIX}/user/password", body, content_type="application/json", headers=bearer)
        secret = tokens[number]["refresh_token"]
        fields = {"grant_type": "refresh_token", "refresh_token": secret, "client_id": shop.row.pk}
        return exchanging(fields)(client, number)

    replies = at_once(act)
    assert replies[-1].status == 200
    assert {reply.status for reply in replies} <= {200, 400}
    assert not OAuth2RefreshToken.objects.exists()
