"""Providers of a project's own: one that speaks OpenID Connect and one of plain OAuth 2."""

from __future__ import annotations

import json as json_format
import time
from typing import Any, ClassVar

import pytest
from social_core.backends.open_id_connect import OpenIdConnectAuth

from tests.internet import Internet, json
from tests.issuers import jwk, key
from tests.jws import by, compact
from tests.played.plain import ANN
from tests.played.provider import SECRET, Person, Played, place
from tests.tls_proxy import Asked, Told

SUBJECT = "24400320"


class Custom(Played):
    """`entry` is what stands in the setting beyond the client."""

    entry: ClassVar[dict[str, Any]]
    client_id = "acme-client"

    def rename(self, name: str) -> None:
        """Let it go by another name from now on."""
        self.callback = self.callback.replace(self.slug, f"c:{name}")
        self.slug = f"c:{name}"
        self.configure()

    def switch_on(self, settings: Any) -> None:
        self.settings = settings
        self.configure()

    def configure(self, **changed: Any) -> None:
        """Put it into the setting beside what is there, with changed members; None takes one out."""
        entry = {"clientId": self.client_id, "clientSecret": SECRET, **self.entry, **changed}
        entry = {name: value for name, value in entry.items() if value is not None}
        others = getattr(self.settings, "AUTH_PROVIDER_CUSTOM", None) or {}
        self.settings.AUTH_PROVIDER_CUSTOM = {**others, self.slug.removeprefix("c:"): entry}


class Oidc(Custom):
    slug = link = "c:acme"
    issuer = "https://id.acme.example"
    discovery_url = f"{issuer}/.well-known/openid-configuration"
    page = f"{issuer}/authorize"
    token_url = f"{issuer}/token"
    profile_url = f"{issuer}/me"
    keys_url = f"{issuer}/keys"
    scope = "openid email profile"
    entry = {"type": "oidc", "issuer": issuer}
    basic = True
    person = Person(SUBJECT, "Ann Lee", ANN, "https://id.acme.example/ann.png")
    shape = {"sub": SUBJECT, "email": ANN, "email_verified": True}

    def __init__(self, internet: Internet, settings: Any) -> None:
        OpenIdConnectAuth.get_openid_configuration.invalidate()
        self.claims: dict[str, Any] = {**self.shape, "name": "Ann Lee", "picture": "https://id.acme.example/ann.png"}
        self.changed: dict[str, Any] = {}
        """Claims of the ID token beyond its person's; None takes one out."""
        self.key, self.algorithm = "RS256 of Acme", "RS256"
        self.id_token: Any = self.new_id_token
        """Makes it, or is what stands in its place; None: nothing does."""
        self.pages: list[dict[str, str]] = []
        self.nonce: str | None = None
        super().__init__(internet, settings)

    def open(self) -> None:
        super().open()
        self.discover()
        self.internet.play("GET", *place(self.keys_url), lambda _: json({"keys": [jwk(self.key, alg=self.algorithm)]}))

    def discover(self, url: str = discovery_url, **changed: Any) -> None:
        """Let the discovery document be this one from now on; None takes a member out."""
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": self.page,
            "token_endpoint": self.token_url,
            "userinfo_endpoint": self.profile_url,
            "jwks_uri": self.keys_url,
            **changed,
        }
        found = {name: value for name, value in document.items() if value is not None}
        self.internet.play("GET", *place(url), lambda _: json(found))

    def show_page(self, asked: Asked) -> Told:
        self.pages.append(asked.query)
        self.nonce = asked.query.get("nonce")
        return super().show_page(asked)

    def issue(self) -> Told:
        told = json_format.loads(super().issue().body)
        token = self.id_token() if callable(self.id_token) else self.id_token
        return json(told if token is None else {**told, "id_token": token})

    def new_id_token(self) -> str:
        header = {"alg": self.algorithm, "typ": "JWT", "kid": self.key}
        return compact(header, self.all_claims(), by(key(self.key), self.algorithm))

    def all_claims(self) -> dict[str, Any]:
        now = int(time.time())
        standard = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 600, "nonce": self.nonce}
        return {name: value for name, value in (standard | self.claims | self.changed).items() if value is not None}


class OAuth2(Custom):
    slug = link = "c:forge"
    host = "https://forge.example"
    page, token_url, profile_url = f"{host}/authorize", f"{host}/token", f"{host}/api/me"
    scope = ""
    signal = "email_verified"
    entry = {"type": "oauth2", "authorizationUrl": page, "tokenUrl": token_url, "userinfoUrl": profile_url}
    person = Person(SUBJECT, "Ann Lee", ANN, "https://forge.example/ann.png")
    shape = {
        "sub": SUBJECT,
        "email": ANN,
        "email_verified": True,
        "name": "Ann Lee",
        "picture": "https://forge.example/ann.png",
    }


@pytest.fixture
def acme(internet: Internet, settings: Any) -> Oidc:
    return Oidc(internet, settings)


@pytest.fixture
def forge(internet: Internet, settings: Any) -> OAuth2:
    return OAuth2(internet, settings)


@pytest.fixture(params=["acme", "forge"])
def custom(request: pytest.FixtureRequest) -> Custom:
    """Either of them."""
    found: Custom = request.getfixturevalue(request.param)
    return found
