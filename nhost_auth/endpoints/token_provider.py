"""POST /token/provider/<provider>: new tokens of a social provider for its refresh token (identity.md 4.6)."""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import DisabledEndpoint, OauthProviderError
from nhost_auth.flows import provider_tokens
from nhost_auth.http import answers, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer
from nhost_auth.http.inputs import Input, Text
from nhost_auth.http.provider_queries import ensure_provider


class RefreshRequest(Input):
    refreshToken = Text()


class TokenProvider(Endpoint):
    stories = {
        "refresh": Story(
            operation="refreshProviderToken",
            guard=bearer,
            request=RefreshRequest,
            answer=answers.ProviderSession,
            errors=(*refusals.UNKNOWN_PROVIDER, DisabledEndpoint, OauthProviderError),
        )
    }

    def refresh(self, provider: str, refresh_token: str) -> Any:
        """Refresh a provider's tokens.

        For the refresh token that the provider gave.
        """
        return provider_tokens.renew(ensure_provider(provider), refresh_token)
