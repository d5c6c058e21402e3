"""What the OpenID Foundation's conformance suite does around its modules, and the page that a project has to have."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

import jwt

from tests.conftest import Api, Reply
from tests.oauth2.application import ISSUER, LOGIN, REDIRECT, TOKEN, USERINFO, Application, basic, form, parameters

NONCE = "n-" + "0123456789abcdef" * 2
STATE = "s-" + "0123456789abcdef" * 8
"""Longer than most: it comes back as it is."""


@dataclass
class Page:
    """The project's page at AUTH_OAUTH2_PROVIDER_LOGIN_URL, in the browser of Ann, as the documentation has it."""

    api: Api
    session: Reply | None = None
    asked: int = 0
    """How often Ann had to sign in."""

    def sign_in(self) -> None:
        self.session, self.asked = self.api.sign_in(), self.asked + 1

    def answer(self, request_id: str, prompt: str = "") -> dict[str, str]:
        """What the browser brings back to the application, from the query that it came with."""
        token = self.session.token if self.session is not None else None
        shown = self.api.get(LOGIN, query={"request_id": request_id}, token=token).json
        silent = prompt == "none"
        if silent and not shown.get("consented"):
            return self._refuse(request_id, "login_required" if token is None else "consent_required")
        if token is None or "login" in prompt.split():
            self.sign_in()
        reply = self._agree(request_id)
        if reply.error == "sign-in-again" and silent:
            return self._refuse(request_id, "login_required")
        if reply.error == "sign-in-again":
            self.sign_in()
            reply = self._agree(request_id)
        assert reply.status == 200, reply.text
        return came_back(reply)

    def _agree(self, request_id: str) -> Reply:
        assert self.session is not None
        return self.api.post(LOGIN, {"requestId": request_id}, token=self.session.token)

    def _refuse(self, request_id: str, reason: str) -> dict[str, str]:
        return came_back(self.api.post(f"{LOGIN}/refuse", {"requestId": request_id, "reason": reason}))


def came_back(reply: Reply) -> dict[str, str]:
    target = reply.json["redirectUri"]
    assert target.partition("?")[0] == REDIRECT
    return parameters(target)


@dataclass
class Suite:
    """A relying party that looks at everything; by client_secret_basic unless `by_post`."""

    api: Api
    client: Application
    page: Page
    by_post: bool = False

    @property
    def server(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get("/.well-known/openid-configuration").json
        return found

    def authorize(self, *, by_form: bool = False, **changes: Any) -> dict[str, str]:
        """What comes back to the application, by way of the page."""
        plain = {"state": STATE, "nonce": NONCE, "code_challenge": None, "code_challenge_method": None}
        request = self.client.request(**plain | changes)
        reply = form(self.api, "/oauth2/authorize", request) if by_form else self.client.ask(**plain | changes)
        assert reply.status == 302, reply.text
        query = reply.query
        found = query if reply.location.startswith(REDIRECT) else self.page.answer(**query)
        assert (found["state"], found["iss"]) == (STATE, self.server["issuer"])
        return found

    def call(self, **fields: Any) -> Reply:
        """The token endpoint, as the client that it is."""
        credentials = self.client.credentials if self.by_post else {}
        headers = {} if self.by_post else basic(self.client.row.pk, self.client.secret)
        return form(self.api, TOKEN, fields | credentials, headers=headers)

    def exchange(self, code: str, **fields: Any) -> Reply:
        return self.call(grant_type="authorization_code", code=code, redirect_uri=REDIRECT, **fields)

    def sign_in(self, *, verifier: dict[str, str] | None = None, **changes: Any) -> tuple[dict[str, Any], Any]:
        """The whole flow: the tokens, and the claims of the ID token, all of it looked at."""
        found = self.authorize(**changes)
        assert set(found) == {"code", "iss", "state"}
        reply = self.exchange(found["code"], **(verifier or {}))
        assert reply.status == 200, reply.text
        identity = self.validated(reply)
        assert identity.get("nonce") == changes.get("nonce", NONCE)
        return reply.json, identity

    def validated(self, reply: Reply) -> dict[str, Any]:
        """The claims of an answer's ID token (OpenID Connect Core 3.1.3.3, 3.1.3.7)."""
        assert reply.headers["Content-Type"].startswith("application/json")
        assert (reply.headers["Cache-Control"], reply.headers["Pragma"]) == ("no-store", "no-cache")
        tokens = reply.json
        assert (tokens["token_type"], tokens["expires_in"] > 0) == ("Bearer", True)
        header = jwt.get_unverified_header(tokens["id_token"])
        (key,) = [key for key in self.api.get("/oauth2/jwks").json["keys"] if key["kid"] == header["kid"]]
        required: Any = {"require": ["iss", "sub", "aud", "exp", "iat"]}
        identity: dict[str, Any] = jwt.decode(
            tokens["id_token"],
            jwt.PyJWK(key),
            algorithms=self.server["id_token_signing_alg_values_supported"],
            audience=self.client.row.pk,
            issuer=ISSUER,
            options=required,
        )
        half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
        assert identity["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
        assert identity["auth_time"] <= identity["iat"]
        assert 0 < len(identity["sub"]) <= 255
        return identity

    def userinfo(self, tokens: dict[str, Any], identity: dict[str, Any]) -> dict[str, Any]:
        """Claims of the right types about the same user (5.1, 5.3.2)."""
        reply = self.api.get(USERINFO, token=tokens["access_token"])
        assert (reply.status, reply.json["sub"]) == (200, identity["sub"])
        found: dict[str, Any] = reply.json
        for name, value in found.items():
            assert isinstance(value, bool if name.endswith("_verified") else str), name
        return found
