"""GET /.well-known/jwks.json: the public keys that access tokens verify with (RFC 7517; accounts.md 3.21)."""

from __future__ import annotations

from typing import Any

from nhost_auth.flows import keys
from nhost_auth.http import answers
from nhost_auth.http.endpoint import Endpoint, Story


class WellKnownJwks(Endpoint):
    stories = {"show": Story(operation="getJWKs", answer=answers.JWKSet)}

    def show(self) -> Any:
        """Get the public keys of access tokens.

        A JSON Web Key Set (RFC 7517); empty where tokens are signed with a shared secret.
        """
        return {"keys": keys.backend().keyring.jwks}
