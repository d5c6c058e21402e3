"""POST /token/provider/<provider> (identity.md 4.6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.infra.providers import provider as provider_module
from nhost_auth.models import ProviderSession
from tests.conftest import Api, Reply
from tests.played import ALL
from tests.played.provider import SECRET, Played, place
from tests.visits import every_provider, of, sign_in, visit

ERROR = (400, "oauth-provider-error")
REFRESHING = tuple(played.slug for played in ALL if played.refreshes)


def renew(api: Api, provider: Played, refresh_token: str, token: str = "") -> Reply:
    body = {"refreshToken": refresh_token}
    return api.post(f"/token/provider/{provider.slug}", body, token=token or api.anonymous().token)


@of(*REFRESHING)
def test_refresh_token_gets_new_tokens_which_are_not_kept(api: Api, provider: Played) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        ann = sign_in(api, provider)
        kept = ProviderSession.objects.values().get()
        reply = renew(api, provider, provider.refresh_tokens[0], ann.token)
        lives = int(provider.tokens["expires_in"])
        ends = timezone.now() + timedelta(seconds=lives)
    assert (reply.status, set(reply.json)) == (200, {"accessToken", "expiresAt", "expiresIn", "refreshToken"})
    assert (reply.json["accessToken"], reply.json["refreshToken"]) == (
        f"{provider.slug}-access-1",
        f"{provider.slug}-refresh-1",
    )
    assert (reply.json["expiresIn"], datetime.fromisoformat(reply.json["expiresAt"])) == (lives, ends)
    assert ProviderSession.objects.values().get() == kept


@of(*(played.slug for played in ALL if played.slug != "twitter"))
def test_provider_is_asked_as_oauth_2_says(api: Api, provider: Played) -> None:
    renew(api, provider, "r&e=f +ü")
    [asked] = provider.internet.asked
    form = asked.form
    assert (asked.method, asked.place) == ("POST", place(provider.token_url))
    assert (form["grant_type"], form["refresh_token"]) == ("refresh_token", "r&e=f +ü")
    assert (form["client_id"], set(form)) == (
        provider.client_id,
        {"grant_type", "refresh_token", "client_id", "client_secret"},
    )
    assert form["client_secret"] == SECRET or provider.slug == "apple"


@every_provider
def test_refresh_token_that_the_provider_does_not_know_is_its_error(api: Api, provider: Played) -> None:
    assert renew(api, provider, "made up").outcome == ERROR


@every_provider
def test_provider_that_is_off_renews_nothing(api: Api, provider: Played, settings: Any) -> None:
    setattr(settings, f"AUTH_PROVIDER_{provider.setting}_ENABLED", False)
    assert renew(api, provider, "r").outcome == (409, "disabled-endpoint")
    assert provider.internet.asked == []


@of("twitter")
def test_twitter_has_no_refresh_tokens(api: Api, provider: Played) -> None:
    visit(api, provider)
    provider.internet.asked.clear()
    reply = renew(api, provider, provider.access_tokens[0])
    assert (reply.outcome, reply.json["message"]) == (ERROR, "Provider returned an error")
    assert provider.internet.asked == []


@of("google", "facebook", "linkedin")
@pytest.mark.parametrize(
    ("status", "value"),
    [
        (500, "oops"),
        (401, {"error": "invalid_client"}),
        (302, ""),
        (200, "no JSON"),
        (200, "access_token=a"),
        (200, [1]),
        (200, None),
        (200, {}),
        (200, {"access_token": 5}),
        (200, {"error": "invalid_grant", "access_token": "a"}),
        (200, "[" * 100_000),
    ],
    ids=lambda value: str(value)[:20],
)
def test_answer_that_is_none_is_the_providers_error(api: Api, provider: Played, status: int, value: Any) -> None:
    provider.internet.answer(*place(provider.token_url), status, value)
    assert renew(api, provider, "r").outcome == ERROR


def test_slow_provider_is_not_waited_for(api: Api, provider: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.internet.stall(*place(provider.token_url))
    monkeypatch.setattr(provider_module, "TIMEOUT_SECONDS", 0.1)
    assert renew(api, provider, "r").outcome == ERROR


@of("google")
def test_answer_without_a_new_refresh_token_has_an_empty_one(api: Api, provider: Played) -> None:
    provider.internet.answer(*place(provider.token_url), 200, {"access_token": "a"})
    assert renew(api, provider, "r").json == {
        "accessToken": "a",
        "expiresIn": 0,
        "expiresAt": "0001-01-01T00:00:00Z",
        "refreshToken": "",
    }


@pytest.mark.parametrize(
    "body", [{}, {"refreshToken": None}, {"refreshToken": 5}, {"refreshToken": "r", "a": 1}], ids=str
)
def test_body_is_a_refresh_token_and_nothing_else(api: Api, provider: Played, body: dict[str, Any]) -> None:
    reply = api.post("/token/provider/github", body, token=api.anonymous().token)
    assert reply.outcome == (400, "schema-validation-error")


@pytest.mark.parametrize("token", [None, "x.y.z"])
def test_only_the_signed_in_renew(api: Api, provider: Played, token: str | None) -> None:
    reply = api.post("/token/provider/github", {"refreshToken": "r"}, token=token)
    assert reply.outcome == (401, "unauthorized")
    assert provider.internet.asked == []


@pytest.mark.parametrize("slug", ["nobody", "google-oauth2", "GITHUB"])
def test_provider_that_nobody_knows_is_a_fault_of_the_request(api: Api, slug: str) -> None:
    reply = api.post(f"/token/provider/{slug}", {"refreshToken": "r"}, token=api.anonymous().token)
    assert reply.outcome == (400, "schema-validation-error")
