"""Apple: the client's secret is a token, the browser comes back with a form, an ID token is the profile."""

from __future__ import annotations

import json as json_format
import time
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.internet import Internet, json
from tests.played.plain import ANN
from tests.played.provider import Person, Played, place
from tests.tls_proxy import Asked, Told

ISSUER = "https://appleid.apple.com"
TEAM, KEY_ID = "TEAM123456", "KEY7890AB"
PEM, PLAIN = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8


@cache
def client_key() -> ec.EllipticCurvePrivateKey:
    """Ours, whose public half Apple knows."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """Apple's."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def client_pem() -> str:
    return client_key().private_bytes(PEM, PLAIN, serialization.NoEncryption()).decode()


class Apple(Played):
    slug, link, setting = "apple", "apple-id", "APPLE"
    id_key = "sub"
    page = f"{ISSUER}/auth/authorize"
    token_url = f"{ISSUER}/auth/token"
    profile_url = f"{ISSUER}/auth/keys"
    scope = "name email"
    extra = {"response_mode": "form_post"}
    signal = "email_verified"
    needs_email = True
    posts = True
    person = Person("001492.a1b2.1534", "Ann Example", ANN)
    shape = {"sub": "001492.a1b2.1534", "email": ANN, "email_verified": True, "is_private_email": False}

    def __init__(self, internet: Internet, settings: Any) -> None:
        self.user = json_format.dumps({"name": {"firstName": "Ann", "lastName": "Example"}, "email": ANN})
        self.issues_id_token = True
        super().__init__(internet, settings)

    def switch_on(self, settings: Any) -> None:
        settings.AUTH_PROVIDER_APPLE_ENABLED = True
        settings.AUTH_PROVIDER_APPLE_CLIENT_ID = self.client_id
        settings.AUTH_PROVIDER_APPLE_TEAM_ID, settings.AUTH_PROVIDER_APPLE_KEY_ID = TEAM, KEY_ID
        settings.AUTH_PROVIDER_APPLE_PRIVATE_KEY = client_pem()

    def open(self) -> None:
        super().open()
        self.internet.play("GET", *place(self.profile_url), self.give_keys)

    def show_page(self, asked: Asked) -> Told:
        """A page with a form that sends itself; here its fields stand in a Location, as everywhere else."""
        if (asked.query.get("response_type"), asked.query.get("response_mode")) != ("code id_token", "form_post"):
            return Told(400, b"invalid_request")
        told = super().show_page(Asked("GET", asked.host, asked.path, {**asked.query, "response_type": "code"}))
        if told.status != 302 or self.refuses:
            return told
        fields = urlencode({"id_token": self.id_token(self.profile), "user": self.user})
        return Told(302, headers={"Location": f"{told.headers['Location']}&{fields}"})

    def refusal(self) -> dict[str, str]:
        return {"error": "user_cancelled_authorize"}

    def knows_client(self, asked: Asked) -> bool:
        """The secret lives minutes only and is signed with the key that the header names."""
        form, options = asked.form, {"require": ["iss", "sub", "aud", "exp", "iat"]}
        try:
            claims = jwt.decode(
                form["client_secret"], client_key().public_key(), ["ES256"], options, audience=ISSUER, issuer=TEAM
            )
        except jwt.InvalidTokenError:
            return False
        header = jwt.get_unverified_header(form["client_secret"])
        lives = claims["exp"] - claims["iat"]
        named = (form["client_id"], claims["sub"], header["kid"]) == (self.client_id, self.client_id, KEY_ID)
        return named and 0 < lives <= 600

    def issue(self) -> Told:
        told = json_format.loads(super().issue().body)
        return json({**told, "id_token": self.id_token(self.profile)} if self.issues_id_token else told)

    def id_token(self, claims: dict[str, Any], **changes: Any) -> str:
        now = int(time.time())
        standard = {"iss": ISSUER, "aud": self.client_id, "iat": now, "exp": now + 86400, "auth_time": now}
        return jwt.encode({**standard, **claims, **changes}, signing_key(), "RS256", {"kid": "apple-1"})

    def give_keys(self, asked: Asked) -> Told:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(signing_key().public_key(), as_dict=True)
        return json({"keys": [{**key, "kid": "apple-1", "use": "sig", "alg": "RS256"}]})

    def move(self, email: str | None) -> None:
        self.profile.pop("email")
        self.profile |= {"email": email} if email else {}
