"""Signing keys in memory: parsed once, one signs, all verify.

Parsing a PEM costs a hundred times a signature, so a `Key` keeps the parsed objects, and who reads the same keys again
gets the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

HMAC_ALGORITHMS = ("HS256", "HS384", "HS512")
RSA_ALGORITHMS = ("RS256", "RS384", "RS512")
HASURA_NAMESPACE = "https://hasura.io/jwt/claims"

_ALGORITHMS = get_default_algorithms()


class InvalidSecret(ValueError):
    """HASURA_GRAPHQL_JWT_SECRET cannot be used; the message says why and never quotes key material."""


@dataclass(frozen=True)
class Key:
    """A key that verifies, and signs when `signing` is there.

    `kid` goes into the header of tokens; `published_kid` names the key in the JWKS, also where tokens name none.
    """

    algorithm: str
    verifying: Any
    signing: Any = None
    kid: str | None = None
    published_kid: str = ""
    issuer: str = ""
    """Of the tokens that this key signs; empty: the keyring's."""
    namespace: str = ""

    @cached_property
    def jwk(self) -> dict[str, Any] | None:
        """The public half as RFC 7517 has it; None for a shared secret."""
        if self.algorithm in HMAC_ALGORITHMS:
            return None
        public = _ALGORITHMS[self.algorithm].to_jwk(self.verifying, as_dict=True)
        return {
            **{name: value for name, value in public.items() if name != "key_ops"},
            "alg": self.algorithm,
            "kid": self.published_kid,
            "use": "sig",
        }


@dataclass(frozen=True)
class Keyring:
    """The key that signs comes first. `issuer` and `namespace` frame every token."""

    keys: tuple[Key, ...]
    issuer: str
    namespace: str = HASURA_NAMESPACE

    def candidates(self, kid: str | None) -> tuple[Key, ...]:
        """The keys a token may be signed with: those of its `kid`, or all where it names none of ours."""
        named = tuple(key for key in self.keys if kid is not None and key.kid == kid)
        return named or self.keys

    def sign(self, claims: dict[str, Any]) -> str:
        key = self.keys[0]
        headers = {"kid": key.kid} if key.kid else None
        return jwt.encode(claims, key.signing, algorithm=key.algorithm, headers=headers)

    @property
    def namespaces(self) -> set[str]:
        """Where tokens that verify may have their claims for Hasura."""
        return {self.namespace, *(key.namespace for key in self.keys if key.namespace)}

    @property
    def jwks(self) -> list[dict[str, Any]]:
        return [key.jwk for key in self.keys if key.jwk is not None]


def from_secret(secret: Mapping[str, Any], default_issuer: str, published_kid: str) -> Keyring:
    """The keyring of one HASURA_GRAPHQL_JWT_SECRET (configuration.md 2.1). Raises InvalidSecret."""
    algorithm, key = secret.get("type"), secret.get("key")
    if algorithm not in HMAC_ALGORITHMS + RSA_ALGORITHMS:
        raise InvalidSecret(f"type has to be one of {', '.join(HMAC_ALGORITHMS + RSA_ALGORITHMS)}")
    if not isinstance(key, str) or not key:
        raise InvalidSecret("key is missing")
    kid = str(secret["kid"]) if secret.get("kid") else None
    if algorithm in HMAC_ALGORITHMS:
        parsed = Key(algorithm, verifying=key.encode(), signing=key.encode(), kid=kid)
    else:
        private = _private_key(secret.get("signing_key"))
        parsed = Key(algorithm, private.public_key(), private, kid, kid or published_kid)
        if _public_numbers(key) != private.public_key().public_numbers():
            raise InvalidSecret("key and signing_key do not belong together")
    return Keyring(
        (parsed,),
        issuer=str(secret.get("issuer") or default_issuer),
        namespace=str(secret.get("claims_namespace") or HASURA_NAMESPACE),
    )


@lru_cache(maxsize=32)
def load_key(material: str, algorithm: str, kid: str, published_kid: str = "") -> Key:
    """A key of the database: PKCS#8 PEM without a passphrase, or the shared secret of HS*."""
    if algorithm in HMAC_ALGORITHMS:
        return Key(algorithm, material.encode(), material.encode(), kid or None)
    private: Any = serialization.load_pem_private_key(material.encode(), password=None)
    return Key(algorithm, private.public_key(), private, kid or None, published_kid or kid)


def generate_private_pem(algorithm: str) -> str:
    """A new private key for RS*, ES256 or EdDSA, as PKCS#8 PEM."""
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    if algorithm in RSA_ALGORITHMS:
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif algorithm == "ES256":
        private = ec.generate_private_key(ec.SECP256R1())
    else:
        private = ed25519.Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode()


def _private_key(pem: object) -> rsa.RSAPrivateKey:
    if not isinstance(pem, str) or not pem:
        raise InvalidSecret("signing_key is missing: it is needed to sign with an RSA key")
    try:
        private = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise InvalidSecret("signing_key is not a private key in PEM") from error
    if not isinstance(private, rsa.RSAPrivateKey):
        raise InvalidSecret("signing_key is not an RSA key")
    return private


def _public_numbers(pem: str) -> rsa.RSAPublicNumbers:
    try:
        public = serialization.load_pem_public_key(pem.encode())
    except ValueError as error:
        raise InvalidSecret("key is not a public key in PEM") from error
    if not isinstance(public, rsa.RSAPublicKey):
        raise InvalidSecret("key is not an RSA key")
    return public.public_numbers()
