"""The state of a visit: for one provider, one browser and one minute, once (identity.md 4.1, 4.2; security.md 54)."""

from __future__ import annotations

from http.cookies import Morsel
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from nhost_auth.models import Account, ProviderVisit
from tests.conftest import Api, Reply
from tests.internet import Internet
from tests.played import ALL
from tests.played.plain import Google
from tests.played.provider import Played
from tests.visits import CLIENT_URL, come_back, consent, every_provider, of, start

TARGET = f"{CLIENT_URL}/in?tab=2"


def invalid_state(state: str) -> dict[str, str]:
    return {"error": "invalid-state", "errorDescription": "Invalid state", "provider_state": state}


def cookies(reply: Reply) -> list[Morsel[str]]:
    return list(reply.response.cookies.values())


def is_refused(reply: Reply, state: str) -> bool:
    at_home = reply.location.startswith(f"{CLIENT_URL}?")
    return (reply.status, reply.query) == (302, invalid_state(state)) and at_home and not Account.objects.exists()


def another_browser(api: Api) -> None:
    """Goes on with a browser that has none of the cookies."""
    api._client = Client()


@every_provider
def test_state_is_good_once(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider))
    assert "refreshToken" in come_back(api, provider, answer).query
    Account.objects.all().delete()
    provider.internet.asked.clear()
    assert is_refused(come_back(api, provider, answer), answer["state"])
    assert provider.internet.asked == []


@of("github", "apple")
def test_state_is_good_once_for_any_browser_too(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_PROVIDER_BIND_BROWSER = False
    answer = consent(provider, start(api, provider))
    assert "refreshToken" in come_back(api, provider, answer).query
    assert come_back(api, provider, answer).query == invalid_state(answer["state"])


@pytest.mark.parametrize("step", ["token", "profile"])
def test_state_is_spent_by_a_failure_too(api: Api, provider: Played, step: str) -> None:
    answer = consent(provider, start(api, provider))
    host = {"token": ("github.com", "/login/oauth/access_token"), "profile": ("api.github.com", "/user")}[step]
    provider.internet.answer(*host, 500)
    assert "error" in come_back(api, provider, answer).query
    assert is_refused(come_back(api, provider, answer), answer["state"])


def test_state_is_spent_by_a_refusal_too(api: Api, provider: Played) -> None:
    provider.refuses = True
    answer = consent(provider, start(api, provider))
    assert come_back(api, provider, answer).query["error"] == "oauth-provider-error"
    assert is_refused(come_back(api, provider, answer), answer["state"])


@pytest.mark.parametrize(("seconds", "good"), [(59, True), (61, False)])
@of("github", "apple")
def test_state_has_a_minute(api: Api, provider: Played, seconds: int, good: bool) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answer = consent(provider, start(api, provider))
        clock.shift(seconds)
        reply = come_back(api, provider, answer)
    assert ("refreshToken" in reply.query) == good
    assert good or is_refused(reply, answer["state"])


@of("github")
@pytest.mark.parametrize("bound", [True, False])
def test_state_is_good_for_its_own_provider(
    api: Api, provider: Played, internet: Internet, settings: Any, bound: bool
) -> None:
    settings.AUTH_PROVIDER_BIND_BROWSER = bound
    google = Google(internet, settings)
    answer = consent(provider, start(api, provider))
    for mixed_up in (answer, {**answer, "code": google.new_code(google.callback)}):
        assert is_refused(come_back(api, google, mixed_up), answer["state"])
    assert internet.asked == []
    assert "refreshToken" in come_back(api, provider, answer).query


@pytest.mark.parametrize("forgery", ["x", "A" * 43, "é\0", "' OR 1=1", "a.b.c", " ", "A" * 5000])
@of("github", "apple")
def test_state_that_nobody_gave_out_is_invalid(api: Api, provider: Played, forgery: str) -> None:
    start(api, provider)
    reply = come_back(api, provider, {"state": forgery, "code": "c", "error": "access_denied"})
    if "\0" in forgery and provider.posts:
        assert reply.outcome == (400, "schema-validation-error")
    else:
        assert is_refused(reply, forgery)


def test_access_token_is_no_state(api: Api, provider: Played) -> None:
    token = api.anonymous().token
    assert come_back(api, provider, {"state": token, "code": "c"}).query == invalid_state(token)


@pytest.mark.parametrize("answer", [{"code": "c"}, {"state": "", "code": "c"}, {"error": "access_denied"}], ids=str)
@of("github", "apple", "twitter")
def test_state_may_not_be_missing(api: Api, provider: Played, answer: dict[str, str]) -> None:
    reply = come_back(api, provider, answer)
    assert reply.outcome == (400, "bad-request")
    assert reply.json["message"] == "Query argument state is required, but not found"


@every_provider
def test_another_browser_cannot_come_back_but_the_right_one_still_can(api: Api, provider: Played) -> None:
    answer, own = consent(provider, start(api, provider)), api._client
    provider.internet.asked.clear()
    another_browser(api)
    assert is_refused(come_back(api, provider, answer), answer["state"])
    start(api, provider)  # even one that has a visit of its own under way
    provider.internet.asked.clear()
    assert is_refused(come_back(api, provider, answer), answer["state"])
    assert provider.internet.asked == []
    api._client = own
    assert "refreshToken" in come_back(api, provider, answer).query


def test_cookie_of_one_visit_is_no_use_for_another(api: Api, provider: Played) -> None:
    first, second = start(api, provider), start(api, provider)
    answer = consent(provider, second)
    [mine], [other] = cookies(first), cookies(second)
    another_browser(api)
    for name, value in ((mine.key, mine.value), (other.key, mine.value), (mine.key, other.value), (other.key, "")):
        api._client.cookies[name] = value
        assert is_refused(come_back(api, provider, answer), answer["state"])
        another_browser(api)
    api._client.cookies[other.key] = other.value
    assert "refreshToken" in come_back(api, provider, answer).query


def test_several_visits_of_a_browser_do_not_get_in_each_others_way(api: Api, provider: Played) -> None:
    answers = [consent(provider, start(api, provider, state=tab)) for tab in ("a", "b", "c")]
    told = [come_back(api, provider, answer).query["state"] for answer in reversed(answers)]
    assert told == ["c", "b", "a"]


@of("github", "apple", "twitter")
def test_switch_lets_any_browser_come_back_as_at_nhost(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_PROVIDER_BIND_BROWSER = False
    started = start(api, provider)
    assert cookies(started) == []
    another_browser(api)
    assert "refreshToken" in come_back(api, provider, consent(provider, started)).query


@of("github", "apple", "twitter")
def test_visit_bound_to_a_browser_stays_so_when_the_switch_is_turned(api: Api, provider: Played, settings: Any) -> None:
    answer = consent(provider, start(api, provider))
    settings.AUTH_PROVIDER_BIND_BROWSER = False
    another_browser(api)
    assert is_refused(come_back(api, provider, answer), answer["state"])


@pytest.mark.parametrize(
    "server", ["https://auth.example.com/v1", "http://127.0.0.1:4000/v1", "https://auth.example.com"]
)
@pytest.mark.parametrize("played", ALL, ids=lambda played: played.slug)
def test_cookie_is_for_the_callback_alone(
    api: Api, internet: Internet, settings: Any, played: type[Played], server: str
) -> None:
    settings.AUTH_SERVER_URL = server
    provider = played(internet, settings)
    [cookie] = cookies(start(api, provider))
    secure, cross_site = server.startswith("https"), played.slug == "apple" and server.startswith("https")
    prefix = "/v1" if server.endswith("/v1") else ""
    assert (cookie["path"], cookie["max-age"]) == (f"{prefix}/signin/provider/{played.slug}/callback", 60)
    assert (cookie["httponly"], bool(cookie["secure"])) == (True, secure)
    assert cookie["samesite"] == ("None" if cross_site else "Lax")
    assert cookie["domain"] == ""
    assert len(cookie.value) == 43


def test_cookie_does_not_tell_the_state_nor_is_it_stored(api: Api, provider: Played) -> None:
    reply = start(api, provider)
    [cookie] = cookies(reply)
    assert reply.query["state"] not in cookie.OutputString()
    [row] = ProviderVisit.objects.values()
    assert cookie.value not in str(row)


def test_start_that_fails_sets_no_cookie(api: Api, provider: Played) -> None:
    assert cookies(api.get("/signin/provider/google")) == []
    assert cookies(start(api, provider, codeChallenge="short")) == []


def test_client_state_is_not_told_where_the_state_is_invalid(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider, redirectTo=TARGET, state="tab 1"))
    come_back(api, provider, answer)
    assert come_back(api, provider, answer).query == invalid_state(answer["state"])
