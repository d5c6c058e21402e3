"""POST /link/idtoken: the person an ID token is about signs in to the bearer's account too (identity.md section 5)."""

from __future__ import annotations

from typing import Any

from nhost_auth.flows import accounts, id_tokens, identities
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import elevated
from nhost_auth.http.id_tokens import IdTokenRequest


class LinkIdtoken(Endpoint):
    stories = {
        "link": Story(
            operation="linkIdToken",
            guard=elevated,
            request=IdTokenRequest,
            errors=(*refusals.BEARER, *refusals.ID_TOKEN),
        )
    }

    def link(self, provider: str, id_token: str, nonce: str | None = None) -> Any:
        """Link a social account by ID token.

        The person the token is about signs in to the bearer's account from now on too.
        """
        identity = id_tokens.identify(provider, id_token, nonce)
        identities.link(accounts.bearer(self.access_token), identity)
        return payloads.OK
