"""An application that signs people in through this server, as its back end and its user's browser would."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt

from nhost_auth.models import OAuth2Client
from nhost_auth.models.pkce_codes import s256
from tests.conftest import Api, Reply

AUTHORIZE, LOGIN, TOKEN = "/oauth2/authorize", "/oauth2/login", "/oauth2/token"
USERINFO, REVOKE, INTROSPECT = "/oauth2/userinfo", "/oauth2/revoke", "/oauth2/introspect"
ISSUER = "https://auth.example.com/v1"
REDIRECT = "https://shop.example/back"
SCOPE = "openid email profile"
VERIFIER = "verifier-" * 5
FORM = "application/x-www-form-urlencoded"


def form(api: Api, path: str, fields: dict[str, Any], **arguments: Any) -> Reply:
    """A form as applications send it; what is None is left out."""
    kept = {name: value for name, value in fields.items() if value is not None}
    return api.post(path, content=urlencode(kept, doseq=True).encode(), content_type=FORM, **arguments)


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def parameters(url: str) -> dict[str, str]:
    """The query of an address that a browser is sent to."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


@dataclass
class Application:
    api: Api
    secret: str = ""
    """Empty for one that can keep none."""
    row: OAuth2Client = field(default_factory=lambda: OAuth2Client(name="Shop", redirect_uris=[REDIRECT]))

    @classmethod
    def registered(cls, api: Api, *, confidential: bool = False, **values: Any) -> Application:
        made = cls(api, row=OAuth2Client(**{"name": "Shop", "redirect_uris": [REDIRECT], **values}))
        if confidential:
            made.secret = made.row.renew_secret()
        made.row.save(force_insert=True)
        return made

    @property
    def credentials(self) -> dict[str, str]:
        return {"client_id": self.row.pk, **({"client_secret": self.secret} if self.secret else {})}

    def request(self, **changes: Any) -> dict[str, Any]:
        wanted = {
            "client_id": self.row.pk,
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": SCOPE,
            "state": "s-1",
            "nonce": "n-1",
            "code_challenge": s256(VERIFIER),
            "code_challenge_method": "S256",
        } | changes
        return {name: value for name, value in wanted.items() if value is not None}

    def ask(self, **changes: Any) -> Reply:
        return self.api.get(AUTHORIZE, query=self.request(**changes))

    def request_id(self, **changes: Any) -> str:
        return self.ask(**changes).query["request_id"]

    def agree(self, token: str, request_id: str) -> Reply:
        return self.api.post(LOGIN, {"requestId": request_id}, token=token)

    def code(self, token: str, **changes: Any) -> str:
        """What the application gets once the bearer of `token` has agreed."""
        return parameters(self.agree(token, self.request_id(**changes)).json["redirectUri"])["code"]

    def exchange_fields(self, code: str) -> dict[str, str]:
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
            **self.credentials,
        }

    def exchange(self, code: str, /, **changes: Any) -> Reply:
        return form(self.api, TOKEN, self.exchange_fields(code) | changes)

    def refresh_fields(self, refresh_token: str) -> dict[str, str]:
        return {"grant_type": "refresh_token", "refresh_token": refresh_token, **self.credentials}

    def refresh(self, refresh_token: str, /, **changes: Any) -> Reply:
        return form(self.api, TOKEN, self.refresh_fields(refresh_token) | changes)

    def tokens(self, token: str, **changes: Any) -> dict[str, Any]:
        """All that an application gets for its user."""
        reply = self.exchange(self.code(token, **changes))
        assert reply.status == 200, reply.text
        found: dict[str, Any] = reply.json
        return found

    def introspect(self, token: str, /, **changes: Any) -> Any:
        return form(self.api, INTROSPECT, {"token": token, **self.credentials} | changes).json

    def revoke(self, token: str, /, **changes: Any) -> Reply:
        return form(self.api, REVOKE, {"token": token, **self.credentials} | changes)


def claims(token: str) -> dict[str, Any]:
    """Those of an access token or an ID token, unverified."""
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found
