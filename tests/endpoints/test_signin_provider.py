"""GET /signin/provider/<provider> and back: every provider's whole round trip (identity.md 4.2, 4.5)."""

from __future__ import annotations

import pytest

from nhost_auth.infra.providers import provider as provider_module
from nhost_auth.models import Account, ProviderSession, ProviderVisit, RefreshToken, provider_links
from tests.conftest import Api, account
from tests.played.provider import Played, place
from tests.tls_proxy import Told
from tests.visits import CLIENT_URL, come_back, consent, every_provider, of, session, sign_in, start, visit

EXCHANGE_FAILED = f"{CLIENT_URL}?error=oauth-token-echange-failed&errorDescription=Failed+to+exchange+token"
PROFILE_FAILED = f"{CLIENT_URL}?error=oauth-profile-fetch-failed&errorDescription=Failed+to+get+user+profile"
FAULTS = {
    "refused": (401, {"error": "access_denied"}),
    "its own fault": (500, "Internal Server Error"),
    "elsewhere": (302, ""),
    "another success": (201, {"access_token": "a", "id": 1}),
    "no JSON": (200, "<html>"),
    "broken JSON": (200, '{"access_token": "a'),
    "no object": (200, [1]),
    "null": (200, None),
    "deep": (200, "[" * 100_000),
    "endless": (200, " " * (1024 * 1024 + 1)),
    "no UTF-8": (200, Told(200, b"\xff\xfe{}", {"Content-Type": "application/json"})),
}


def exchange_error(provider: Played) -> str:
    """Every failure of OAuth 1 is one of the profile."""
    return PROFILE_FAILED if provider.slug == "twitter" else EXCHANGE_FAILED


def nothing_is_stored() -> bool:
    return not any(rows.exists() for rows in (Account.objects, RefreshToken.objects, ProviderSession.objects))


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on an answer has to begin at once; connecting may take its time."""
    monkeypatch.setattr(provider_module, "TIMEOUT_SECONDS", 0.1)


@every_provider
def test_whole_round_trip_ends_with_a_session(api: Api, provider: Played) -> None:
    reply = visit(api, provider)
    assert (reply.status, reply.text, list(reply.query)) == (302, "", ["refreshToken"])
    assert reply.location == f"{CLIENT_URL}?refreshToken={reply.query['refreshToken']}"
    assert (reply.headers["Cache-Control"], reply.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    opened = session(api, reply)
    assert api.get("/user", token=opened.token).json["id"] == opened.user["id"]
    assert api.post("/token", {"refreshToken": opened.refresh_token}).user["id"] == opened.user["id"]
    link = provider_links.rows().get()
    assert (link.provider, link.uid, link.user.account) == (provider.link, provider.person.user_id, account(opened))
    assert ProviderVisit.objects.count() == 0


@every_provider
def test_second_sign_in_is_of_the_same_user_whatever_else_has_changed(api: Api, provider: Played) -> None:
    first = sign_in(api, provider)
    provider.move("moved@example.com")
    again = sign_in(api, provider)
    for unchanged in ("id", "email", "displayName", "avatarUrl", "emailVerified"):
        assert again.user.get(unchanged) == first.user.get(unchanged)
    assert (Account.objects.count(), provider_links.rows().count()) == (1, 1)


@every_provider
def test_refusal_by_the_person_is_told_to_the_front_end(api: Api, provider: Played) -> None:
    provider.refuses = True
    answer = consent(provider, start(api, provider, redirectTo=f"{CLIENT_URL}/in", state="tab 1"))
    reply = come_back(api, provider, answer)
    assert nothing_is_stored()
    if provider.slug == "twitter":  # whose `denied` Nhost does not know
        assert reply.location == PROFILE_FAILED.replace("?", "/in?") + "&state=tab+1"
        return
    assert reply.location.startswith(f"{CLIENT_URL}?")
    assert reply.query == {
        "error": "oauth-provider-error",
        "errorDescription": "Provider returned an error",
        "provider_error": answer["error"],
        "provider_error_description": answer.get("error_description", ""),
        "provider_error_url": answer.get("error_uri", ""),
        "state": "tab 1",
    }


@every_provider
def test_code_that_the_provider_does_not_know_is_a_failed_exchange(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider))
    for name in ("code", "oauth_verifier"):
        answer |= {name: "made up"} if name in answer else {}
    assert come_back(api, provider, answer).location == exchange_error(provider)
    assert nothing_is_stored()


@every_provider
def test_coming_back_without_anything_is_a_failed_exchange(api: Api, provider: Played) -> None:
    state = consent(provider, start(api, provider))["state"]
    assert come_back(api, provider, {"state": state}).location == exchange_error(provider)
    assert nothing_is_stored()


@every_provider
def test_wrong_secret_is_a_failed_exchange(api: Api, provider: Played, settings: object) -> None:
    answer = consent(provider, start(api, provider))
    name = {"twitter": "CONSUMER_SECRET", "apple": "KEY_ID"}.get(provider.slug, "CLIENT_SECRET")
    setattr(settings, f"AUTH_PROVIDER_{provider.setting}_{name}", "wrong")
    assert come_back(api, provider, answer).location == exchange_error(provider)


@every_provider
def test_slow_token_endpoint_is_not_waited_for(api: Api, provider: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = consent(provider, start(api, provider))
    provider.internet.stall(*place(provider.token_url))
    impatient(monkeypatch)
    assert come_back(api, provider, answer).location == exchange_error(provider)
    assert nothing_is_stored()


@every_provider
def test_slow_profile_is_not_waited_for(api: Api, provider: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = consent(provider, start(api, provider))
    provider.internet.stall(*place(provider.profile_url))
    provider.internet.once_asked(*place(provider.token_url), lambda: impatient(monkeypatch))
    monkeypatch.setattr("nhost_auth.infra.outbound.TIMEOUT_SECONDS", 0.1)  # of keys, Apple's profile
    assert come_back(api, provider, answer).location == PROFILE_FAILED
    assert nothing_is_stored()


@every_provider
def test_profile_that_is_refused_is_told(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider))
    provider.internet.answer(*place(provider.profile_url), 401, {"message": "Bad credentials"})
    assert come_back(api, provider, answer).location == PROFILE_FAILED
    assert nothing_is_stored()


@of("github", "bitbucket")
def test_list_of_addresses_that_is_refused_is_told(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider))
    provider.internet.answer(*place(f"{provider.profile_url}/emails"), 403, {"message": "Requires user:email"})
    assert come_back(api, provider, answer).location == PROFILE_FAILED
    assert nothing_is_stored()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("provider", "path", "failure"),
    [
        ("google", "/token", EXCHANGE_FAILED),
        ("google", "/oauth2/v2/userinfo", PROFILE_FAILED),
        ("github", "/user/emails", PROFILE_FAILED),
        ("twitter", "/oauth/access_token", PROFILE_FAILED),
    ],
    indirect=["provider"],
)
def test_answer_that_is_none_is_the_failure_of_its_step(
    api: Api, provider: Played, path: str, failure: str, fault: str
) -> None:
    answer = consent(provider, start(api, provider))
    hosts = {place(url)[1]: place(url)[0] for url in (provider.token_url, provider.profile_url)}
    provider.internet.answer(hosts.get(path, "api.github.com"), path, *FAULTS[fault])
    assert come_back(api, provider, answer).location == failure
    assert nothing_is_stored()


@pytest.mark.parametrize("token", ["", None, 5, True, ["a"], {"a": 1}])
def test_access_token_is_a_text_or_none(api: Api, provider: Played, token: object) -> None:
    answer = consent(provider, start(api, provider))
    provider.internet.answer(*place(provider.token_url), 200, {"access_token": token, "token_type": "bearer"})
    assert come_back(api, provider, answer).location == EXCHANGE_FAILED


def test_error_beside_a_token_is_an_error(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider))
    provider.internet.answer(*place(provider.token_url), 200, {"error": "bad_verification_code", "access_token": "a"})
    assert come_back(api, provider, answer).location == EXCHANGE_FAILED


def test_provider_is_asked_for_no_more_than_is_needed(api: Api, provider: Played) -> None:
    visit(api, provider)
    asked = [(call.method, *call.place, call.query) for call in provider.internet.asked]
    assert asked == [
        ("POST", "github.com", "/login/oauth/access_token", {}),
        ("GET", "api.github.com", "/user", {}),
        ("GET", "api.github.com", "/user/emails", {}),
    ]
