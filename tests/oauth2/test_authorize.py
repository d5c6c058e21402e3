"""GET and POST /oauth2/authorize: an application asks to sign somebody in (identity.md 7.3)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import time_machine

from nhost_auth.models import OAuth2Request
from tests.conftest import Api, Reply
from tests.oauth2.application import AUTHORIZE, ISSUER, REDIRECT, Application, form


def told(reply: Reply) -> tuple[str, str, str, str]:
    """An error that goes back to the application."""
    assert (reply.status, reply.location.partition("?")[0]) == (302, REDIRECT)
    query = reply.query
    return query["error"], query["error_description"], query["state"], query["iss"]


def test_browser_goes_on_to_the_project_s_page(shop: Application, settings: Any) -> None:
    settings.AUTH_CLIENT_URL = "https://app.example.com/"
    reply = shop.ask()
    assert (reply.status, reply.location.partition("?")[0]) == (302, "https://app.example.com/oauth2/login")
    assert list(reply.query) == ["request_id"]
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    settings.AUTH_OAUTH2_PROVIDER_LOGIN_URL = "https://id.example.com/?view=consent"
    reply = shop.ask(prompt="login consent")
    assert reply.location.startswith("https://id.example.com/?")
    assert (reply.query["view"], reply.query["prompt"]) == ("consent", "login consent")


def test_form_asks_the_same(api: Api, shop: Application) -> None:
    reply = form(api, AUTHORIZE, shop.request())
    assert OAuth2Request.objects.get().pk == uuid.UUID(reply.query["request_id"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_id": "nobody"}, (401, "invalid_client")),
        ({"client_id": "NHOA"}, (401, "invalid_client")),
        ({"client_id": None}, (400, "invalid_request")),
        ({"redirect_uri": None}, (400, "invalid_request")),
        ({"redirect_uri": REDIRECT + "/other"}, (400, "invalid_request")),
        ({"response_type": None}, (400, "invalid_request")),
        ({"state": "s" * 2049}, (400, "invalid_request")),
        ({"code_challenge_method": "plain"}, (400, "invalid_request")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_error_without_a_good_redirect_is_told_here(shop: Application, changes: Any, expected: Any) -> None:
    reply = shop.ask(**changes)
    assert reply.outcome == expected
    assert "Location" not in reply.headers
    assert not OAuth2Request.objects.exists()


PLAIN = "code_challenge_method has to be S256"


@pytest.mark.parametrize(
    ("changes", "error", "description"),
    [
        ({"response_type": "token"}, "unsupported_response_type", "Only response_type=code is supported"),
        ({"response_type": "code token"}, "unsupported_response_type", "Only response_type=code is supported"),
        ({"scope": "openid all"}, "invalid_scope", 'Scope "all" not allowed for this client'),
        ({"scope": "openid  email"}, "invalid_scope", 'Scope "" not allowed for this client'),
        ({"scope": "graphql:role:"}, "invalid_scope", 'Scope "graphql:role:" not allowed for this client'),
        (
            {"scope": "graphql graphql:role:me"},
            "invalid_scope",
            '"graphql" and "graphql:role:..." scopes are mutually exclusive',
        ),
        (
            {"code_challenge": None, "code_challenge_method": None},
            "invalid_request",
            "PKCE code_challenge is required for public clients",
        ),
        ({"code_challenge": "short"}, "invalid_request", "code_challenge has to be base64url of a SHA-256"),
        ({"code_challenge_method": "plain"}, "invalid_request", PLAIN),
        ({"request": "e30."}, "request_not_supported", "The parameter request is not supported"),
        ({"request_uri": "urn:x"}, "request_uri_not_supported", "The parameter request_uri is not supported"),
        ({"prompt": "none login"}, "invalid_request", "prompt=none stands alone"),
        ({"max_age": "-1"}, "invalid_request", "max_age has to be a number of seconds"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_every_other_error_goes_back_to_the_application(
    api: Api, shop: Application, changes: Any, error: str, description: str
) -> None:
    reply = form(api, AUTHORIZE, shop.request(**changes))
    assert told(reply) == (error, description, "s-1", ISSUER)
    assert not OAuth2Request.objects.exists()


def test_query_of_the_redirect_uri_stays_and_keys_are_sorted(api: Api) -> None:
    shop = Application.registered(api, redirect_uris=[REDIRECT + "?shop=7"])
    reply = shop.ask(redirect_uri=REDIRECT + "?shop=7", response_type="token", state=None)
    assert list(reply.query) == ["error", "error_description", "iss", "shop"]


def test_role_scope_is_allowed_by_graphql_or_by_name(api: Api) -> None:
    named = Application.registered(api, scopes=["openid", "graphql:role:editor"])
    assert "request_id" in named.ask(scope="graphql:role:editor").query
    assert named.ask(scope="graphql:role:me").query["error"] == "invalid_scope"
    assert "request_id" in Application.registered(api).ask(scope="graphql:role:me").query


def test_application_with_a_secret_may_go_without_a_challenge(bank: Application) -> None:
    assert "request_id" in bank.ask(code_challenge=None, code_challenge_method=None).query


def test_loopback_address_without_a_port_stands_for_every_port(api: Api) -> None:
    cli = Application.registered(api, redirect_uris=["http://127.0.0.1/back"])
    assert "request_id" in cli.ask(redirect_uri="http://127.0.0.1:51234/back").query
    for other in ("http://127.0.0.1:51234/other", "http://127.0.0.1:1@evil.example/back", "http://127.0.0.2:1/back"):
        assert cli.ask(redirect_uri=other).outcome == (400, "invalid_request")


def test_request_is_forgotten_after_ten_minutes(api: Api, shop: Application, ann: Reply) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        bob, asked = api.sign_in(), shop.request_id()
        clock.shift(600)
        reply = shop.agree(bob.token, asked)
    assert (reply.status, reply.json["message"]) == (400, "Authorization request expired")
