"""What a provider lets the front end do in the user's name: kept at the visit, handed out once (identity.md 4.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from nhost_auth.errors import InternalServerError, OauthProviderError
from nhost_auth.flows import provider_visits
from nhost_auth.infra import providers
from nhost_auth.infra.providers.identity import CannotExchange, Identity, Tokens
from nhost_auth.models import Account, ProviderSession, provider_links

LONGEST_SECONDS = 10**9


def keep(account: Account, identity: Identity, tokens: Tokens) -> None:
    """Store what the provider gave at a visit."""
    ProviderSession.objects.keep(account, identity.link, identity.user_id, _session(tokens))


def take(account: Account, provider: str) -> dict[str, Any]:
    """The newest tokens, once; without a link empty ones. Raises InternalServerError, as Nhost does, the next time."""
    link = providers.link_of(provider)
    found = ProviderSession.objects.take(account, link)
    if found is not None:
        return found
    if provider_links.exists(account, link):
        raise InternalServerError
    return _session(Tokens(""))


def renew(provider: str, refresh_token: str) -> dict[str, Any]:
    """New tokens for a provider's refresh token; they are not kept. Raises DisabledEndpoint, OauthProviderError."""
    provider_visits.ensure_enabled(provider)
    try:
        return _session(providers.visit(provider).renew(refresh_token))
    except CannotExchange as error:
        raise OauthProviderError from error


def _session(tokens: Tokens) -> dict[str, Any]:
    """In the words of the wire, for that is how they are kept; without an end the zero time of Go."""
    ends = datetime.now(UTC) + timedelta(seconds=min(tokens.expires_in, LONGEST_SECONDS))
    return {
        "accessToken": tokens.access_token,
        "expiresIn": tokens.expires_in,
        "expiresAt": ends.isoformat().replace("+00:00", "Z") if tokens.expires_in else "0001-01-01T00:00:00Z",
        "refreshToken": tokens.refresh_token,
    }
