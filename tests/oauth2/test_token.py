"""POST /oauth2/token: codes and refresh tokens are exchanged (identity.md 7.5)."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import Any

import jwt
import pytest
import time_machine
from django.contrib.auth.hashers import make_password

from nhost_auth.models import OAuth2RefreshToken, OAuth2Request
from tests.conftest import Api, Reply, account
from tests.oauth2.application import (
    INTROSPECT,
    REDIRECT,
    TOKEN,
    USERINFO,
    VERIFIER,
    Application,
    basic,
    claims,
    form,
)

INVALID_CODE = {"error": "invalid_grant", "error_description": "Invalid authorization code"}
INVALID_REFRESH = {"error": "invalid_grant", "error_description": "Invalid refresh token"}
NAMESPACE = "https://hasura.io/jwt/claims"


def told(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply.json["error"], reply.json["error_description"]


def test_code_is_exchanged_for_tokens(api: Api, shop: Application, ann: Reply) -> None:
    reply = shop.exchange(shop.code(ann.token))
    assert (reply.status, reply.headers["Cache-Control"], reply.headers["Pragma"]) == (200, "no-store", "no-cache")
    found = reply.json
    assert (found["token_type"], found["expires_in"], found["scope"]) == ("Bearer", 900, "openid email profile")
    keys = {key["kid"]: jwt.PyJWK(key) for key in api.get("/oauth2/jwks").json["keys"]}
    key = keys[jwt.get_unverified_header(found["id_token"])["kid"]]
    issuer = api.get("/.well-known/openid-configuration").json["issuer"]
    options: Any = {"audience": shop.row.pk, "issuer": issuer, "algorithms": ["RS256"]}
    identity = jwt.decode(found["id_token"], key, **options)
    assert identity["sub"] == ann.user["id"]
    assert (identity["nonce"], identity["email"], identity["email_verified"]) == ("n-1", "ann@example.com", False)
    assert (identity["name"], identity["locale"]) == ("Ann", "en")
    half = hashlib.sha256(found["access_token"].encode()).digest()[:16]
    assert identity["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    access = jwt.decode(found["access_token"], key, **options)
    assert (access["scope"], access["sub"], NAMESPACE in access) == (found["scope"], ann.user["id"], False)


def test_id_token_is_for_who_asks_for_openid(shop: Application, ann: Reply) -> None:
    assert "id_token" not in shop.tokens(ann.token, scope="email")


def test_scope_graphql_gives_the_claims_of_a_session(shop: Application, ann: Reply) -> None:
    found = claims(shop.tokens(ann.token, scope="openid graphql")["access_token"])
    assert found[NAMESPACE] == ann.hasura
    assert NAMESPACE not in claims(shop.tokens(ann.token, scope="openid graphql")["id_token"])


def test_scope_of_a_role_gives_that_role_alone(shop: Application, ann: Reply) -> None:
    found = claims(shop.tokens(ann.token, scope="graphql:role:me")["access_token"])[NAMESPACE]
    assert (found["x-hasura-allowed-roles"], found["x-hasura-default-role"]) == (["me"], "me")


def test_role_that_is_lost_is_refused(shop: Application, ann: Reply) -> None:
    tokens = shop.tokens(ann.token, scope="graphql:role:me")
    account(ann).account_roles.filter(role_id="me").delete()
    assert told(shop.refresh(tokens["refresh_token"])) == (
        403,
        "access_denied",
        "User does not have the requested role",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": None}, (400, "invalid_request", "Missing code")),
        ({"code": str(uuid.UUID(int=4))}, (400, "invalid_grant", "Invalid authorization code")),
        ({"redirect_uri": None}, (400, "invalid_grant", "redirect_uri mismatch")),
        ({"redirect_uri": REDIRECT + "/"}, (400, "invalid_grant", "redirect_uri mismatch")),
        ({"code_verifier": None}, (400, "invalid_grant", "Missing code_verifier")),
        ({"code_verifier": "w" * 43}, (400, "invalid_grant", "Invalid code_verifier")),
        ({"client_id": "nhoa_0000000000000000"}, (401, "invalid_client", "Client ID mismatch")),
        ({"client_id": None}, (401, "invalid_client", "Client ID is required")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type", "The grant type is not supported")),
        (
            {"grant_type": None},
            (400, "invalid_request", "Query argument grant_type is required, but not found"),
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value[1],
)
def test_exchange_that_is_wrong(shop: Application, ann: Reply, changes: Any, expected: Any) -> None:
    assert told(shop.exchange(shop.code(ann.token), **changes)) == expected


@pytest.mark.parametrize("name", ["code", "client_id", "grant_type", "redirect_uri"])
def test_parameter_that_comes_twice_is_refused(api: Api, shop: Application, ann: Reply, name: str) -> None:
    fields = {
        "grant_type": "authorization_code",
        "code": shop.code(ann.token),
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        "client_id": shop.row.pk,
    }
    reply = form(api, TOKEN, fields | {name: [fields[name], fields[name]]})
    assert told(reply) == (400, "invalid_request", f"{name} must not be given more than once")


def test_58_code_that_is_used_twice_ends_what_it_was_good_for(api: Api, shop: Application, ann: Reply) -> None:
    code = shop.code(ann.token)
    tokens = shop.exchange(code).json
    assert shop.exchange(code).json == INVALID_CODE
    assert shop.refresh(tokens["refresh_token"]).json == INVALID_REFRESH
    assert api.get(USERINFO, token=tokens["access_token"]).status == 401
    assert shop.introspect(tokens["access_token"]) == {"active": False}


def test_code_outlives_failures_but_not_many(shop: Application, ann: Reply) -> None:
    code = shop.code(ann.token)
    for _ in range(4):
        assert shop.exchange(code, code_verifier="w" * 43).error == "invalid_grant"
    assert shop.exchange(code).status == 200
    code = shop.code(ann.token)
    for _ in range(5):
        assert shop.exchange(code, code_verifier="w" * 43).error == "invalid_grant"
    assert shop.exchange(code).json == INVALID_CODE


def test_59_code_lives_five_minutes(shop: Application, ann: Reply) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        bob = shop.api.sign_in()
        early, late = shop.code(bob.token), shop.code(bob.token)
        clock.shift(299)
        assert shop.exchange(early).status == 200
        clock.shift(1)
        assert shop.exchange(late).json == INVALID_CODE


def test_59_verifier_without_a_challenge_is_refused(bank: Application, ann: Reply) -> None:
    plain = {"code_challenge": None, "code_challenge_method": None}
    assert told(bank.exchange(bank.code(ann.token, **plain))) == (400, "invalid_grant", "Invalid code_verifier")
    assert bank.exchange(bank.code(ann.token, **plain), code_verifier=None).status == 200


def test_59_client_that_has_become_public_needs_a_challenge(bank: Application, ann: Reply) -> None:
    code = bank.code(ann.token, code_challenge=None, code_challenge_method=None)
    bank.row.secret_hash = bank.secret = ""
    bank.row.save()
    reply = bank.exchange(code, code_verifier=None)
    assert told(reply) == (400, "invalid_request", "PKCE is required for public clients")


def test_58_who_cannot_prove_a_used_code_ends_nothing(bank: Application, ann: Reply) -> None:
    code = bank.code(ann.token)
    tokens = bank.exchange(code).json
    for wrong in ({"code_verifier": "w" * 43}, {"client_secret": "wrong"}, {"redirect_uri": REDIRECT + "/"}):
        assert bank.exchange(code, **wrong).status in (400, 401)
    assert bank.refresh(tokens["refresh_token"]).status == 200


def test_secret_that_bcrypt_cannot_take_is_wrong(bank: Application, ann: Reply, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.BCryptPasswordHasher"]
    bank.row.secret_hash = make_password("of Nhost's")
    bank.row.save()
    code = bank.code(ann.token)
    assert bank.exchange(code, client_secret="s" * 73).outcome == (401, "invalid_client")
    assert bank.exchange(code, client_secret="of Nhost's").status == 200


def test_secret_comes_in_the_form_or_by_basic(api: Api, bank: Application, ann: Reply) -> None:
    assert bank.exchange(bank.code(ann.token)).status == 200
    fields = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
    by_header = fields | {"code": bank.code(ann.token)}
    assert form(api, TOKEN, by_header, headers=basic(bank.row.pk, bank.secret)).status == 200
    encoded = basic(bank.row.pk.replace("_", "%5F"), bank.secret.replace("-", "%2D"))
    assert form(api, TOKEN, fields | {"code": bank.code(ann.token)}, headers=encoded).status == 200
    twice = fields | {"code": bank.code(ann.token), "client_secret": bank.secret}
    assert form(api, TOKEN, twice, headers=basic(bank.row.pk, bank.secret)).error == "invalid_request"


@pytest.mark.parametrize("secret", [None, "", "wrong"])
def test_61_application_with_a_secret_has_to_show_it(bank: Application, ann: Reply, secret: str | None) -> None:
    reply = bank.exchange(bank.code(ann.token), client_secret=secret)
    assert reply.outcome == (401, "invalid_client")
    description = reply.json["error_description"]
    challenge = f'Bearer error="invalid_client", error_description="{description}"'
    assert (reply.headers["WWW-Authenticate"], reply.headers["Cache-Control"]) == (challenge, "no-store")


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic bm9jb2xvbg==", "Basic /w=="])
def test_malformed_basic_is_an_invalid_client(api: Api, header: str) -> None:
    fields = {"grant_type": "refresh_token", "refresh_token": "x"}
    assert form(api, TOKEN, fields, headers={"Authorization": header}).outcome == (401, "invalid_client")


def test_refresh_rotates_and_keeps_scope_and_sign_in(shop: Application, ann: Reply) -> None:
    first = shop.tokens(ann.token)
    newer = shop.refresh(first["refresh_token"], scope="openid").json
    assert newer["refresh_token"] != first["refresh_token"]
    assert newer["scope"] == first["scope"]
    before, after = claims(first["id_token"]), claims(newer["id_token"])
    assert (after["auth_time"], after["sub"], "nonce" in after) == (before["auth_time"], before["sub"], False)


def test_spent_refresh_token_ends_its_family(api: Api, shop: Application, ann: Reply) -> None:
    first, other = shop.tokens(ann.token), shop.tokens(ann.token)
    newer = shop.refresh(first["refresh_token"]).json
    assert shop.refresh(first["refresh_token"]).json == INVALID_REFRESH
    assert shop.refresh(newer["refresh_token"]).json == INVALID_REFRESH
    assert shop.refresh(other["refresh_token"]).status == 200


def test_refresh_token_belongs_to_its_application(bank: Application, shop: Application, ann: Reply) -> None:
    tokens = bank.tokens(ann.token)
    assert shop.refresh(tokens["refresh_token"]).outcome == (401, "invalid_client")
    assert bank.refresh(tokens["refresh_token"]).status == 200


def test_refresh_token_slides_and_expires(shop: Application, ann: Reply, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_REFRESH_TOKEN_TTL = 100
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        token = shop.tokens(shop.api.sign_in().token)["refresh_token"]
        for _ in range(3):
            clock.shift(99)
            token = shop.refresh(token).json["refresh_token"]
        clock.shift(100)
        assert shop.refresh(token).json == INVALID_REFRESH


def test_lifetimes_of_a_client_are_its_own(api: Api, ann: Reply) -> None:
    quick = Application.registered(api, access_token_lifetime=60, refresh_token_lifetime=120)
    found = quick.tokens(ann.token)
    assert found["expires_in"] == 60
    token = claims(found["access_token"])
    assert token["exp"] - token["iat"] == 60
    stored = OAuth2RefreshToken.objects.get()
    assert (stored.expires_at - stored.created_at).total_seconds() == pytest.approx(120, abs=1)


def test_user_who_may_not_come_in_gets_no_tokens(shop: Application, ann: Reply) -> None:
    code, tokens = shop.code(ann.token), shop.tokens(ann.token)
    user = account(ann).user
    user.is_active = False
    user.save()
    assert told(shop.exchange(code)) == (400, "invalid_grant", "User not found")
    assert told(shop.refresh(tokens["refresh_token"])) == (400, "invalid_grant", "User not found")


def test_secrets_are_stored_as_hashes_alone(shop: Application, ann: Reply) -> None:
    code = shop.code(ann.token)
    token = shop.exchange(code).json["refresh_token"]
    assert OAuth2Request.objects.get().code_hash == hashlib.sha256(code.encode()).hexdigest()
    assert OAuth2RefreshToken.objects.get().hash == hashlib.sha256(token.encode()).hexdigest()


def test_provider_that_is_off_says_so(api: Api, shop: Application, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = False
    disabled = (500, "server_error", "OAuth2 provider is disabled")
    assert told(shop.refresh("x")) == disabled
    assert told(form(api, INTROSPECT, {"token": "x", "client_id": shop.row.pk})) == disabled
