"""Linking by browser: GET /signin/provider/<provider>?connect=<access token> (identity.md 4.4)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from nhost_auth.flows import keys
from nhost_auth.models import Account, ProviderSession, ProviderVisit, RefreshToken, provider_links
from tests.conftest import Api, Reply, account
from tests.internet import Internet
from tests.played.plain import Google
from tests.played.provider import Played
from tests.visits import CLIENT_URL, come_back, consent, every_provider, of, sign_in, start, visit

ALREADY = {
    "error": "provider-account-already-linked",
    "errorDescription": "This provider account is already linked to a user",
}
INVALID = {"error": "invalid-request", "errorDescription": "The request payload is incorrect"}


def links_of(reply: Reply) -> list[tuple[str, str]]:
    return list(provider_links.rows().filter(user=account(reply).user).values_list("provider", "uid"))


def unsigned(token: str) -> str:
    """The same claims under a header that says no signature is needed."""
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def changed(token: str, **claims: Any) -> str:
    header, body, signature = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(body + "=="))
    altered = base64.urlsafe_b64encode(json.dumps({**content, **claims}).encode()).rstrip(b"=").decode()
    return f"{header}.{altered}.{signature}"


@every_provider
def test_identity_is_linked_to_the_tokens_user_and_no_token_comes_back(api: Api, provider: Played) -> None:
    bob = api.sign_up("bob@example.com")
    before = RefreshToken.objects.count()
    reply = visit(api, provider, connect=bob.token, state="s", redirectTo=f"{CLIENT_URL}/me?tab=2")
    assert (reply.status, reply.location) == (302, f"{CLIENT_URL}/me?state=s&tab=2")
    assert links_of(bob) == [(provider.link, provider.person.user_id)]
    assert (RefreshToken.objects.count(), ProviderSession.objects.count()) == (before, 1)
    assert sign_in(api, provider).user["id"] == bob.user["id"]
    stored = Account.objects.get()
    assert (stored.email, stored.display_name, stored.avatar_url) == (
        "bob@example.com",
        "bob@example.com",
        bob.user["avatarUrl"],
    )


def test_one_user_may_have_several_identities_of_a_provider(api: Api, provider: Played) -> None:
    bob = api.sign_up("bob@example.com")
    for user_id in ("1", "2"):
        provider.become(user_id)
        assert visit(api, provider, connect=bob.token).query == {}
    assert sorted(links_of(bob)) == [("github", "1"), ("github", "2")]


@of("google", "strava", "apple")
def test_link_of_somebody_else_stays_theirs(api: Api, provider: Played) -> None:
    ann = sign_in(api, provider)
    bob = api.sign_up("bob@example.com")
    kept = ProviderSession.objects.values().get()
    assert visit(api, provider, connect=bob.token).query == ALREADY
    assert (links_of(bob), len(links_of(ann))) == ([], 1)
    assert ProviderSession.objects.values().get() == kept


def test_own_link_again_is_already_there_too(api: Api, provider: Played) -> None:
    bob = api.sign_up("bob@example.com")
    assert visit(api, provider, connect=bob.token).query == {}
    assert visit(api, provider, connect=bob.token).query == ALREADY
    assert len(links_of(bob)) == 1


@of("google")
def test_address_of_the_identity_does_not_matter(api: Api, provider: Played) -> None:
    ann, bob = api.sign_up(), api.sign_up("bob@example.com")
    assert visit(api, provider, connect=bob.token).query == {}
    assert (links_of(ann), len(links_of(bob))) == ([], 1)
    provider.become("another")
    provider.verify(value=False)
    assert visit(api, provider, connect=bob.token).query == {}


@pytest.mark.parametrize("forge", ["no token", "", "a.b.c", "refresh", "unsigned", "changed", "cut", "nul"])
def test_token_that_is_none_links_nothing(api: Api, provider: Played, forge: str) -> None:
    ann, bob = api.sign_up(), api.sign_up("bob@example.com")
    forged = {
        "refresh": bob.refresh_token,
        "unsigned": unsigned(bob.token),
        "changed": changed(bob.token, sub=ann.user["id"]),
        "cut": bob.token[:-3],
        "nul": f"{bob.token}\0",
    }.get(forge, forge)
    reply = visit(api, provider, connect=forged, state="s")
    if forge:
        assert reply.query == {**INVALID, "state": "s"}
        assert (provider_links.rows().count(), ProviderSession.objects.count()) == (0, 0)
    else:  # an empty parameter is none: somebody signs in
        assert "refreshToken" in reply.query


@pytest.mark.parametrize("sub", [None, "", "not an id", 5, "00000000-0000-0000-0000-00000000000g"])
def test_subject_that_is_no_id_links_nothing(api: Api, provider: Played, sub: Any) -> None:
    now = int(timezone.now().timestamp())
    token = keys.backend().keyring.sign({"sub": sub, "iss": "tests", "iat": now, "exp": now + 60})
    assert visit(api, provider, connect=token).query == INVALID


def test_token_has_to_be_good_when_the_browser_leaves(api: Api, provider: Played) -> None:
    bob = api.sign_up("bob@example.com")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.shift(870)
        in_time = consent(provider, start(api, provider, connect=bob.token))
        clock.shift(50)
        late = consent(provider, start(api, provider, connect=bob.token))
        assert come_back(api, provider, late).query == INVALID
        assert come_back(api, provider, in_time).query == {}
    assert len(links_of(bob)) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("gone", "invalid-email-password"),
        ("disabled", "disabled-user"),
        ("unverified", "unverified-user"),
        ("blocked", "invalid-email-password"),
    ],
)
def test_what_stands_against_the_user_is_told(
    api: Api, provider: Played, settings: Any, fault: str, error: str
) -> None:
    bob = api.sign_up("bob@example.com")
    answer = consent(provider, start(api, provider, connect=bob.token))
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = fault == "unverified"
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["bob@example.com"] if fault == "blocked" else []
    if fault == "gone":
        get_user_model().objects.all().delete()
    get_user_model().objects.update(is_active=fault != "disabled")
    assert come_back(api, provider, answer).query["error"] == error
    assert (provider_links.rows().count(), ProviderSession.objects.count()) == (0, 0)


def test_guest_links_nothing(api: Api, provider: Played) -> None:
    guest = api.anonymous()
    assert visit(api, provider, connect=guest.token).query["error"] == "forbidden-anonymous"
    assert provider_links.rows().count() == 0


def test_linking_needs_no_elevation_and_no_second_factor(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM, settings.AUTH_MFA_REQUIRED_EVERYWHERE = "required", True
    bob = api.sign_up("bob@example.com")
    assert visit(api, provider, connect=bob.token).query == {}


def test_switches_of_sign_up_and_a_challenge_do_not_matter(api: Api, provider: Played, settings: Any) -> None:
    bob = api.sign_up("bob@example.com")
    settings.AUTH_DISABLE_SIGNUP = settings.AUTH_DISABLE_AUTO_SIGNUP = settings.AUTH_DISABLE_NEW_USERS = True
    query = {"codeChallenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "allowedRoles": "admin"}
    assert visit(api, provider, connect=bob.token, **query).query == {}
    assert Account.objects.count() == 1


@pytest.mark.parametrize("fault", ["refused", "exchange", "profile"])
def test_failures_at_the_provider_link_nothing(api: Api, provider: Played, fault: str) -> None:
    bob = api.sign_up("bob@example.com")
    provider.refuses = fault == "refused"
    answer = consent(provider, start(api, provider, connect=bob.token))
    failing = {"exchange": ("github.com", "/login/oauth/access_token"), "profile": ("api.github.com", "/user")}
    if fault in failing:
        provider.internet.answer(*failing[fault], 500)
    assert "error" in come_back(api, provider, answer).query
    assert links_of(bob) == []


def test_failure_at_the_provider_is_told_before_a_bad_token(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider, connect="forged"))
    provider.internet.answer("github.com", "/login/oauth/access_token", 500)
    assert come_back(api, provider, answer).query["error"] == "oauth-token-echange-failed"


def test_token_stays_nowhere_and_leaves_to_nobody(api: Api, provider: Played) -> None:
    bob = api.sign_up("bob@example.com")
    reply = start(api, provider, connect=bob.token)
    assert bob.token not in str(reply.headers)
    assert bob.token not in str(ProviderVisit.objects.values())
    come_back(api, provider, consent(provider, reply))
    assert not any(bob.token in str(asked) for asked in provider.internet.asked)


def test_browser_of_somebody_else_cannot_finish_the_linking(api: Api, provider: Played) -> None:
    bob = api.sign_up("bob@example.com")
    answer = consent(provider, start(api, provider, connect=bob.token))
    api._client = Client()
    assert come_back(api, provider, answer).query["error"] == "invalid-state"
    assert links_of(bob) == []


def test_signing_up_links_to_nobody(api: Api, provider: Played) -> None:
    bob = api.sign_up("bob@example.com")
    assert "refreshToken" in visit(api, provider, "signup", connect=bob.token).query
    assert (links_of(bob), Account.objects.count()) == ([], 2)


def test_identities_of_two_providers_lead_to_one_user(
    api: Api, provider: Played, internet: Internet, settings: Any
) -> None:
    google = Google(internet, settings)
    google.move("elsewhere@example.com")
    ann = sign_in(api, provider)
    assert visit(api, google, connect=ann.token).query == {}
    assert sign_in(api, google).user["id"] == sign_in(api, provider).user["id"] == ann.user["id"]
