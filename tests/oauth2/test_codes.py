"""Codes: good once, for who asked; and none of the ways that OAuth 2.1 has left behind."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

import pytest

from nhost_auth.models import AuditEvent, OAuth2RefreshToken, OAuth2Request
from nhost_auth.models.pkce_codes import s256
from tests.conftest import PREFIX, Api, Reply, account
from tests.oauth2.application import AUTHORIZE, FORM, REDIRECT, TOKEN, USERINFO, VERIFIER, Application, form
from tests.test_races import MANY, at_once

INVALID = (400, "invalid_grant")
RESPONSES = [
    "token",
    "id_token",
    "id_token token",
    "code token",
    "code id_token",
    "code id_token token",
    "none",
    "CODE",
]
GRANTS = [
    "password",
    "client_credentials",
    "implicit",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
]


@pytest.mark.django_db(transaction=True)
def test_58_code_that_many_bring_at_once_is_good_for_nobody(api: Api, ann: Reply) -> None:
    """One wins, and loses it again: who came second cannot be told from a thief."""
    shop = Application.registered(api)
    fields = urlencode(shop.exchange_fields(shop.code(ann.token)))
    replies = at_once(lambda client, _: client.post(PREFIX + TOKEN, fields, content_type=FORM))
    assert Counter(reply.outcome for reply in replies) == {(200, None): 1, INVALID: MANY - 1}
    (tokens,) = [reply.json for reply in replies if reply.status == 200]
    assert shop.refresh(tokens["refresh_token"]).outcome == INVALID
    assert api.get(USERINFO, token=tokens["access_token"]).status == 401
    assert not OAuth2RefreshToken.objects.exists()


def test_58_replay_ends_what_was_refreshed_meanwhile_and_is_written_down(
    api: Api, shop: Application, ann: Reply
) -> None:
    code, other = shop.code(ann.token), shop.tokens(ann.token)
    newer = shop.refresh(shop.exchange(code).json["refresh_token"]).json
    assert shop.exchange(code).outcome == INVALID
    assert shop.refresh(newer["refresh_token"]).outcome == INVALID
    assert api.get(USERINFO, token=newer["access_token"]).status == 401
    assert shop.refresh(other["refresh_token"]).status == 200
    event = AuditEvent.objects.get(event="application_token_reused")
    assert (event.account_id, event.data) == (account(ann).pk, {"client_id": shop.row.pk})


def test_58_code_of_one_application_is_none_of_another(
    api: Api, shop: Application, bank: Application, ann: Reply
) -> None:
    code = shop.code(ann.token)
    other = Application.registered(api)
    assert other.exchange(code).outcome == (401, "invalid_client")
    assert bank.exchange(code).outcome == (401, "invalid_client")
    assert shop.exchange(code).status == 200


def test_59_application_without_a_secret_has_to_send_a_challenge(shop: Application) -> None:
    for challenge in (None, ""):
        assert shop.ask(code_challenge=challenge, code_challenge_method=None).query["error"] == "invalid_request"
    assert not OAuth2Request.objects.exists()


@pytest.mark.parametrize("method", ["plain", "s256", "S512", "none"])
def test_59_challenge_is_by_s256_alone(api: Api, shop: Application, method: str) -> None:
    asked = shop.request(code_challenge=VERIFIER, code_challenge_method=method)
    assert api.get(AUTHORIZE, query=asked).outcome == (400, "invalid_request")
    assert form(api, AUTHORIZE, asked).query["error"] == "invalid_request"
    assert not OAuth2Request.objects.exists()


def test_59_challenge_without_a_method_is_by_s256_too(shop: Application, ann: Reply) -> None:
    """RFC 7636 has plain for the default; here nobody sends the verifier itself."""
    code = shop.code(ann.token, code_challenge=s256(VERIFIER), code_challenge_method=None)
    assert shop.exchange(code, code_verifier=s256(VERIFIER)).outcome == INVALID
    assert shop.exchange(code).status == 200


def test_59_application_with_a_secret_that_sent_a_challenge_needs_the_verifier(bank: Application, ann: Reply) -> None:
    code = bank.code(ann.token)
    for verifier in (None, "", "w" * 43):
        assert bank.exchange(code, code_verifier=verifier).outcome == INVALID
    assert bank.exchange(code).status == 200


@pytest.mark.parametrize("response_type", RESPONSES)
def test_60_no_token_comes_from_the_authorization_endpoint(shop: Application, response_type: str) -> None:
    reply = shop.ask(response_type=response_type)
    assert (reply.location.partition("?")[0], reply.query["error"]) == (REDIRECT, "unsupported_response_type")
    assert not OAuth2Request.objects.exists()


@pytest.mark.parametrize("response_mode", ["fragment", "form_post", "web_message"])
def test_60_answer_is_in_the_query_whatever_is_asked_for(shop: Application, ann: Reply, response_mode: str) -> None:
    back = shop.agree(ann.token, shop.request_id(response_mode=response_mode)).json["redirectUri"]
    assert (back.startswith(f"{REDIRECT}?code="), "#" in back) == (True, False)


@pytest.mark.parametrize("grant_type", GRANTS)
def test_60_no_other_grant_gives_tokens(api: Api, bank: Application, ann: Reply, grant_type: str) -> None:
    asked: dict[str, Any] = {"grant_type": grant_type, "username": "ann@example.com", "password": "Correct-horse-7"}
    reply = form(api, TOKEN, asked | bank.credentials | {"assertion": ann.token, "subject_token": ann.token})
    assert reply.outcome == (400, "unsupported_grant_type")
    assert not OAuth2RefreshToken.objects.exists()
