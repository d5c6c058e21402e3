"""GET and POST /oauth2/login: the project's page, and what its user says (identity.md 7.4)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import OAuth2Request
from tests.conftest import Api, Reply, account
from tests.oauth2.application import ISSUER, LOGIN, REDIRECT, Application, claims, parameters

REFUSE = LOGIN + "/refuse"


def shown(api: Api, request_id: str, **arguments: Any) -> Reply:
    return api.get(LOGIN, query={"request_id": request_id}, **arguments)


def told(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply.json["error"], reply.json["message"]


def test_page_learns_what_is_asked(api: Api, shop: Application, ann: Reply) -> None:
    asked = shop.request_id(prompt="consent")
    as_at_nhost = {
        "requestId": asked,
        "clientId": shop.row.pk,
        "scopes": ["openid", "email", "profile"],
        "redirectUri": REDIRECT,
    }
    assert shown(api, asked).json == as_at_nhost
    ours = {"clientName": "Shop", "prompt": ["consent"], "consented": False, "signInAgain": False}
    assert shown(api, asked, token=ann.token).json == as_at_nhost | ours


def test_agreeing_sends_the_browser_back_with_a_code(shop: Application, ann: Reply) -> None:
    reply = shop.agree(ann.token, shop.request_id())
    assert reply.json["redirectUri"].partition("?")[0] == REDIRECT
    found = parameters(reply.json["redirectUri"])
    assert list(found) == ["code", "iss", "state"]
    assert (found["state"], found["iss"], uuid.UUID(found["code"]).version) == ("s-1", ISSUER, 4)


@pytest.mark.parametrize("request_id", [str(uuid.UUID(int=4)), "nonsense"])
def test_unknown_request(api: Api, request_id: str) -> None:
    assert told(shown(api, request_id)) == (400, "invalid-request", "Unknown authorization request")


def test_nobody_agrees_twice(shop: Application, ann: Reply) -> None:
    asked = shop.request_id()
    assert shop.agree(ann.token, asked).status == 200
    assert told(shop.agree(ann.token, asked)) == (
        400,
        "invalid-request",
        "Authorization request already completed",
    )


def test_who_is_not_signed_in_cannot_agree(api: Api, shop: Application) -> None:
    assert api.post(LOGIN, {"requestId": shop.request_id()}).status == 401


def test_guest_cannot_agree(api: Api, shop: Application, settings: Any) -> None:
    settings.AUTH_ANONYMOUS_USERS_ENABLED = True
    assert shop.agree(api.anonymous().token, shop.request_id()).outcome == (403, "forbidden-anonymous")


def test_role_that_the_user_has_not_got_is_denied(shop: Application, ann: Reply) -> None:
    reply = shop.agree(ann.token, shop.request_id(scope="graphql:role:admin"))
    assert (reply.outcome, reply.json["error_description"]) == (
        (403, "access_denied"),
        "User does not have the requested role",
    )


def test_62_application_lets_nobody_in_for_its_user(
    shop: Application, bank: Application, ann: Reply, settings: Any
) -> None:
    for everywhere, scope in ((False, "graphql"), (True, "openid")):
        settings.AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE = everywhere
        token = shop.tokens(ann.token, scope=scope)["access_token"]
        assert bank.agree(token, bank.request_id()).outcome == (401, "unauthorized")
    assert not account(ann).oauth2_grants.filter(client=bank.row).exists()


def test_refusal_reaches_the_application_with_its_state(api: Api, shop: Application, ann: Reply) -> None:
    asked = shop.request_id()
    reply = api.post(REFUSE, {"requestId": asked})
    assert parameters(reply.json["redirectUri"]) == {"error": "access_denied", "state": "s-1", "iss": ISSUER}
    assert shop.agree(ann.token, asked).outcome == (400, "invalid-request")
    reply = api.post(REFUSE, {"requestId": shop.request_id(prompt="none"), "reason": "login_required"})
    assert parameters(reply.json["redirectUri"])["error"] == "login_required"
    assert api.post(REFUSE, {"requestId": asked, "reason": "server_error"}).status == 400


def test_request_that_was_refused_meanwhile_gives_no_code(api: Api, shop: Application, ann: Reply) -> None:
    asked = OAuth2Request.objects.get(pk=shop.request_id())
    assert OAuth2Request.objects.get(pk=asked.pk).refuse()
    assert asked.answer(account(ann), timezone.now()) is None


def test_request_that_was_answered_cannot_be_refused(api: Api, shop: Application, ann: Reply) -> None:
    asked = shop.request_id()
    code = parameters(shop.agree(ann.token, asked).json["redirectUri"])["code"]
    assert told(api.post(REFUSE, {"requestId": asked}))[2] == "Authorization request already completed"
    assert shop.exchange(code).status == 200


def test_62_consent_is_remembered_for_as_much_as_was_agreed_to(api: Api, shop: Application, ann: Reply) -> None:
    asked = shop.request_id(scope="openid email")
    assert shown(api, asked, token=ann.token).json["consented"] is False
    shop.agree(ann.token, asked)
    assert shown(api, shop.request_id(scope="openid"), token=ann.token).json["consented"] is True
    assert shown(api, shop.request_id(scope="openid phone"), token=ann.token).json["consented"] is False
    assert shown(api, shop.request_id(scope="openid", prompt="consent"), token=ann.token).json["consented"] is False


def test_64_prompt_none_is_for_who_has_agreed_before(shop: Application, ann: Reply) -> None:
    assert shop.agree(ann.token, shop.request_id(prompt="none")).outcome == (403, "consent-needed")
    shop.agree(ann.token, shop.request_id())
    assert shop.agree(ann.token, shop.request_id(prompt="none")).status == 200


def test_64_application_may_ask_for_a_recent_sign_in(api: Api, shop: Application, ann: Reply) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        early = api.sign_in()
        clock.shift(100)
        fresh, refreshed = api.sign_in(), api.post("/token", {"refreshToken": early.refresh_token})
        for token, outcome in ((fresh.token, 200), (early.token, 403), (refreshed.token, 403)):
            assert shop.agree(token, shop.request_id(prompt="login")).status == outcome
            assert shop.agree(token, shop.request_id(max_age="99")).status == outcome
            for asked in (shop.request_id(prompt="login"), shop.request_id(max_age="99")):
                assert shown(api, asked, token=token).json["signInAgain"] is (outcome == 403)
        assert shop.agree(refreshed.token, shop.request_id(max_age="100")).status == 200
        asked = shop.request_id(max_age="0")
        clock.shift(3)
        assert shop.agree(api.sign_in().token, asked).status == 200
        assert shop.agree(refreshed.token, shop.request_id(max_age="99")).error == "sign-in-again"


def test_64_auth_time_is_that_of_the_sign_in(api: Api, shop: Application, ann: Reply) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        bob = api.sign_in()
        clock.shift(100)
        found = claims(shop.tokens(bob.token)["id_token"])
    assert found["iat"] - found["auth_time"] == 100


def test_application_that_was_let_in_is_told_of(shop: Application, ann: Reply) -> None:
    heard: list[Any] = []

    def receiver(account: Any, client_id: str, scopes: list[str], **_: Any) -> None:
        heard.append((account.pk, client_id, scopes))

    signals.application_authorized.connect(receiver)
    shop.agree(ann.token, shop.request_id())
    signals.application_authorized.disconnect(receiver)
    assert heard == [(account(ann).pk, shop.row.pk, ["openid", "email", "profile"])]


def test_provider_that_is_off_says_so(api: Api, shop: Application, settings: Any) -> None:
    asked = shop.request_id()
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = False
    assert told(shown(api, asked)) == (400, "disabled-endpoint", "OAuth2 provider is disabled")
