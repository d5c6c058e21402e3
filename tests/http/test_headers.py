"""Headers of every answer, over the whole map (security.md line 66; configuration.md 6.6)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from nhost_auth.http.url_map import rows
from tests.conftest import PASSWORD, Api, Inbox, Reply

SOMEBODY = "00000000-0000-4000-8000-000000000000"
TARGET = "https://app.example.com"
ROWS = [
    (row.method.upper(), re.sub(r"\{\w+_id\}", SOMEBODY, row.path).replace("{provider}", "github"))
    for row in rows(get_resolver("nhost_auth.urls").url_patterns)
]


def ensure_safe(reply: Reply) -> None:
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    shown = 300 <= reply.status < 400 or (reply.headers["Content-Type"].startswith("text/html") and reply.text)
    assert (reply.headers.get("Referrer-Policy") == "no-referrer") is bool(shown)


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize(("method", "path"), ROWS)
def test_66_every_path_with_and_without_a_token(api: Api, method: str, path: str, signed_in: bool) -> None:
    token = api.sign_up().token if signed_in else None
    ensure_safe(api.call(method, path, token=token))
    ensure_safe(api.call(method, path, {}, token=token))
    ensure_safe(api.call("OPTIONS", path, headers={"Origin": TARGET}))
    ensure_safe(api.call("PUT", path))


def test_66_answers_with_tokens(api: Api) -> None:
    first = api.sign_up()
    answers = [
        first,
        api.sign_in(),
        api.anonymous(),
        api.post("/token", {"refreshToken": first.refresh_token}),
        api.post("/pat", {"expiresAt": "2099-01-01T00:00:00Z"}, token=first.token),
    ]
    for answer in answers:
        assert answer.status == 200
        ensure_safe(answer)


@pytest.mark.parametrize("ticket", [True, False])
def test_66_redirect_with_a_token_or_an_error_tells_its_address_to_nobody(
    api: Api, inbox: Inbox, settings: Any, ticket: bool
) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    api.post("/signin/passwordless/email", {"email": "ann@example.com"})
    secret = inbox.last().ticket if ticket else f"passwordlessEmail:{SOMEBODY}"
    query = {"ticket": secret, "type": "signinPasswordless", "redirectTo": TARGET}
    answer = api.get("/verify", query=query)
    assert answer.status == 302
    assert ("refreshToken" in answer.query) is ticket
    ensure_safe(answer)


def test_66_page_that_asks_before_it_follows_a_link(api: Api, settings: Any) -> None:
    settings.AUTH_VERIFY_CONFIRM_PAGE = True
    answer = api.get("/verify", query={"ticket": f"verifyEmail:{SOMEBODY}", "redirectTo": TARGET})
    assert answer.headers["Content-Type"].startswith("text/html")
    ensure_safe(answer)


def test_66_way_to_a_provider(api: Api, settings: Any) -> None:
    settings.AUTH_PROVIDER_GITHUB_ENABLED, settings.AUTH_PROVIDER_GITHUB_CLIENT_ID = True, "c"
    settings.AUTH_PROVIDER_GITHUB_CLIENT_SECRET = "s"
    answer = api.get("/signin/provider/github", query={"redirectTo": TARGET})
    assert answer.status == 302
    ensure_safe(answer)


def test_66_error_of_our_own(transactional_db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    body = {"email": "bob@example.com", "password": PASSWORD}
    answer = Reply(Client(raise_request_exception=False).post("/v1/signup/email-password", body, "application/json"))
    assert answer.status == 500
    ensure_safe(answer)
