"""POST /oauth2/introspect: whether a token is good, and for what (identity.md 7.8; RFC 7662)."""

from __future__ import annotations

from typing import Any

from nhost_auth.flows.access_tokens import AccessToken, TokenError
from nhost_auth.http.endpoint import Story
from nhost_auth.infra.crypto import digest
from nhost_auth.models import OAuth2Client, OAuth2RefreshToken
from nhost_auth.oauth2 import answers, clients
from nhost_auth.oauth2.endpoint import ENABLED, OAuth2Endpoint, issuer
from nhost_auth.oauth2.revoke import TokenForm
from nhost_auth.oauth2_errors import InvalidClient, MalformedRequest

INACTIVE = {"active": False}


class Introspect(OAuth2Endpoint):
    stories = {
        "introspect": Story(
            operation="oauth2Introspect",
            toggles=ENABLED,
            form=TokenForm,
            limits=("oauth2_server",),
            answer=answers.OAuth2IntrospectResponse,
            errors=(MalformedRequest, InvalidClient),
        )
    }

    def introspect(self, token: str, token_type_hint: str = "", client_id: str = "", client_secret: str = "") -> Any:
        """Tell whether a token is good.

        For applications, of their own tokens; of all others they hear that they are not active.
        """
        client = clients.identify(clients.read_credentials(self.request, client_id, client_secret))
        found = _refresh_token(client, token) if token_type_hint != "access_token" else None  # noqa: S105
        if found is None and token_type_hint != "refresh_token":  # noqa: S105
            found = _access_token(client, token)
        return found or INACTIVE


def _refresh_token(client: OAuth2Client, secret: str) -> dict[str, Any] | None:
    found = OAuth2RefreshToken.objects.live().filter(hash=digest(secret), client=client).first()
    if found is None:
        return None
    return {
        "active": True,
        "client_id": client.pk,
        "sub": str(found.account_id),
        "scope": " ".join(found.scopes),
        "exp": int(found.expires_at.timestamp()),
        "iat": int(found.created_at.timestamp()),
        "iss": issuer(),
        "token_type": "refresh_token",
    }


def _access_token(client: OAuth2Client, text: str) -> dict[str, Any] | None:
    """What an access token says of itself; an ID token, which has no scope, is none."""
    try:
        token = AccessToken.read_any(text)
    except TokenError:
        return None
    if token.client_id != client.pk or not token.scopes or token.has_ended:
        return None
    told = {name: token.payload[name] for name in ("sub", "scope", "exp", "iat", "iss")}
    return {"active": True, "client_id": client.pk, **told, "token_type": "access_token"}
