"""Visits to a social provider, as a browser makes them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import Api, Reply
from tests.played import ALL
from tests.played.provider import Played

CLIENT_URL = "https://app.example.com"


def of(*slugs: str) -> Any:
    """Lets a test run with each of these providers as its `provider`."""
    return pytest.mark.parametrize("provider", slugs, indirect=True)


every_provider = of(*(played.slug for played in ALL))


def start(api: Api, provider: Played, flow: str = "signin", **query: str) -> Reply:
    """The answer that sends the browser off."""
    return api.get(f"/{flow}/provider/{provider.slug}", query=query)


def consent(provider: Played, started: Reply) -> dict[str, str]:
    """What the provider's page lets the browser bring back."""
    assert (started.status, started.text) == (302, "")
    return provider.consent(started.location)


def come_back(api: Api, provider: Played, answer: dict[str, str]) -> Reply:
    path = f"/signin/provider/{provider.slug}/callback"
    if not provider.posts:
        return api.get(path, query=answer)
    form = "application/x-www-form-urlencoded"
    return api.call("POST", path, content=urlencode(answer).encode(), content_type=form)


def visit(api: Api, provider: Played, flow: str = "signin", **query: str) -> Reply:
    """The whole round trip; the answer that sends the browser back to the front end."""
    return come_back(api, provider, consent(provider, start(api, provider, flow, **query)))


def session(api: Api, reply: Reply) -> Reply:
    """The session behind the refresh token in a redirect."""
    found = api.post("/token", {"refreshToken": reply.query["refreshToken"]})
    assert found.status == 200
    return found


def sign_in(api: Api, provider: Played, **query: str) -> Reply:
    return session(api, visit(api, provider, **query))
