"""GET and POST /oauth2/userinfo: what scopes tell of somebody (identity.md 7.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Api, Reply, account
from tests.oauth2.application import INTROSPECT, ISSUER, USERINFO, Application, claims, form

NAMESPACE = "https://hasura.io/jwt/claims"


@pytest.fixture
def rich(ann: Reply) -> Reply:
    """Somebody with everything there is to tell."""
    found = account(ann)
    found.phone_number, found.phone_number_verified, found.email_verified = "+12025550100", True, True
    found.avatar_url = "https://pictures.example/ann"
    found.save()
    return ann


PROFILE = {"name": "Ann", "picture": "https://pictures.example/ann", "locale": "en"}
EMAIL = {"email": "ann@example.com", "email_verified": True}
PHONE = {"phone_number": "+12025550100", "phone_number_verified": True}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("openid", {}),
        ("openid profile", PROFILE),
        ("openid email", EMAIL),
        ("openid phone", PHONE),
        ("phone email profile openid", PROFILE | EMAIL | PHONE),
        ("openid offline_access", {}),
    ],
    ids=str,
)
def test_scopes_say_what_is_told_here_and_in_the_id_token(
    api: Api, shop: Application, rich: Reply, scope: str, expected: dict[str, Any]
) -> None:
    tokens = shop.tokens(rich.token, scope=scope)
    for method in ("GET", "POST"):
        assert api.call(method, USERINFO, token=tokens["access_token"]).json == {"sub": rich.user["id"], **expected}
    told = claims(tokens["id_token"])
    assert {name: told[name] for name in told if name in PROFILE | EMAIL | PHONE} == expected


def test_what_somebody_has_not_got_is_left_out(api: Api, shop: Application, ann: Reply) -> None:
    found = account(ann)
    found.display_name = found.avatar_url = ""
    found.save()
    tokens = shop.tokens(ann.token, scope="openid profile phone")
    assert api.get(USERINFO, token=tokens["access_token"]).json == {"sub": ann.user["id"], "locale": "en"}


def test_claims_for_hasura_are_plain_json(api: Api, shop: Application, ann: Reply, settings: Any) -> None:
    settings.AUTH_JWT_CUSTOM_CLAIMS = {"verified": "emailVerified"}
    tokens = shop.tokens(ann.token, scope="graphql")
    told = api.get(USERINFO, token=tokens["access_token"]).json[NAMESPACE]
    assert told["x-hasura-allowed-roles"] == ann.user["roles"]
    assert told["x-hasura-user-is-anonymous"] is False
    assert told["x-hasura-verified"] is False
    assert claims(tokens["access_token"])[NAMESPACE]["x-hasura-verified"] == "false"


def test_role_scope_tells_that_role(api: Api, shop: Application, ann: Reply) -> None:
    token = shop.tokens(ann.token, scope="graphql:role:me")["access_token"]
    told = api.get(USERINFO, token=token).json[NAMESPACE]
    assert (told["x-hasura-allowed-roles"], told["x-hasura-default-role"]) == (["me"], "me")


def test_session_of_the_project_tells_who_alone(api: Api, ann: Reply) -> None:
    assert api.get(USERINFO, token=ann.token).json == {"sub": ann.user["id"]}


@pytest.mark.parametrize("header", [None, "nonsense", "expired"])
def test_bad_token_is_told_in_the_words_of_rfc_6750(api: Api, header: str | None) -> None:
    reply = api.get(USERINFO, token=header)
    assert reply.outcome == (401, "invalid_token")
    assert reply.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token", error_description="')


def test_disabled_user_is_refused(api: Api, shop: Application, ann: Reply) -> None:
    token = shop.tokens(ann.token)["access_token"]
    user = account(ann).user
    user.is_active = False
    user.save()
    assert api.get(USERINFO, token=token).outcome == (401, "invalid_token")


def test_introspection_tells_of_both_kinds(shop: Application, ann: Reply) -> None:
    tokens = shop.tokens(ann.token)
    access = claims(tokens["access_token"])
    shared = {"active": True, "client_id": shop.row.pk, "sub": ann.user["id"], "scope": tokens["scope"], "iss": ISSUER}
    assert shop.introspect(tokens["access_token"]) == {
        **shared,
        "exp": access["exp"],
        "iat": access["iat"],
        "token_type": "access_token",
    }
    found = shop.introspect(tokens["refresh_token"])
    assert {**found, "exp": 0, "iat": 0} == {**shared, "exp": 0, "iat": 0, "token_type": "refresh_token"}
    assert found["exp"] - found["iat"] == pytest.approx(2592000, abs=1)


@pytest.mark.parametrize(
    ("kind", "hint", "active"),
    [
        ("refresh_token", "refresh_token", True),
        ("refresh_token", "access_token", False),
        ("access_token", "access_token", True),
        ("access_token", "refresh_token", False),
    ],
)
def test_hint_says_where_to_look(shop: Application, ann: Reply, kind: str, hint: str, active: bool) -> None:
    assert shop.introspect(shop.tokens(ann.token)[kind], token_type_hint=hint)["active"] is active


def test_61_introspection_asks_who_wants_to_know(api: Api, bank: Application, ann: Reply) -> None:
    token = bank.tokens(ann.token)["access_token"]
    for credentials in ({}, {"client_id": bank.row.pk}, {"client_id": "nobody", "client_secret": "x"}):
        assert form(api, INTROSPECT, {"token": token, **credentials}).outcome == (401, "invalid_client")
    assert bank.introspect("nonsense") == {"active": False}
    assert bank.introspect(ann.token) == {"active": False}
