"""What stands in an access token and how it is read again (accounts.md 2.3, configuration.md 2.1).

Forgeries are proven in tests/http/test_guards.py and tests/infra/test_jwt.py, custom claims in test_custom_claims.py.
"""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import time_machine

from tests.conftest import Api, Reply, account

NAMESPACE = "https://hasura.io/jwt/claims"
SECRET = {"type": "HS256", "key": "tests-only-" + "s" * 64}


@pytest.fixture(autouse=True)
def pinned(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = SECRET


def header(reply: Reply) -> dict[str, Any]:
    return jwt.get_unverified_header(reply.token)


def test_token_holds_these_claims_and_no_others(api: Api) -> None:
    with time_machine.travel("2030-01-01T00:00:00.700Z", tick=False):
        session = api.sign_up()
    user_id = session.user["id"]
    assert session.claims == {
        "sub": user_id,
        "iss": "https://auth.example.com/v1",
        "iat": 1893456000,
        "exp": 1893456900,
        NAMESPACE: {
            "x-hasura-allowed-roles": ["editor", "me", "user"],
            "x-hasura-default-role": "user",
            "x-hasura-user-id": user_id,
            "x-hasura-user-is-anonymous": "false",
        },
    }
    assert header(session) == {"alg": "HS256", "typ": "JWT"}


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_algorithm_and_kid_are_those_of_the_secret(api: Api, settings: Any, algorithm: str) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = {**SECRET, "type": algorithm, "kid": "main"}
    session = api.sign_up()
    assert header(session) == {"alg": algorithm, "typ": "JWT", "kid": "main"}
    assert jwt.decode(session.token, SECRET["key"], [algorithm]) == session.claims
    assert api.get("/user", token=session.token).status == 200


def test_issuer_of_the_secret_comes_before_the_servers_own_address(api: Api, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = {**SECRET, "issuer": "somebody"}
    session = api.sign_up()
    assert session.claims["iss"] == "somebody"
    assert api.get("/user", token=session.token).status == 200
    settings.HASURA_GRAPHQL_JWT_SECRET = SECRET
    assert api.get("/user", token=session.token).outcome == (401, "unauthorized")


def test_namespace_of_the_secret_is_written_and_read(api: Api, settings: Any) -> None:
    before = api.anonymous()
    settings.HASURA_GRAPHQL_JWT_SECRET = {**SECRET, "claims_namespace": "https://claims.example.com"}
    guest = api.anonymous()
    assert guest.claims["https://claims.example.com"]["x-hasura-user-is-anonymous"] == "true"
    assert NAMESPACE not in guest.claims
    body = {"signInMethod": "passwordless", "email": "ann@example.com"}
    assert api.post("/user/deanonymize", body, token=before.token).outcome == (400, "user-not-anonymous")
    assert api.post("/user/deanonymize", body, token=guest.token).status == 200


@pytest.mark.parametrize("seconds", [1, 60, 86400])
def test_life_is_what_the_setting_says(api: Api, settings: Any, seconds: int) -> None:
    settings.AUTH_ACCESS_TOKEN_EXPIRES_IN = seconds
    with time_machine.travel("2030-01-01T00:00:00Z", tick=False) as clock:
        session = api.sign_up()
        clock.shift(seconds - 1)
        assert api.get("/user", token=session.token).status == 200
        clock.shift(1)
        assert api.get("/user", token=session.token).json["reason"] == "invalid or expired token"


def test_default_role_that_was_taken_away_is_still_allowed_by_the_token(api: Api) -> None:
    session = api.sign_up()
    account(session).account_roles.filter(role_id="user").delete()
    refreshed = api.post("/token", {"refreshToken": session.refresh_token})
    assert refreshed.hasura["x-hasura-allowed-roles"] == refreshed.user["roles"] == ["editor", "me", "user"]
    assert refreshed.hasura["x-hasura-default-role"] == "user"


def test_values_are_those_of_the_moment_it_was_signed(api: Api) -> None:
    session = api.sign_up()
    account(session).account_roles.filter(role_id="editor").delete()
    assert session.hasura["x-hasura-allowed-roles"] == ["editor", "me", "user"]
    assert api.sign_in().hasura["x-hasura-allowed-roles"] == ["me", "user"]
