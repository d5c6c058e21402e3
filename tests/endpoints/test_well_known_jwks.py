"""GET /.well-known/jwks.json (accounts.md 3.21, configuration.md 2; RFC 7517)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from nhost_auth.flows import keys
from nhost_auth.models import SigningKey
from tests.conftest import Api

PATH = "/.well-known/jwks.json"
ISSUER = "https://auth.example.com/v1"
KEY_TYPES = {"RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "ES256": "EC", "EdDSA": "OKP"}
MEMBERS = {
    "RSA": {"alg", "e", "kid", "kty", "n", "use"},
    "EC": {"alg", "crv", "kid", "kty", "use", "x", "y"},
    "OKP": {"alg", "crv", "kid", "kty", "use", "x"},
}


@cache
def pinned(exponent: int = 65537) -> dict[str, Any]:
    """A secret with an RSA key, made once: making one takes its time."""
    private = rsa.generate_private_key(public_exponent=exponent, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signing = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {"type": "RS256", "key": public.decode(), "signing_key": signing.decode()}


@pytest.fixture
def database_keys(db: None, settings: Any) -> Iterator[None]:
    """No pinned secret: the signing keys of the database are in force, those of other tests forgotten."""
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    keys.forget()
    yield
    keys.forget()


def jwks(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(PATH).json["keys"]
    return found


def claims_by(jwk: dict[str, Any], token: str, issuer: str = ISSUER) -> dict[str, Any]:
    """What a stranger who knows nothing but the published key reads in a token."""
    return jwt.decode(token, jwt.PyJWK(jwk).key, [jwk["alg"]], issuer=issuer)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_shared_secret_is_not_published(api: Api, settings: Any, algorithm: str) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": algorithm, "key": "k" * 64}
    reply = api.get(PATH)
    assert (reply.status, reply.text) == (200, '{"keys":[]}\n')


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_pinned_rsa_key_is_published_under_its_kid(api: Api, settings: Any, algorithm: str) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = {**pinned(), "type": algorithm, "kid": "k1", "issuer": "somebody"}
    token = api.sign_up().token
    (jwk,) = jwks(api)
    assert set(jwk) == MEMBERS["RSA"]
    assert (jwk["alg"], jwk["e"], jwk["kid"], jwk["kty"], jwk["use"]) == (algorithm, "AQAB", "k1", "RSA", "sig")
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "kid": "k1", "typ": "JWT"}
    assert claims_by(jwk, token, "somebody")["sub"] == api.get("/user", token=token).json["id"]


def test_pinned_rsa_key_without_kid_is_published_under_one_that_tokens_do_not_name(api: Api, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = pinned()
    token = api.sign_up().token
    (jwk,) = jwks(api)
    assert str(uuid.UUID(jwk["kid"])) == jwk["kid"] == jwks(api)[0]["kid"]
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT"}
    assert claims_by(jwk, token)["iss"] == ISSUER


def test_exponent_is_the_keys_own(api: Api, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = pinned(exponent=3)
    assert jwks(api)[0]["e"] == "Aw"


@pytest.mark.parametrize("algorithm", KEY_TYPES)
def test_first_key_of_the_database_has_the_configured_algorithm(
    api: Api, settings: Any, database_keys: None, algorithm: str
) -> None:
    settings.AUTH_SIGNING_ALGORITHM = algorithm
    reply = api.sign_up()
    (jwk,) = jwks(api)
    stored = SigningKey.objects.get()
    assert set(jwk) == MEMBERS[KEY_TYPES[algorithm]]
    assert (jwk["alg"], jwk["kty"], jwk["kid"]) == (algorithm, KEY_TYPES[algorithm], str(stored.pk))
    assert jwt.get_unverified_header(reply.token) == {"alg": algorithm, "kid": str(stored.pk), "typ": "JWT"}
    assert claims_by(jwk, reply.token)["sub"] == reply.user["id"]
    assert api.get("/user", token=reply.token).status == 200


def test_asking_for_the_keys_makes_the_first_one(api: Api, settings: Any, database_keys: None) -> None:
    settings.AUTH_SIGNING_ALGORITHM = "EdDSA"
    assert [jwk["kid"] for jwk in jwks(api)] == [str(SigningKey.objects.get().pk)]


def test_private_key_is_stored_encrypted(database_keys: None) -> None:
    stored = SigningKey.objects.generate("ES256").encrypted_key
    assert "PRIVATE" not in stored
    assert b"PRIVATE" not in bytes.fromhex(stored)


def test_all_keys_are_published_and_the_newest_signs(api: Api, database_keys: None) -> None:
    made = {algorithm: SigningKey.objects.generate(algorithm) for algorithm in ("RS256", "ES256", "EdDSA")}
    published = {jwk["kid"]: jwk["alg"] for jwk in jwks(api)}
    assert published == {str(key.pk): algorithm for algorithm, key in made.items()}
    assert jwt.get_unverified_header(api.sign_up().token)["kid"] == str(made["EdDSA"].pk)


def test_token_of_an_older_key_stays_good_until_the_key_is_deleted(api: Api, database_keys: None) -> None:
    tokens = []
    for number, algorithm in enumerate(("RS256", "ES256", "EdDSA", "RS256")):
        SigningKey.objects.generate(algorithm)
        tokens.append(api.sign_up(f"ann{number}@example.com").token)
    assert [jwt.get_unverified_header(token)["alg"] for token in tokens] == ["RS256", "ES256", "EdDSA", "RS256"]
    assert [api.get("/user", token=token).status for token in tokens] == [200] * 4
    by_kid = {jwk["kid"]: jwk for jwk in jwks(api)}
    for token in tokens:
        assert claims_by(by_kid[jwt.get_unverified_header(token)["kid"]], token)["iss"] == ISSUER
    SigningKey.objects.get(pk=jwt.get_unverified_header(tokens[0])["kid"]).delete()
    assert [api.get("/user", token=token).status for token in tokens] == [401, 200, 200, 200]


def test_key_of_another_database_is_refused_though_it_names_a_known_kid(api: Api, database_keys: None) -> None:
    key = SigningKey.objects.generate("ES256")
    session = api.sign_up()
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for algorithm in ("RS256", "PS256"):
        forged = jwt.encode(session.claims, other, algorithm, headers={"kid": str(key.pk)})
        assert api.get("/user", token=forged).outcome == (401, "unauthorized")


def test_no_token_is_looked_at(api: Api) -> None:
    assert api.get(PATH, token="a.b.c").status == 200
