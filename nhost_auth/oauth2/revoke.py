"""POST /oauth2/revoke: an application gives its refresh token back (identity.md 7.7; RFC 7009)."""

from __future__ import annotations

from nhost_auth.http.endpoint import Story
from nhost_auth.infra.crypto import digest
from nhost_auth.models import OAuth2RefreshToken
from nhost_auth.oauth2 import clients
from nhost_auth.oauth2.endpoint import ENABLED, OAuth2Endpoint, Parameter, Parameters
from nhost_auth.oauth2_errors import InvalidClient, MalformedRequest

HINTS = ("access_token", "refresh_token")


class TokenForm(Parameters):
    """Of the endpoints that take a token of any kind."""

    token = Parameter(most=16384)
    token_type_hint = Parameter(enum=HINTS, required=False)
    client_id = Parameter(required=False)
    client_secret = Parameter(required=False)


class Revoke(OAuth2Endpoint):
    stories = {
        "revoke": Story(
            operation="oauth2Revoke",
            toggles=ENABLED,
            form=TokenForm,
            answer=None,
            errors=(MalformedRequest, InvalidClient),
        )
    }

    def revoke(self, token: str, token_type_hint: str = "", client_id: str = "", client_secret: str = "") -> None:
        """Revoke a refresh token.

        For applications: the access tokens that came with it are good no more at this server either. A token that is
        unknown, or not the application's own, is revoked already.
        """
        client = clients.identify(clients.read_credentials(self.request, client_id, client_secret))
        OAuth2RefreshToken.objects.filter(hash=digest(token), client=client).delete()
