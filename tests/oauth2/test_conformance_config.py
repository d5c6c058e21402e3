"""The config certification plan of the OpenID Foundation (oidcc-config-certification-test-plan).

It has one module, oidcc-discovery-endpoint-verification; here is a test for each of its conditions.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import Api, Reply
from tests.oauth2.application import ISSUER

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def reply(api: Api, settings: Any) -> Reply:
    settings.AUTH_SERVER_URL = ISSUER
    return api.get(DISCOVERY)


@pytest.fixture
def server(reply: Reply) -> dict[str, Any]:
    found: dict[str, Any] = reply.json
    return found


def test_oidcc_discovery_endpoint_verification(reply: Reply) -> None:
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")


def test_issuer_is_where_it_was_asked(server: dict[str, Any]) -> None:
    parts = urlsplit(server["issuer"])
    assert server["issuer"] == ISSUER
    assert (parts.scheme, parts.query, parts.fragment, parts.username) == ("https", "", "", None)


def test_response_types_are_those_of_the_code_flow(server: dict[str, Any]) -> None:
    assert server["response_types_supported"] == ["code"]


def test_subjects_are_public(server: dict[str, Any]) -> None:
    assert server["subject_types_supported"] == ["public"]


def test_id_tokens_are_signed_by_rs256(server: dict[str, Any]) -> None:
    assert server["id_token_signing_alg_values_supported"] == ["RS256"]
    assert "userinfo_signing_alg_values_supported" not in server


def test_every_endpoint_is_there_by_https(api: Api, server: dict[str, Any]) -> None:
    endpoints = {name: url for name, url in server.items() if name.endswith(("_endpoint", "_uri"))}
    names = ("authorization", "token", "userinfo", "revocation", "introspection")
    assert set(endpoints) == {*(f"{name}_endpoint" for name in names), "jwks_uri"}
    for url in endpoints.values():
        assert url.startswith(f"{ISSUER}/")
        path = url.removeprefix(ISSUER)
        assert {api.get(path).status, api.post(path).status} - {404}, url


def test_keys_are_public_named_and_for_signatures(api: Api, server: dict[str, Any]) -> None:
    found = api.get(server["jwks_uri"].removeprefix(ISSUER)).json["keys"]
    assert [(key["kty"], key["alg"], key["use"]) for key in found] == [("RSA", "RS256", "sig")]
    assert len({key["kid"] for key in found}) == len(found)
    assert not {"d", "p", "q", "dp", "dq", "qi", "oth", "k"} & {name for key in found for name in key}


def test_request_objects_are_said_to_be_unsupported(server: dict[str, Any]) -> None:
    """Of request_uri Nhost's contract, which is closed, says nothing: who sends one is told (authorize.py)."""
    assert server["request_parameter_supported"] is False
    assert "request_uri_parameter_supported" not in server
    assert "request_object_signing_alg_values_supported" not in server


def test_claims_are_told_and_their_parameter_is_not_supported(server: dict[str, Any]) -> None:
    assert "sub" in server["claims_supported"]
    assert server.get("claims_parameter_supported", False) is False


def test_grants_are_those_of_the_code_flow(server: dict[str, Any]) -> None:
    assert server["grant_types_supported"] == ["authorization_code", "refresh_token"]


def test_scopes_have_openid_and_no_blanks(server: dict[str, Any]) -> None:
    assert "openid" in server["scopes_supported"]
    assert all(scope.isascii() and not set(scope) & set(' "\\') for scope in server["scopes_supported"])


def test_59_pkce_is_by_s256_alone(server: dict[str, Any]) -> None:
    assert server["code_challenge_methods_supported"] == ["S256"]


def test_61_clients_prove_themselves_by_basic_or_post(server: dict[str, Any]) -> None:
    assert server["token_endpoint_auth_methods_supported"] == ["client_secret_basic", "client_secret_post", "none"]


def test_55_answers_are_said_to_name_their_issuer(server: dict[str, Any]) -> None:
    assert server["authorization_response_iss_parameter_supported"] is True


def test_no_list_is_empty(server: dict[str, Any]) -> None:
    assert [name for name, value in server.items() if value in ([], "", None)] == []


def test_name_of_rfc_8414_has_the_same(api: Api, server: dict[str, Any]) -> None:
    assert api.get("/.well-known/oauth-authorization-server").json == server
