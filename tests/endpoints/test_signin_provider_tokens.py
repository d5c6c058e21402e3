"""GET /signin/provider/<provider>/callback/tokens: what a provider gave, once (identity.md 4.6)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.infra.crypto import decrypt, encrypt
from nhost_auth.models import ProviderSession, provider_links
from tests.conftest import Api, Reply
from tests.internet import Internet
from tests.played.lists import Github
from tests.played.plain import Google
from tests.played.provider import Played, place
from tests.visits import come_back, consent, every_provider, of, sign_in, start, visit

NONE = {"accessToken": "", "expiresIn": 0, "expiresAt": "0001-01-01T00:00:00Z", "refreshToken": ""}
CRASH = (500, "internal-server-error")
LIVES = {
    "apple": 3600,
    "azuread": 3599,
    "bitbucket": 7200,
    "discord": 604800,
    "entraid": 3736,
    "facebook": 5183944,
    "github": 0,
    "gitlab": 7200,
    "google": 3599,
    "linkedin": 5184000,
    "spotify": 3600,
    "strava": 21600,
    "twitch": 14124,
    "twitter": 0,
    "windowslive": 3600,
    "workos": 0,
}


def take(api: Api, provider: Played, token: str) -> Reply:
    return api.get(f"/signin/provider/{provider.slug}/callback/tokens", token=token)


@every_provider
def test_tokens_are_handed_out_once(api: Api, provider: Played) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ann = sign_in(api, provider)
        lives = LIVES[provider.slug]
        ends = timezone.now() + timedelta(seconds=lives)
        clock.shift(30)
        told = take(api, provider, ann.token)
    expected = {"accessToken": f"{provider.slug}-access-0", "expiresIn": lives}
    expected["refreshToken"] = f"{provider.slug}-refresh-0" if provider.refreshes else ""
    assert told.status == 200
    assert {name: told.json[name] for name in expected} == expected
    assert set(told.json) == {*expected, "expiresAt"}
    expires_at = told.json["expiresAt"]
    assert expires_at == NONE["expiresAt"] if not lives else datetime.fromisoformat(expires_at) == ends
    assert expires_at.endswith("Z")
    assert told.headers["Cache-Control"] == "no-store"
    for _ in range(2):
        assert take(api, provider, ann.token).outcome == CRASH


def test_next_visit_brings_new_ones(api: Api, provider: Played) -> None:
    for number in range(3):
        ann = sign_in(api, provider)
        assert take(api, provider, ann.token).json["accessToken"] == f"github-access-{number}"


def test_newer_tokens_take_the_place_of_those_that_nobody_took(api: Api, provider: Played) -> None:
    sign_in(api, provider)
    ann = sign_in(api, provider)
    assert ProviderSession.objects.count() == 1
    assert take(api, provider, ann.token).json["accessToken"] == "github-access-1"
    assert take(api, provider, ann.token).outcome == CRASH


@every_provider
def test_without_a_link_there_are_none(api: Api, provider: Played) -> None:
    bob = api.sign_up("bob@example.com")
    for _ in range(2):
        assert take(api, provider, bob.token).json == NONE


def test_link_that_was_never_filled_is_an_error(api: Api, provider: Played) -> None:
    ann = sign_in(api, provider)
    ProviderSession.objects.all().delete()
    assert take(api, provider, ann.token).outcome == CRASH


def test_tokens_are_their_owners(api: Api, provider: Played) -> None:
    ann, bob = sign_in(api, provider), api.sign_up("bob@example.com")
    assert take(api, provider, bob.token).json == NONE
    assert take(api, provider, ann.token).json["accessToken"] == "github-access-0"


def test_tokens_are_of_the_provider_that_is_named(
    api: Api, provider: Played, internet: Internet, settings: Any
) -> None:
    google = Google(internet, settings)
    ann = sign_in(api, provider)
    assert take(api, google, ann.token).json == NONE
    sign_in(api, google)
    assert take(api, google, ann.token).json["accessToken"] == "google-access-0"
    assert take(api, provider, ann.token).json["accessToken"] == "github-access-0"


def test_of_several_identities_the_one_used_last_counts(api: Api, provider: Github) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ann = sign_in(api, provider)
        clock.shift(1)
        provider.become("second")
        visit(api, provider, connect=ann.token)
        clock.shift(1)
        provider.become("583231")
        sign_in(api, provider)
        assert provider.access_tokens[-1] == "github-access-2"
        assert take(api, provider, ann.token).json["accessToken"] == "github-access-2"


def test_linking_keeps_tokens_too(api: Api, provider: Played) -> None:
    bob = api.sign_up("bob@example.com")
    visit(api, provider, connect=bob.token)
    assert take(api, provider, bob.token).json["accessToken"] == "github-access-0"


def test_signing_up_keeps_tokens_too(api: Api, provider: Played) -> None:
    reply = visit(api, provider, "signup")
    ann = api.post("/token", {"refreshToken": reply.query["refreshToken"]})
    assert take(api, provider, ann.token).json["accessToken"] == "github-access-0"


def test_tokens_can_be_had_though_the_provider_is_off_by_now(api: Api, provider: Played, settings: Any) -> None:
    ann = sign_in(api, provider)
    settings.AUTH_PROVIDER_GITHUB_ENABLED = False
    assert take(api, provider, ann.token).json["accessToken"] == "github-access-0"


@every_provider
def test_tokens_are_encrypted_at_rest_and_nowhere_else(api: Api, provider: Played) -> None:
    sign_in(api, provider)
    [row] = ProviderSession.objects.all()
    stored = str([ProviderSession.objects.values(), provider_links.rows().values()])
    for token in (*provider.access_tokens, *provider.refresh_tokens, "access-0"):
        assert token not in stored
    assert json.loads(decrypt(row.encrypted_content))["accessToken"] == provider.access_tokens[0]
    assert row.user_id_hash != provider.person.user_id
    assert provider_links.rows().get().extra_data == {}


def test_tokens_that_cannot_be_decrypted_are_an_error(api: Api, provider: Played, settings: Any) -> None:
    ann = sign_in(api, provider)
    ProviderSession.objects.update(encrypted_content=encrypt("{}")[:-2] + "00")
    api._client.raise_request_exception = False
    assert take(api, provider, ann.token).outcome == CRASH


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (60, 60),
        ("60", 60),
        (60.9, 60),
        (0, 0),
        (-5, 0),
        (None, 0),
        ("soon", 0),
        ([60], 0),
        (1e400, 0),
        ("1e5", 0),
        (10**30, 10**30),
    ],
    ids=str,
)
def test_life_is_told_in_many_ways(api: Api, provider: Played, told: Any, seconds: int) -> None:
    provider.tokens = {"token_type": "bearer", "expires_in": told}  # type: ignore[misc]
    ann = sign_in(api, provider)
    reply = take(api, provider, ann.token)
    assert (reply.status, reply.json["expiresIn"]) == (200, seconds)
    assert (reply.json["expiresAt"] == NONE["expiresAt"]) == (seconds == 0)


@pytest.mark.parametrize("refresh_token", [None, 5, ["a"], {"a": 1}, "", True])
def test_refresh_token_is_a_text_or_none(api: Api, provider: Played, refresh_token: Any) -> None:
    provider.tokens = {"token_type": "bearer", "refresh_token": refresh_token}  # type: ignore[misc]
    ann = sign_in(api, provider)
    assert take(api, provider, ann.token).json["refreshToken"] == ""


ODD = {"nul": "a\0b", "line end": "a\nb", "surrogate": "\ud800", "letters of people": "ü" * 5000}


@pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))
def test_refresh_token_that_is_none_by_its_letters_is_left_out(api: Api, provider: Played, odd: str) -> None:
    provider.tokens = {"token_type": "bearer", "refresh_token": odd}  # type: ignore[misc]
    ann = sign_in(api, provider)
    assert take(api, provider, ann.token).json["refreshToken"] == ""


@of("apple", "github")
@pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))
def test_access_token_that_is_none_by_its_letters_is_a_failed_exchange(api: Api, provider: Played, odd: str) -> None:
    answer = consent(provider, start(api, provider))
    provider.internet.answer(*place(provider.token_url), 200, {"access_token": odd, "id_token": "a.b.c"})
    assert come_back(api, provider, answer).query["error"] == "oauth-token-echange-failed"


def test_long_tokens_are_kept_whole(api: Api, provider: Played) -> None:
    provider.tokens = {"token_type": "bearer", "refresh_token": "x" * 100_000}  # type: ignore[misc]
    ann = sign_in(api, provider)
    assert take(api, provider, ann.token).json["refreshToken"] == "x" * 100_000


@pytest.mark.parametrize("token", [None, "", "x.y.z"])
def test_only_the_signed_in_ask_for_tokens(api: Api, provider: Played, token: str | None) -> None:
    reply = api.get("/signin/provider/github/callback/tokens", token=token)
    assert reply.outcome == (401, "unauthorized")


def test_guest_has_none(api: Api, provider: Played) -> None:
    assert take(api, provider, api.anonymous().token).outcome == (403, "forbidden-anonymous")


def test_disabled_user_gets_none(api: Api, provider: Played) -> None:
    ann = sign_in(api, provider)
    user = provider_links.rows().get().user
    user.is_active = False
    user.save()
    assert take(api, provider, ann.token).outcome == (401, "disabled-user")
    assert ProviderSession.objects.count() == 1


@pytest.mark.parametrize("slug", ["nobody", "google-oauth2", "GITHUB"])
def test_provider_that_nobody_knows_is_a_fault_of_the_request(api: Api, slug: str) -> None:
    token = api.sign_up().token
    assert api.get(f"/signin/provider/{slug}/callback/tokens", token=token).outcome == (400, "schema-validation-error")
