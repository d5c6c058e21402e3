"""GET /signin/provider/<provider>: where the browser is sent, and what is refused before (identity.md 4.1)."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Account, ProviderVisit
from tests.conftest import Api, Reply
from tests.played import ALL
from tests.played.provider import Played, place
from tests.played.twitter import Twitter, oauth_header
from tests.visits import CLIENT_URL, every_provider, of, start, visit

PATH = "/signin/provider/github"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
DISABLED = "error=disabled-endpoint&errorDescription=This+endpoint+is+disabled"
STATE = re.compile("[A-Za-z0-9_-]{43}")

# Every reason to refuse in the order of the specification, with what brings it about.
FAULTS: list[tuple[dict[str, str], tuple[int, str]]] = [
    ({"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
    ({"codeChallenge": CHALLENGE[:-1]}, (400, "invalid-request")),
    ({}, (302, "disabled-endpoint")),
]


def told(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.query.get("error") if reply.status == 302 else reply.error


def pairs(reply: Reply) -> list[tuple[str, str]]:
    """The query as it stands there, names given twice included."""
    return sorted(parse_qsl(urlsplit(reply.location).query, keep_blank_values=True))


@of(*(played.slug for played in ALL if played is not Twitter))
def test_browser_is_sent_to_the_sign_in_page_with_these_parameters_and_no_others(api: Api, provider: Played) -> None:
    reply = start(api, provider)
    state = reply.query["state"]
    expected = {
        "client_id": provider.client_id,
        "redirect_uri": f"https://auth.example.com/v1/signin/provider/{provider.slug}/callback",
        "response_type": "code id_token" if provider.slug == "apple" else "code",
        "scope": provider.scope,
        "state": state,
        **provider.extra,
    }
    assert (reply.status, reply.text, reply.location.partition("?")[0]) == (302, "", provider.page)
    assert pairs(reply) == sorted(expected.items())
    assert STATE.fullmatch(state)
    assert provider.internet.asked == []


@of("twitter")
def test_twitter_is_asked_for_a_token_whose_callback_carries_the_state(api: Api, provider: Twitter) -> None:
    reply = start(api, provider)
    assert reply.location == "https://api.twitter.com/oauth/authorize?oauth_token=request-0"
    [asked] = provider.internet.asked
    callback, _, query = oauth_header(asked)["oauth_callback"].partition("?")
    assert (asked.method, asked.place) == ("POST", ("api.twitter.com", "/oauth/request_token"))
    assert callback == "https://auth.example.com/v1/signin/provider/twitter/callback"
    assert list(parse_qs(query)) == ["state"]
    assert STATE.fullmatch(parse_qs(query)["state"][0])


@every_provider
def test_answer_is_kept_by_nobody_and_tells_the_provider_no_address(api: Api, provider: Played) -> None:
    reply = start(api, provider)
    assert (reply.headers["Cache-Control"], reply.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_every_visit_has_a_state_of_its_own_and_its_secrets_are_not_stored_in_clear(api: Api, provider: Played) -> None:
    states = {start(api, provider, state="front end's", metadata='{"plan": "gold"}').query["state"] for _ in range(3)}
    assert len(states) == ProviderVisit.objects.count() == 3
    for row in ProviderVisit.objects.values():
        stored = json.dumps(row, default=str)
        assert not any(secret in stored for secret in ("front end", "gold", *states))


def test_stored_visit_is_gone_with_the_next_one_after_its_minute(api: Api, provider: Played) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        start(api, provider)
        clock.shift(59)
        start(api, provider)
        clock.shift(2)
        start(api, provider)
        assert ProviderVisit.objects.count() == 2


@pytest.mark.parametrize("flow", ["signin", "signup"])
@pytest.mark.parametrize("slug", ["nobody", "GitHub", "c", "github%00", "google-oauth2", "workos ", "cx:a"])
def test_unknown_provider_is_a_fault_of_the_request(api: Api, flow: str, slug: str) -> None:
    reply = api.get(f"/{flow}/provider/{slug}")
    assert reply.outcome == (400, "schema-validation-error")
    assert reply.json["reason"].startswith("value is not one of the allowed values")


@pytest.mark.parametrize("slug", [played.slug for played in ALL])
def test_provider_that_is_off_is_told_to_the_front_end(api: Api, slug: str) -> None:
    reply = api.get(f"/signin/provider/{slug}")
    assert (reply.status, reply.location) == (302, f"{CLIENT_URL}?{DISABLED}")
    assert ProviderVisit.objects.count() == 0


@pytest.mark.parametrize(
    ("target", "location"),
    [
        (f"{CLIENT_URL}/in?z=1&a=&error=mine#top", f"{CLIENT_URL}/in?a=&{DISABLED}&z=1#top"),
        ("myapp://cb", f"myapp://cb?{DISABLED}"),
    ],
)
def test_front_end_is_found_where_it_wants_to_be_told(api: Api, settings: Any, target: str, location: str) -> None:
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = ["myapp://cb"]
    assert api.get(PATH, query={"redirectTo": target}).location == location


@pytest.mark.parametrize("concealed", [False, True])
@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_of_the_list_decides(api: Api, settings: Any, first: int, concealed: bool) -> None:
    settings.AUTH_CONCEAL_ERRORS = concealed
    query = {name: value for change, _ in FAULTS[first:] for name, value in change.items()}
    assert told(api.get(PATH, query=query)) == FAULTS[first][1]


@pytest.mark.parametrize("target", ["https://[::1", "https://app.example.com:x/", "https://app.example.com/%zz", "a b"])
def test_target_that_is_no_url_is_an_invalid_request(api: Api, provider: Played, target: str) -> None:
    assert start(api, provider, redirectTo=target).outcome == (400, "invalid-request")


@pytest.mark.parametrize("challenge", [CHALLENGE[:-1], CHALLENGE + "A", CHALLENGE[:-1] + "=", CHALLENGE + "\n"])
def test_challenge_has_its_form(api: Api, provider: Played, challenge: str) -> None:
    assert start(api, provider, codeChallenge=challenge).outcome == (400, "invalid-request")
    assert ProviderVisit.objects.count() == 0


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"displayName": "x" * 33}, "maximum string length is 32"),
        ({"displayName": "a;b"}, "string doesn't match the regular expression"),
        ({"locale": "e"}, "minimum string length is 2"),
        ({"locale": "engl"}, "maximum string length is 3"),
        ({"metadata": "[]"}, "value must be an object"),
        ({"metadata": "plan"}, "value must be an object"),
        ({"metadata": '{"a": 1'}, "value must be an object"),
        ({"metadata": '{"a":' * 100_000}, "value must be an object"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_bounds_of_the_parameters(api: Api, provider: Played, query: dict[str, str], reason: str) -> None:
    reply = start(api, provider, **query)
    assert reply.outcome == (400, "schema-validation-error")
    assert reply.json["reason"].startswith(reason)


@pytest.mark.parametrize(
    "metadata",
    [
        '{"a": "\\u0000"}',
        '{"\\u0000": 1}',
        '{"a": "\\ud800"}',
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a":' * 99 + "1" + "}" * 99,
    ],
    ids=["nul", "nul in a name", "surrogate", "NaN", "infinite", "deep"],
)
def test_metadata_that_no_database_can_store_is_refused_as_in_a_body(api: Api, provider: Played, metadata: str) -> None:
    assert start(api, provider, metadata=metadata).outcome == (400, "schema-validation-error")


@pytest.mark.parametrize(
    "query",
    [{"allowedRoles": "admin"}, {"defaultRole": "admin"}, {"locale": "zz"}, {"connect": "no token"}, {"unknown": "x"}],
    ids=str,
)
def test_what_matters_only_for_somebody_new_is_not_looked_at_yet(
    api: Api, provider: Played, query: dict[str, str]
) -> None:
    assert start(api, provider, **query).location.startswith(provider.page)


def test_switches_of_sign_up_do_not_concern_the_start_of_a_sign_in(api: Api, provider: Played, settings: Any) -> None:
    for name in ("AUTH_DISABLE_SIGNUP", "AUTH_DISABLE_AUTO_SIGNUP", "AUTH_DISABLE_NEW_USERS"):
        setattr(settings, name, True)
    assert start(api, provider).location.startswith(provider.page)


@of("twitter")
@pytest.mark.parametrize(
    ("status", "value"),
    [
        (401, {"errors": []}),
        (200, "oauth_token=a&oauth_token_secret=b"),
        (200, "oauth_callback_confirmed=true"),
        (200, ""),
    ],
)
def test_request_token_that_cannot_be_had_is_told_to_the_front_end(
    api: Api, provider: Twitter, status: int, value: Any
) -> None:
    provider.internet.answer(*place(provider.request_url), status, value)
    reply = start(api, provider, redirectTo=f"{CLIENT_URL}/in?a=1")
    assert reply.location == f"{CLIENT_URL}/in?a=1&error=internal-server-error&errorDescription=Internal+server+error"
    assert ProviderVisit.objects.count() == 0


@of("twitter")
def test_callback_has_to_be_confirmed(api: Api, provider: Twitter) -> None:
    provider.confirms = "false"
    assert start(api, provider).query["error"] == "internal-server-error"


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT"])
def test_no_other_method_begins_a_visit(api: Api, provider: Played, method: str) -> None:
    assert api.call(method, PATH).status in (404, 405)
    assert ProviderVisit.objects.count() == 0


def test_start_stores_no_user(api: Api, provider: Played) -> None:
    start(api, provider)
    assert Account.objects.count() == 0
    visit(api, provider)
    assert Account.objects.count() == 1
