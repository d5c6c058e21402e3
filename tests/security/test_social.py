"""Security lines 54-57: social sign-in as an attacker sees it. More: tests/endpoints/test_signin_provider*."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.test import Client

from nhost_auth.models import Account, RefreshToken
from tests.conftest import Api, account
from tests.endpoints.conftest import provider as provider
from tests.internet import Internet
from tests.issuers import ANN, CLIENT, Issuer
from tests.issuers import apple as apple
from tests.issuers import google as google
from tests.issuers import issuer as issuer
from tests.played import Apple, Github, Gitlab, Google
from tests.played.custom import OAuth2, Oidc
from tests.played.custom import acme as acme
from tests.played.custom import forge as forge
from tests.played.provider import Played
from tests.visits import come_back, consent, every_provider, of, sign_in, start, visit

INVALID = (400, "invalid-request")


def another_browser(api: Api) -> None:
    api._client = Client()


@every_provider
def test_54_callback_in_another_browser_and_a_second_one_in_the_same_are_refused(api: Api, provider: Played) -> None:
    answer, own = consent(provider, start(api, provider)), api._client
    another_browser(api)
    assert come_back(api, provider, answer).query["error"] == "invalid-state"
    api._client = own
    assert "refreshToken" in come_back(api, provider, answer).query
    assert come_back(api, provider, answer).query["error"] == "invalid-state"
    assert RefreshToken.objects.count() == 1


@of("github", "apple", "twitter")
def test_54_nobody_is_led_into_the_account_of_whoever_made_the_link(api: Api, provider: Played) -> None:
    """Login CSRF: the attacker stops before the callback and has the victim open it."""
    link = consent(provider, start(api, provider))
    another_browser(api)
    assert "refreshToken" not in come_back(api, provider, link).query
    assert not Account.objects.exists()


@of("github")
def test_54_nobody_links_the_attackers_person_to_their_own_account(api: Api, provider: Played) -> None:
    victim = api.sign_up("victim@example.com")
    link = consent(provider, start(api, provider, connect=victim.token))
    another_browser(api)
    assert come_back(api, provider, link).query["error"] == "invalid-state"
    assert account(victim).user.social_auth.count() == 0


@pytest.mark.parametrize(
    "pair", [(Github, Gitlab), (Google, Github), (Apple, Google), (Oidc, OAuth2), (OAuth2, Oidc), (Github, Oidc)]
)
def test_55_state_of_one_provider_is_none_of_another_whose_server_gets_no_code(
    api: Api, internet: Internet, settings: Any, pair: tuple[type[Played], type[Played]]
) -> None:
    """Mix-up: the browser is sent to an honest provider and comes back as if from the attacker's."""
    honest, attacker = (kind(internet, settings) for kind in pair)
    for query in ({}, {"connect": api.sign_up("bob@example.com").token}):
        answer = consent(honest, start(api, honest, **query))
        asked = len(internet.asked)
        assert come_back(api, attacker, answer).query["error"] == "invalid-state"
        assert len(internet.asked) == asked
    assert Account.objects.count() == 1


@pytest.mark.parametrize("good", [True, False], ids=["its own", "another"])
def test_55_answer_that_names_another_issuer_gets_no_code(api: Api, internet: Internet, acme: Oidc, good: bool) -> None:
    answer = consent(acme, start(api, acme))
    named = acme.issuer if good else "https://evil.example"
    asked = len(internet.calls("id.acme.example", "/token"))
    query = come_back(api, acme, {**answer, "iss": named}).query
    assert ("refreshToken" in query) is good
    assert (query.get("error") == "oauth-token-echange-failed") is not good
    assert (len(internet.calls("id.acme.example", "/token")) > asked) is good


def test_55_each_provider_has_a_callback_of_its_own(api: Api, acme: Oidc, forge: OAuth2) -> None:
    targets = [start(api, provider).query["redirect_uri"] for provider in (acme, forge)]
    assert targets == [f"https://auth.example.com/v1/signin/provider/{slug}/callback" for slug in ("c:acme", "c:forge")]


WRONG: dict[str, dict[str, Any]] = {
    "nonce plain": {"nonce": "raw"},
    "nonce of another": {"nonce": hashlib.sha256(b"other").hexdigest()},
    "nonce empty": {"nonce": ""},
    "aud": {"aud": "other.example.com"},
    "aud missing": {"aud": None},
    "azp": {"aud": ["other.example.com", CLIENT], "azp": "other.example.com"},
    "azp missing": {"aud": ["other.example.com", CLIENT]},
    "iss": {"iss": "https://evil.example"},
    "iss missing": {"iss": None},
    "iss of no scheme": {"iss": "accounts.google.com"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_56_id_token_with_a_wrong_claim_is_refused_everywhere(api: Api, issuer: Issuer, wrong: str) -> None:
    bob = api.sign_up("bob@example.com")
    good, bad = {"nonce": hashlib.sha256(b"raw").hexdigest()}, WRONG[wrong]
    for path in ("/signin/idtoken", "/signup/idtoken", "/link/idtoken"):
        body = {**issuer.body(**(good | bad)), "nonce": "raw"}
        assert api.post(path, body, token=bob.token).outcome == INVALID
    assert api.post("/link/idtoken", {**issuer.body(**good), "nonce": "raw"}, token=bob.token).status == 200


@pytest.mark.parametrize("wrong", WRONG)
def test_56_id_token_of_a_visit_with_a_wrong_claim_lets_nobody_in(api: Api, acme: Oidc, wrong: str) -> None:
    acme.changed = {
        name: [acme.client_id, "x"] if name == "aud" and "azp" in wrong else value
        for name, value in WRONG[wrong].items()
    }
    assert visit(api, acme).query["error"] == "oauth-profile-fetch-failed"
    assert not Account.objects.exists()


@pytest.mark.parametrize("changed", [{"iss": "https://evil.example"}, {"aud": "other"}, {"nonce": "x"}], ids=str)
def test_56_apples_id_token_with_a_wrong_claim_lets_nobody_in(
    api: Api, internet: Internet, settings: Any, changed: dict[str, Any]
) -> None:
    played = Apple(internet, settings)
    played.profile |= changed
    assert visit(api, played).query["error"] == "oauth-profile-fetch-failed"
    assert not Account.objects.exists()


def test_57_same_subject_at_two_providers_is_two_people(
    api: Api, google: Issuer, apple: Issuer, acme: Oidc, forge: OAuth2
) -> None:
    acme.claims |= {"sub": "1", "email": "acme@example.com"}
    forge.profile |= {"sub": "1", "email": "forge@example.com"}
    replies = [google.sign_in(api, sub="1"), apple.sign_in(api, sub="1", email="apple@example.com")]
    replies += [sign_in(api, acme), sign_in(api, forge)]
    assert len({reply.user["id"] for reply in replies}) == 4


@pytest.mark.parametrize("verified", [True, False])
def test_57_address_that_changes_at_the_provider_changes_nothing_here(api: Api, issuer: Issuer, verified: bool) -> None:
    victim, attacker = api.sign_up(ANN), issuer.sign_in(api, sub="7", email="attacker@example.com")
    moved = issuer.sign_in(api, sub="7", email=ANN, email_verified=verified)
    assert (moved.user["id"], moved.user["email"]) == (attacker.user["id"], "attacker@example.com")
    assert account(victim).user.social_auth.count() == 0


@of("github", "google", "apple")
def test_57_so_it_is_with_visits(api: Api, provider: Played) -> None:
    victim = api.sign_up("victim@example.com")
    attacker = sign_in(api, provider)
    provider.move("victim@example.com")
    assert sign_in(api, provider).user["id"] == attacker.user["id"]
    assert account(victim).user.social_auth.count() == 0


def test_57_one_address_of_two_subjects_that_are_not_verified_is_not_one_person(api: Api, google: Issuer) -> None:
    google.sign_in(api, sub="1", email_verified=False)
    assert google.sign_in(api, sub="2", email_verified=False).outcome == (401, "unverified-user")
