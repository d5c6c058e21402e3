"""GET /.well-known/openid-configuration, /.well-known/oauth-authorization-server, /oauth2/jwks (identity.md 7.2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Api
from tests.oauth2.application import ISSUER

WELL_KNOWN = pytest.mark.parametrize("name", ["openid-configuration", "oauth-authorization-server"])


@WELL_KNOWN
def test_answer_is_nhost_s(api: Api, name: str) -> None:
    assert api.get(f"/.well-known/{name}").json == {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/oauth2/authorize",
        "token_endpoint": f"{ISSUER}/oauth2/token",
        "userinfo_endpoint": f"{ISSUER}/oauth2/userinfo",
        "jwks_uri": f"{ISSUER}/oauth2/jwks",
        "revocation_endpoint": f"{ISSUER}/oauth2/revoke",
        "introspection_endpoint": f"{ISSUER}/oauth2/introspect",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "scopes_supported": ["openid", "profile", "email", "phone", "offline_access", "graphql"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": [
            *("sub", "name", "picture", "locale", "email", "email_verified", "phone_number", "phone_number_verified")
        ],
        "request_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
    }


@WELL_KNOWN
def test_endpoints_are_where_the_server_is(api: Api, settings: Any, name: str) -> None:
    settings.AUTH_SERVER_URL = "https://auth.example.org/auth/v1/"
    found = api.get(f"/.well-known/{name}").json
    assert (found["issuer"], found["token_endpoint"]) == (ISSUER, "https://auth.example.org/auth/v1/oauth2/token")


def test_keys_are_those_of_every_token(api: Api) -> None:
    assert api.get("/oauth2/jwks").json == api.get("/.well-known/jwks.json").json
    assert [key["kid"] for key in api.get("/oauth2/jwks").json["keys"]] == ["tests"]
