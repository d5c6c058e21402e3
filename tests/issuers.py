"""Issuers of ID tokens, played on the internet of the tests: a key, the set it is published in, tokens it signs."""

from __future__ import annotations

import time
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.conftest import Api, Reply
from tests.internet import Internet
from tests.jws import ALGORITHMS, by, compact

ANN = "ann@example.com"
SUBJECT = "117000000000000000001"
CLIENT = "client.example.com"


@cache
def key(name: str) -> Any:
    """A private key by a name that begins with the algorithm it is for. Made once: RSA keys are costly."""
    if name.startswith("ES256"):
        return ec.generate_private_key(ec.SECP256R1())
    if name.startswith("EdDSA"):
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if name.endswith("1024 bits") else 2048)


def jwk(name: str, **members: Any) -> dict[str, Any]:
    """The public half of a key as it stands in a set, under its own name."""
    algorithm = name[:5]
    public: dict[str, Any] = ALGORITHMS[algorithm].to_jwk(key(name).public_key(), as_dict=True)
    public.pop("key_ops", None)
    return {**public, "kid": name, "use": "sig", "alg": algorithm, **members}


class Issuer:
    """Somebody whose ID tokens are brought here. Its key is the one called `name`."""

    def __init__(self, internet: Internet, provider: str, issuer: str, keys_url: str, name: str) -> None:
        self.internet, self.provider, self.issuer, self.name = internet, provider, issuer, name
        self.keys_url = urlsplit(keys_url)
        self.publish(jwk(name))

    def publish(self, *keys: Any) -> None:
        """Let the set hold these from now on."""
        self.internet.answer(self.keys_url.netloc, self.keys_url.path, value={"keys": list(keys)})

    @property
    def times_asked(self) -> int:
        return len(self.internet.calls(self.keys_url.netloc, self.keys_url.path))

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Those of a good token; None takes one out."""
        now = int(time.time())
        person = {"sub": SUBJECT, "email": ANN, "email_verified": True, "name": "Ann Lee"}
        good = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 600, **person, **changed}
        return {name: value for name, value in good.items() if value is not None}

    def token(self, **changed: Any) -> str:
        header = {"alg": "RS256", "typ": "JWT", "kid": self.name}
        return compact(header, self.claims(**changed), by(key(self.name), "RS256"))

    def body(self, **changed: Any) -> dict[str, Any]:
        """A request with a good token but for the changed claims."""
        return {"provider": self.provider, "idToken": self.token(**changed)}

    def sign_in(self, api: Api, **changed: Any) -> Reply:
        return api.post("/signin/idtoken", self.body(**changed))

    def sign_up(self, api: Api, **changed: Any) -> Reply:
        return api.post("/signup/idtoken", self.body(**changed))


def play_google(internet: Internet) -> Issuer:
    url = "https://www.googleapis.com/oauth2/v3/certs"
    return Issuer(internet, "google", "https://accounts.google.com", url, "RS256 of Google")


def play_apple(internet: Internet) -> Issuer:
    issuer = "https://appleid.apple.com"
    return Issuer(internet, "apple", issuer, f"{issuer}/auth/keys", "RS256 of Apple")


@pytest.fixture
def google(internet: Internet, settings: Any) -> Issuer:
    settings.AUTH_PROVIDER_GOOGLE_AUDIENCE = [CLIENT]
    return play_google(internet)


@pytest.fixture
def apple(internet: Internet, settings: Any) -> Issuer:
    settings.AUTH_PROVIDER_APPLE_AUDIENCE = [CLIENT]
    return play_apple(internet)


@pytest.fixture(params=["google", "apple"])
def issuer(request: pytest.FixtureRequest) -> Issuer:
    """Either of them."""
    found: Issuer = request.getfixturevalue(request.param)
    return found
