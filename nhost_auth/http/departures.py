"""Sending a browser to a social provider, for signing in and for signing up (identity.md 4.1)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from nhost_auth.errors import InvalidRequest
from nhost_auth.flows import provider_visits
from nhost_auth.flows.provider_visits import Visit
from nhost_auth.flows.redirects import ensure_redirect, parse_target
from nhost_auth.http import payloads
from nhost_auth.http.endpoint import Endpoint
from nhost_auth.http.inputs import CHALLENGE_PATTERN
from nhost_auth.http.provider_queries import ensure_provider
from nhost_auth.infra.crypto import digest
from nhost_auth.infra.providers import callback_url


def cookie_name(state: str) -> str:
    """One for each visit: people open several tabs."""
    return f"nhost-auth-visit-{digest(state)[:16]}"


class DepartingEndpoint(Endpoint):
    def depart(
        self,
        provider: str,
        *,
        sign_up: bool,
        options: dict[str, Any],
        extra: dict[str, str],
        redirect_to: str | None = None,
        state: str = "",
        code_challenge: str | None = None,
        connect: str = "",
        connect_epoch: int = 0,
        **page: str,
    ) -> payloads.Redirect:
        if redirect_to is not None and parse_target(redirect_to) is None:
            raise InvalidRequest
        target = ensure_redirect(redirect_to)
        if code_challenge is not None and not re.fullmatch(CHALLENGE_PATTERN, code_challenge):
            raise InvalidRequest
        ensure_provider(provider)
        self.error_target = target
        visit = Visit(provider, sign_up, target, options, state, code_challenge, connect, connect_epoch)
        # `connection` and `organization` choose among WorkOS's sign-in pages; others would not know them.
        departure = provider_visits.depart(visit, {**page, **extra} if provider == "workos" else extra)
        return payloads.Redirect(departure.url, self._cookie(departure, callback_url(provider)))

    def _cookie(self, departure: provider_visits.Departure, callback: str) -> payloads.Cookie | None:
        if not departure.browser:
            return None
        secure = callback.startswith("https://")
        # Apple comes back by a form of its own page, which browsers bring no other cookies to.
        cross_site = secure and callback.endswith("/apple/callback")
        name, path = cookie_name(departure.state), urlsplit(callback).path
        return payloads.Cookie(name, departure.browser, path, secure=secure, cross_site=cross_site)
