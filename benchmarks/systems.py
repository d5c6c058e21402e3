"""The servers that are compared and how each spells the same calls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

PASSWORD = "correct-horse-battery-7"
ANN = "ann@example.com"
NEW = "{new}"
"""Stands in a body for an address that nobody has yet."""


@dataclass(frozen=True)
class Call:
    """A request; `{access}`, `{refresh}` and `{pat}` are filled in, and the refresh token of an answer is kept."""

    path: str
    body: dict[str, Any] | None = None
    bearer: bool = False
    refresh_field: str = ""
    """The name under which an answer holds the next refresh token."""


@dataclass(frozen=True)
class System:
    name: str
    site: str
    calls: dict[str, Call]
    environment: dict[str, str] = field(default_factory=dict)
    pat_path: str = ""
    """Where personal access tokens are made, of systems that have them."""


OURS = {
    "GET /user": Call("/v1/user", bearer=True),
    "POST /token": Call("/v1/token", {"refreshToken": "{refresh}"}, refresh_field="refreshToken"),
    "POST /token/verify": Call("/v1/token/verify", {"token": "{access}"}),
    "POST /signin/email-password": Call("/v1/signin/email-password", {"email": ANN, "password": PASSWORD}),
    "POST /signup/email-password": Call("/v1/signup/email-password", {"email": NEW, "password": PASSWORD}),
    "POST /signin/anonymous": Call("/v1/signin/anonymous", {}),
    "POST /signin/pat": Call("/v1/signin/pat", {"personalAccessToken": "{pat}"}),
}
DJOSER = {
    "GET /user": Call("/users/me/", bearer=True),
    "POST /token": Call("/jwt/refresh/", {"refresh": "{refresh}"}, refresh_field="refresh"),
    "POST /token/verify": Call("/jwt/verify/", {"token": "{access}"}),
    "POST /signin/email-password": Call("/jwt/create/", {"username": ANN, "password": PASSWORD}),
    "POST /signup/email-password": Call("/users/", {"username": NEW, "email": NEW, "password": PASSWORD}),
}
DJ_REST_AUTH = {
    "GET /user": Call("/user/", bearer=True),
    "POST /token": Call("/token/refresh/", {"refresh": "{refresh}"}, refresh_field="refresh"),
    "POST /token/verify": Call("/token/verify/", {"token": "{access}"}),
    "POST /signin/email-password": Call("/login/", {"email": ANN, "password": PASSWORD}),
    "POST /signup/email-password": Call(
        "/registration/", {"username": NEW, "email": NEW, "password1": PASSWORD, "password2": PASSWORD}
    ),
}
ALLAUTH = {
    "GET /user": Call("/_allauth/app/v1/auth/session", bearer=True),
    "POST /token": Call(
        "/_allauth/app/v1/tokens/refresh", {"refresh_token": "{refresh}"}, refresh_field="refresh_token"
    ),
    "POST /signin/email-password": Call("/_allauth/app/v1/auth/login", {"email": ANN, "password": PASSWORD}),
    "POST /signup/email-password": Call("/_allauth/app/v1/auth/signup", {"email": NEW, "password": PASSWORD}),
}
BARE = {"Django view": Call("/django"), "REST framework view": Call("/rest"), "view that reads one row": Call("/row")}

SYSTEMS = [
    System("ours, RS256", "ours", OURS, {"BENCHMARK_ALGORITHM": "RS256"}, "/v1/pat"),
    System("ours, ES256", "ours", OURS, {"BENCHMARK_ALGORITHM": "ES256"}, "/v1/pat"),
    System("djoser", "with_djoser", DJOSER),
    System("dj-rest-auth", "with_dj_rest_auth", DJ_REST_AUTH),
    System("allauth", "with_allauth", ALLAUTH),
    System("bare", "bare", BARE),
]


def original(url: str) -> System:
    """A Nhost server that runs already: our calls, below the path of its URL."""
    prefix = urlsplit(url).path.rstrip("/")
    calls = {name: replace(call, path=prefix + call.path.removeprefix("/v1")) for name, call in OURS.items()}
    return System("original", "", calls, pat_path=f"{prefix}/pat")
