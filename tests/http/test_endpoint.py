"""The order of checks, CORS and what every answer has (accounts.md 1.1, configuration.md 6.6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import get_resolver

from nhost_auth.models import Account, Ticket
from tests.conftest import PASSWORD, PREFIX, Api, Reply, account

ANN = {"email": "ann@example.com", "password": PASSWORD}
ORIGIN = "https://somewhere.example"
NO_TOKEN, NO_JSON = (401, "unauthorized"), (400, "request-validation-error")
DEANONYMIZE = "/user/deanonymize"
KEY = "/user/webauthn/keys/00000000-0000-4000-8000-000000000000"
SESSION = "/user/sessions/00000000-0000-4000-8000-000000000000"
APPLICATION = "/user/applications/00000000-0000-4000-8000-000000000000"
MORE_METHODS = {KEY: "POST, GET, PATCH, DELETE", SESSION: "POST, GET, DELETE", APPLICATION: "POST, GET, DELETE"}


def paths() -> list[str]:
    """Every path of the map; where one has an id in it, somebody's."""
    patterns = [f"/{pattern.pattern}" for pattern in get_resolver("nhost_auth.urls").url_patterns]
    somebody_s = {
        "/user/applications/<uuid:application_id>": APPLICATION,
        "/user/sessions/<uuid:session_id>": SESSION,
        "/user/webauthn/keys/<uuid:key_id>": KEY,
    }
    return [somebody_s.get(pattern, pattern) for pattern in patterns]


@pytest.mark.parametrize("content", [None, b"{", b"{}", b'{"x": 1}'])
def test_missing_token_wins_over_a_bad_body(api: Api, content: bytes | None) -> None:
    assert api.post(DEANONYMIZE, content=content).outcome == NO_TOKEN
    assert api.post(DEANONYMIZE, content=content, token="a.b.c").outcome == NO_TOKEN


def test_missing_token_wins_over_a_wrong_content_type(api: Api) -> None:
    assert api.post(DEANONYMIZE, content=b"{}", content_type="text/plain").outcome == NO_TOKEN


def test_bad_body_wins_over_what_the_token_may_not_do(api: Api) -> None:
    token = api.sign_up().token
    assert api.post(DEANONYMIZE, content=b"{", token=token).outcome == NO_JSON
    assert api.post(DEANONYMIZE, {"x": 1}, token=token).outcome == (400, "schema-validation-error")


@pytest.mark.parametrize(
    ("path", "switch", "value"),
    [
        ("/signup/email-password", "AUTH_DISABLE_SIGNUP", True),
        ("/signup/otp/email", "AUTH_DISABLE_SIGNUP", True),
        ("/signup/otp/email", "AUTH_OTP_EMAIL_ENABLED", False),
        ("/signin/otp/email", "AUTH_OTP_EMAIL_ENABLED", False),
        ("/signin/anonymous", "AUTH_DISABLE_SIGNUP", True),
        ("/signin/anonymous", "AUTH_ANONYMOUS_USERS_ENABLED", False),
    ],
)
def test_bad_body_wins_over_switches(api: Api, settings: Any, path: str, switch: str, value: bool) -> None:
    setattr(settings, switch, value)
    assert api.post(path, content=b"{").outcome == NO_JSON
    assert api.post(path, content=b"{}", content_type="text/plain").outcome == NO_JSON
    assert api.post(path, {"x": 1}).outcome == (400, "schema-validation-error")


def test_malformed_address_wins_over_switches(api: Api, settings: Any) -> None:
    settings.AUTH_DISABLE_SIGNUP = True
    assert api.sign_up("nonsense").json["errors"] == "bad-request"


def test_options_request_wins_over_everything(api: Api) -> None:
    assert api.call("OPTIONS", DEANONYMIZE, content=b"{", content_type="text/plain").status == 204


@pytest.mark.parametrize("path", paths())
def test_preflight_is_answered_everywhere(api: Api, path: str) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-anything",
    }
    reply = api.call("OPTIONS", path, headers=headers)
    assert (reply.status, reply.text) == (204, "")
    assert {name: value for name, value in reply.headers.items() if name.startswith("Access-Control")} == {
        "Access-Control-Allow-Origin": ORIGIN,
        "Access-Control-Allow-Methods": MORE_METHODS.get(path, "POST, GET"),
        "Access-Control-Allow-Headers": "authorization,content-type,x-anything",
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Max-Age": "86400",
    }
    assert reply.headers["Vary"] == "Origin, Access-Control-Request-Method"


def test_headers_are_allowed_only_if_asked_for(api: Api) -> None:
    reply = api.call("OPTIONS", "/token", headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Headers" not in reply.headers
    assert reply.headers["Access-Control-Allow-Methods"] == "POST, GET"


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_without_an_origin_only_vary_tells_of_it(api: Api, method: str) -> None:
    reply = api.call(method, "/version", headers={"Access-Control-Request-Headers": "x"})
    assert [name for name in reply.headers if name.startswith("Access-Control")] == []
    assert reply.headers["Vary"] == "Origin, Access-Control-Request-Method"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/version", 200),
        ("GET", "/user", 401),
        ("POST", "/token", 400),
        ("GET", "/token", 404),
        ("HEAD", "/healthz", 200),
        ("GET", "/verify", 400),
    ],
)
def test_every_answer_may_be_read_by_the_origin_that_asked(api: Api, method: str, path: str, status: int) -> None:
    reply = api.call(method, path, headers={"Origin": ORIGIN})
    assert reply.status == status
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert reply.headers["Access-Control-Allow-Credentials"] == "true"
    assert reply.headers["Vary"] == "Origin, Access-Control-Request-Method"
    assert "Access-Control-Max-Age" not in reply.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/signup/email-password"),
        ("GET", "/token"),
        ("PUT", "/token"),
        ("PATCH", "/user"),
        ("DELETE", "/user"),
        ("POST", "/user"),
        ("HEAD", "/user"),
        ("POST", "/verify"),
        ("HEAD", "/verify"),
        ("POST", "/version"),
        ("HEAD", "/version"),
        ("HEAD", "/token"),
        ("TRACE", "/token"),
        ("NONSENSE", "/token"),
    ],
)
def test_67_wrong_method_is_a_404_in_plain_text(api: Api, method: str, path: str) -> None:
    reply = api.call(method, path)
    assert reply.status == 404
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert reply.text == ("" if method == "HEAD" else "404 page not found")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*;q=0.1", "nonsense", ""])
@pytest.mark.parametrize(("path", "status"), [("/version", 200), ("/user", 401)])
def test_answers_are_json_whatever_is_accepted(api: Api, accept: str, path: str, status: int) -> None:
    reply = api.get(path, headers={"Accept": accept})
    assert (reply.status, reply.headers["Content-Type"]) == (status, "application/json")


def test_format_parameter_means_nothing(api: Api) -> None:
    assert api.get("/version", query={"format": "api"}).headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/version", 200),
        ("GET", "/.well-known/jwks.json", 200),
        ("GET", "/user", 401),
        ("POST", "/token", 400),
        ("GET", "/token", 404),
        ("OPTIONS", "/token", 204),
        ("HEAD", "/healthz", 200),
    ],
)
def test_no_answer_is_cached_or_sniffed(api: Api, method: str, path: str, status: int) -> None:
    reply = api.call(method, path)
    assert (reply.status, reply.headers["Cache-Control"]) == (status, "no-store")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_session_is_not_cached(api: Api) -> None:
    assert api.sign_up().headers["Cache-Control"] == "no-store"


def test_67_no_cookie_is_set_or_needed(api: Api) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(PREFIX + "/signup/email-password", ANN, "application/json")
    assert (response.status_code, len(client.cookies)) == (200, 0)


def test_67_user_of_the_hosts_session_is_nobody_here(api: Api) -> None:
    user = account(api.sign_up()).user
    client = Client()
    client.force_login(user)
    assert Reply(client.get(PREFIX + "/user")).outcome == NO_TOKEN


@pytest.mark.parametrize("pattern", get_resolver("nhost_auth.urls").url_patterns, ids=lambda p: str(p.pattern))
def test_atomic_requests_of_the_host_do_not_hold(pattern: Any) -> None:
    # Django asks this attribute; the setting itself is read once at start.
    assert pattern.callback._non_atomic_requests == set(connections)


def test_spent_ticket_stays_spent_though_the_answer_is_an_error(api: Api) -> None:
    owner = account(api.sign_up())
    owner.user.is_active = False
    owner.user.save()
    ticket = Ticket.objects.issue(owner, Ticket.Kind.VERIFY_EMAIL)
    query = {"ticket": ticket, "redirectTo": "https://app.example.com"}
    assert api.get("/verify", query=query).query["error"] == "disabled-user"
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("address", ["", "unix:", "not-an-address", "::1", "203.0.113.7"])
def test_address_of_the_client_is_no_obstacle(api: Api, address: str) -> None:
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": "é\0" * 300})
    response = client.post(PREFIX + "/signup/email-password", ANN, "application/json")
    assert response.status_code == 200
    stored = Account.objects.get().refresh_tokens.get()
    assert stored.ip == (address if address in ("::1", "203.0.113.7") else None)
    assert stored.device == "é" * 255
