"""Sending a browser to a provider and taking it back (identity.md 4.1, 4.2)."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nhost_auth.conf import conf
from nhost_auth.errors import (
    DisabledEndpoint,
    InternalServerError,
    InvalidRequest,
    InvalidState,
    OauthProfileFetchFailed,
    OauthTokenExchangeFailed,
)
from nhost_auth.flows import accounts
from nhost_auth.flows.access_tokens import AccessToken, TokenError
from nhost_auth.infra import providers
from nhost_auth.infra.providers.identity import CannotBegin, CannotExchange, Identity, NoProfile, Tokens
from nhost_auth.models import Account, ProviderVisit
from nhost_auth.models.provider_visits import new_state

NO_CONNECTION = "invalid"


@dataclass(frozen=True, slots=True)
class Visit:
    """What the front end asked for when the browser left."""

    provider: str
    sign_up: bool
    redirect_to: str
    options: dict[str, Any]
    client_state: str = ""
    code_challenge: str | None = None
    connect: str = ""
    """The account to link to: an id, or `invalid` for a token that was none."""
    connect_epoch: int = 0


@dataclass(frozen=True, slots=True)
class Departure:
    url: str
    state: str
    browser: str
    """A secret for the browser to bring back; empty where AUTH_PROVIDER_BIND_BROWSER is off."""


def depart(visit: Visit, extra: Mapping[str, str]) -> Departure:
    """Where the browser goes. `extra` are parameters for the provider. Raises DisabledEndpoint, InternalServerError."""
    ensure_enabled(visit.provider)
    state, memory = new_state(), dict[str, Any]()
    try:
        url = providers.visit(visit.provider, state, memory).begin(extra)
    except CannotBegin as error:
        raise InternalServerError from error
    browser = secrets.token_urlsafe(32) if conf.AUTH_PROVIDER_BIND_BROWSER else ""
    ProviderVisit.objects.keep(state, visit.provider, browser, {"visit": asdict(visit), "memory": memory})
    return Departure(url, state, browser)


def come_back(provider: str, state: str, browser: str) -> tuple[Visit, dict[str, Any]]:
    """The visit that a browser comes back from, and what it had to remember. Raises InvalidState."""
    found = ProviderVisit.objects.consume(state, provider, browser)
    if found is None:
        raise InvalidState
    return Visit(**found["visit"]), found["memory"]


def identify(provider: str, memory: dict[str, Any], answer: Mapping[str, str]) -> tuple[Identity, Tokens]:
    """Who came back. Raises DisabledEndpoint, OauthTokenExchangeFailed, OauthProfileFetchFailed."""
    ensure_enabled(provider)
    try:
        identity, tokens = providers.visit(provider, memory=memory).finish(answer)
    except CannotExchange as error:
        raise OauthTokenExchangeFailed from error
    except NoProfile as error:
        raise OauthProfileFetchFailed from error
    return identity, tokens


def account_to_connect(connect: str) -> tuple[str, int]:
    """What a visit remembers of an access token: whose it is, and of what time. The token itself stays nowhere."""
    try:
        token = AccessToken.read(connect)
        return (NO_CONNECTION, 0) if token.has_ended else (str(token.account_id), token.epoch)
    except (TokenError, InvalidRequest):
        return NO_CONNECTION, 0


def get_connected(visit: Visit) -> Account:
    """The account to link to. Raises InvalidRequest, what accounts.get_valid raises."""
    if visit.connect == NO_CONNECTION:
        raise InvalidRequest
    account = accounts.get_valid(uuid.UUID(visit.connect))
    if account.token_epoch != visit.connect_epoch:
        raise InvalidRequest
    return account


def ensure_enabled(provider: str) -> None:
    """Raises DisabledEndpoint."""
    if not providers.is_enabled(provider):
        raise DisabledEndpoint
