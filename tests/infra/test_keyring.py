"""Signing keys: the pinned secret, generated keys, what is published (configuration.md 2.1, 2.4)."""

from __future__ import annotations

import traceback
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from nhost_auth.infra.keyring import InvalidSecret, Key, Keyring, from_secret, generate_private_pem, load_key

NAMESPACE = "https://hasura.io/jwt/claims"
PEM, SPKI = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
HS = {"type": "HS256", "key": "k" * 32}
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def public_pem(key: Any) -> str:
    return str(key.public_bytes(PEM, SPKI).decode())


def sealed_pem(key: Any) -> str:
    cipher = serialization.BestAvailableEncryption(b"passphrase")
    return str(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, cipher).decode())


@pytest.fixture(scope="module")
def material(keys: dict[str, Key], pems: dict[str, str]) -> dict[str, str]:
    """Key material by the names that the tables below use."""
    ours, strange, curve = keys["RS256"], keys["RS256 of a stranger"], keys["ES256"]
    return {
        "<public>": public_pem(ours.verifying),
        "<private>": pems["RS256"],
        "<sealed private>": sealed_pem(ours.signing),
        "<strange public>": public_pem(strange.verifying),
        "<curve public>": public_pem(curve.verifying),
        "<curve private>": pems["ES256"],
    }


def filled(secret: dict[str, Any], material: dict[str, str]) -> dict[str, Any]:
    return {name: material.get(value, value) if isinstance(value, str) else value for name, value in secret.items()}


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ({}, "type has to be one of"),
        ({"key": "k" * 32}, "type has to be one of"),
        *(({"type": name, "key": "k" * 32}, "type has to be one of") for name in ("ES256", "EdDSA", "PS256", "none")),
        *(({"type": name, "key": "k" * 32}, "type has to be one of") for name in ("hs256", "", None, 256, ["HS256"])),
        ({"jwk_url": "https://keys.example.com/jwks.json"}, "type has to be one of"),
        ({"type": "RS256", "jwk_url": "https://keys.example.com/jwks.json"}, "key is missing"),
        *(({"type": "HS256", "key": key}, "key is missing") for key in ("", None, 5, {"k": "x"})),
        ({"type": "HS256"}, "key is missing"),
        ({"type": "RS256", "signing_key": "<private>"}, "key is missing"),
        *(
            ({"type": "RS256", "key": "<public>", "signing_key": key}, "signing_key is missing")
            for key in ("", None, 5)
        ),
        ({"type": "RS256", "key": "<public>"}, "signing_key is missing"),
        ({"type": "RS256", "key": "<public>", "signing_key": "hunter2"}, "not a private key in PEM"),
        ({"type": "RS256", "key": "<public>", "signing_key": "<public>"}, "not a private key in PEM"),
        ({"type": "RS256", "key": "<public>", "signing_key": "<sealed private>"}, "not a private key in PEM"),
        ({"type": "RS256", "key": "<public>", "signing_key": "<curve private>"}, "signing_key is not an RSA key"),
        ({"type": "RS256", "key": "hunter2", "signing_key": "<private>"}, "not a public key in PEM"),
        ({"type": "RS256", "key": "<private>", "signing_key": "<private>"}, "not a public key in PEM"),
        ({"type": "RS256", "key": "<curve public>", "signing_key": "<private>"}, "key is not an RSA key"),
        ({"type": "RS256", "key": "<strange public>", "signing_key": "<private>"}, "do not belong together"),
    ],
    ids=str,
)
def test_unusable_secret_is_refused_without_quoting_it(
    secret: dict[str, Any], reason: str, material: dict[str, str]
) -> None:
    with pytest.raises(InvalidSecret, match=reason) as caught:
        from_secret(filled(secret, material), "issuer", "published")
    printed = "".join(traceback.format_exception(caught.value))
    assert "k" * 32 not in printed
    assert "hunter2" not in printed
    assert not any(line in printed for pem in material.values() for line in pem.splitlines() if len(line) == 64)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_shared_secret_is_the_text_s_own_bytes(algorithm: str) -> None:
    secret = "deadbeef" * 8 + "é"  # neither hex nor base64 is decoded
    keyring = from_secret({"type": algorithm, "key": secret}, "issuer", "published")
    token = keyring.sign({"sub": "ann"})
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "typ": "JWT"}
    assert jwt.decode(token, secret.encode(), algorithms=[algorithm]) == {"sub": "ann"}


def test_short_shared_secret_is_taken_as_nhost_takes_it() -> None:
    assert from_secret({"type": "HS256", "key": "k"}, "issuer", "published").keys[0].signing == b"k"


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_rsa_pair_signs_with_its_private_half(algorithm: str, material: dict[str, str]) -> None:
    secret = {"type": algorithm, "key": "<public>", "signing_key": "<private>", "kid": "k1"}
    token = from_secret(filled(secret, material), "issuer", "published").sign({"sub": "ann"})
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "typ": "JWT", "kid": "k1"}
    assert jwt.decode(token, material["<public>"], algorithms=[algorithm]) == {"sub": "ann"}


def test_rsa_pair_without_kid_is_published_under_a_name_that_tokens_do_not_carry(material: dict[str, str]) -> None:
    secret = filled({"type": "RS256", "key": "<public>", "signing_key": "<private>"}, material)
    keyring = from_secret(secret, "issuer", "published")
    assert "kid" not in jwt.get_unverified_header(keyring.sign({}))
    assert [key["kid"] for key in keyring.jwks] == ["published"]
    assert [key["kid"] for key in from_secret({**secret, "kid": "k1"}, "issuer", "published").jwks] == ["k1"]


@pytest.mark.parametrize(("kid", "carried"), [("k1", "k1"), (7, "7"), ("", None), (None, None)])
def test_kid_is_carried_only_when_given(kid: Any, carried: str | None) -> None:
    token = from_secret({**HS, "kid": kid}, "issuer", "published").sign({})
    assert jwt.get_unverified_header(token).get("kid") == carried


@pytest.mark.parametrize(
    ("given", "issuer", "namespace"),
    [
        ({}, "https://auth.example.com/v1", NAMESPACE),
        ({"issuer": "", "claims_namespace": None}, "https://auth.example.com/v1", NAMESPACE),
        ({"issuer": "hasura-auth"}, "hasura-auth", NAMESPACE),
        (
            {"claims_namespace": "https://example.com/claims"},
            "https://auth.example.com/v1",
            "https://example.com/claims",
        ),
    ],
    ids=str,
)
def test_issuer_and_namespace_have_defaults(given: dict[str, Any], issuer: str, namespace: str) -> None:
    keyring = from_secret({**HS, **given}, "https://auth.example.com/v1", "published")
    assert (keyring.issuer, keyring.namespace) == (issuer, namespace)


def test_keys_that_only_hasura_reads_are_tolerated() -> None:
    further = {"claims_format": "stringified_json", "audience": "x", "header": {}, "allowed_skew": 60, "unknown": 1}
    assert from_secret({**HS, **further}, "issuer", "published").keys[0].algorithm == "HS256"


@pytest.mark.parametrize(
    ("algorithm", "members"),
    [
        ("RS256", {"kty": "RSA", "e": "AQAB"}),
        ("ES256", {"kty": "EC", "crv": "P-256"}),
        ("EdDSA", {"kty": "OKP", "crv": "Ed25519"}),
    ],
)
def test_generated_key_is_published_by_its_public_half_alone(
    algorithm: str, members: dict[str, str], keys: dict[str, Key]
) -> None:
    published = keys[algorithm].jwk
    assert published is not None
    key_itself = {"RS256": {"n"}, "ES256": {"x", "y"}, "EdDSA": {"x"}}[algorithm]
    assert set(published) == {"alg", "kid", "use", *members, *key_itself}
    assert members.items() <= published.items()
    assert (published["alg"], published["kid"], published["use"]) == (algorithm, algorithm, "sig")
    assert not PRIVATE_MEMBERS & set(published)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_token_of_a_generated_key_verifies_by_what_is_published(algorithm: str, keys: dict[str, Key]) -> None:
    keyring = Keyring((keys[algorithm],), "issuer")
    token = keyring.sign({"sub": "ann"})
    assert jwt.get_unverified_header(token)["kid"] == algorithm
    assert jwt.decode(token, jwt.PyJWK(keyring.jwks[0]), algorithms=[algorithm]) == {"sub": "ann"}


def test_generated_rsa_key_has_2048_bits_and_is_new_each_time(keys: dict[str, Key]) -> None:
    assert keys["RS256"].signing.key_size == 2048
    assert generate_private_pem("ES256") != generate_private_pem("ES256")


def test_exponent_is_published_as_it_is(material: dict[str, str]) -> None:
    private = rsa.generate_private_key(public_exponent=3, key_size=2048)
    pem = private.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    published = load_key(pem, "RS256", kid="k1").jwk
    assert published is not None
    assert published["e"] == "Aw"


def test_shared_secrets_are_not_published(keys: dict[str, Key]) -> None:
    assert from_secret(HS, "issuer", "published").jwks == []
    mixed = Keyring((from_secret(HS, "issuer", "published").keys[0], keys["ES256"]), "issuer")
    assert [key["kid"] for key in mixed.jwks] == ["ES256"]


def test_candidates_are_the_keys_of_a_kid_or_all(keys: dict[str, Key]) -> None:
    keyring = Keyring((keys["RS256"], keys["ES256"]), "issuer")
    assert keyring.candidates("ES256") == (keys["ES256"],)
    assert keyring.candidates("unknown") == keyring.keys
    assert keyring.candidates(None) == keyring.keys
