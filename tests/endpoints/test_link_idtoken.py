"""POST /link/idtoken: a person at a provider signs in to the bearer's account from now on (identity.md section 5)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.contrib.auth.models import User

from nhost_auth import signals
from nhost_auth.models import Account
from tests.conftest import Api, Reply, account
from tests.endpoints.elevated_token import elevated_token
from tests.endpoints.totp_app import enrol
from tests.issuers import ANN, Issuer
from tests.issuers import apple as apple
from tests.issuers import google as google
from tests.issuers import issuer as issuer

PATH = "/link/idtoken"
INVALID, TAKEN = (400, "invalid-request"), (400, "provider-account-already-linked")
ELEVATE = "AUTH_REQUIRE_ELEVATED_CLAIM"
BOB = "bob@example.com"


@pytest.fixture
def bob(api: Api) -> Reply:
    return api.sign_up(BOB)


def link(api: Api, issuer: Issuer, token: str, **changed: Any) -> Reply:
    return api.post(PATH, issuer.body(**changed), token=token)


def rows(reply: Reply) -> int:
    return int(account(reply).user.social_auth.count())


@pytest.mark.parametrize("verified", [True, False, None])
def test_linked_person_signs_in_to_the_account_whatever_the_addresses_are(
    api: Api, issuer: Issuer, bob: Reply, verified: bool | None
) -> None:
    reply = link(api, issuer, bob.token, email_verified=verified)
    assert (reply.status, reply.json) == (200, "OK")
    entered = issuer.sign_in(api)
    assert entered.user["id"] == bob.user["id"]
    assert (entered.user["email"], entered.user["emailVerified"]) == (BOB, False)
    assert Account.objects.count() == 1


def test_provider_gives_out_nothing_for_a_link_that_it_was_not_visited_for(
    api: Api, google: Issuer, bob: Reply
) -> None:
    link(api, google, bob.token)
    tokens = api.get("/signin/provider/google/callback/tokens", token=bob.token)
    assert tokens.outcome == (500, "internal-server-error")


def test_pair_is_linked_once_also_to_the_same_account(api: Api, google: Issuer, bob: Reply) -> None:
    assert link(api, google, bob.token).status == 200
    assert link(api, google, bob.token).outcome == TAKEN
    assert link(api, google, api.sign_up(ANN).token).outcome == TAKEN
    assert rows(bob) == 1
    assert google.sign_in(api).user["id"] == bob.user["id"]


def test_person_of_another_account_stays_there(api: Api, google: Issuer, bob: Reply) -> None:
    ann = google.sign_in(api)
    assert link(api, google, bob.token).outcome == TAKEN
    assert (rows(bob), google.sign_in(api).user["id"]) == (0, ann.user["id"])


def test_account_may_have_several_people_of_one_provider_and_of_several(
    api: Api, google: Issuer, apple: Issuer, bob: Reply
) -> None:
    people = ((google, "1"), (google, "2"), (apple, "1"))
    for theirs, subject in people:
        assert link(api, theirs, bob.token, sub=subject).status == 200
    assert {theirs.sign_in(api, sub=subject).user["id"] for theirs, subject in people} == {bob.user["id"]}


def test_same_subject_at_two_providers_is_two_people(api: Api, google: Issuer, apple: Issuer, bob: Reply) -> None:
    link(api, google, bob.token)
    assert apple.sign_in(api).user["id"] != bob.user["id"]


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x.y.z", "Basic {}"])
def test_without_a_bearer_nothing_is_linked(api: Api, google: Issuer, bob: Reply, header: str | None) -> None:
    headers = {"Authorization": header.replace("{}", bob.token)} if header is not None else None
    reply = api.post(PATH, google.body(), headers=headers)
    assert reply.outcome == (401, "unauthorized")
    assert reply.json["securityScheme"] == "BearerAuthElevated"
    assert (rows(bob), google.times_asked) == (0, 0)


def test_token_of_a_provider_is_no_bearer(api: Api, google: Issuer, bob: Reply) -> None:
    google.sign_in(api)
    assert link(api, google, google.token()).outcome == (401, "unauthorized")


@pytest.mark.parametrize("has_factor", [False, True])
@pytest.mark.parametrize("mode", ["required", "recommended", "disabled"])
def test_more_proof_is_asked_for_by_the_mode(
    api: Api, google: Issuer, bob: Reply, settings: Any, mode: str, has_factor: bool
) -> None:
    settings.AUTH_MFA_ENABLED = True
    settings.AUTH_OTP_EMAIL_ENABLED = False
    if has_factor:
        enrol(api, bob)
    setattr(settings, ELEVATE, mode)
    asked = mode == "required" or (mode == "recommended" and has_factor)
    reply = link(api, google, bob.token)
    assert reply.outcome == ((401, "unauthorized") if asked else (200, None))
    assert rows(bob) == (not asked)
    if asked:
        assert reply.json["reason"] == "elevated claim required"
        assert link(api, google, elevated_token(settings, bob)).status == 200


@pytest.mark.parametrize("claim", ["", "true", True, "another"], ids=repr)
def test_proof_of_somebody_else_is_none(api: Api, google: Issuer, bob: Reply, settings: Any, claim: Any) -> None:
    setattr(settings, ELEVATE, "required")
    claim = api.sign_up(ANN).user["id"] if claim == "another" else claim
    assert link(api, google, elevated_token(settings, bob, claim)).outcome == (401, "unauthorized")
    assert rows(bob) == 0


def test_guest_links_nothing(api: Api, google: Issuer) -> None:
    guest = api.anonymous()
    assert link(api, google, guest.token).outcome == (403, "forbidden-anonymous")
    assert rows(guest) == 0


@pytest.mark.parametrize(
    ("spoil", "outcome"),
    [
        (lambda found: User.objects.filter(pk=found.user_id).update(is_active=False), (401, "disabled-user")),
        (lambda found: found.user.delete(), (401, "invalid-email-password")),
        (lambda _: None, (401, "unverified-user")),
    ],
    ids=["disabled", "gone", "unverified"],
)
def test_account_has_to_be_valid_and_the_token_is_looked_at_before_it(
    api: Api, google: Issuer, bob: Reply, settings: Any, spoil: Any, outcome: tuple[int, str]
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    spoil(account(bob))
    assert link(api, google, bob.token, aud="other.example.com").outcome == INVALID
    assert link(api, google, bob.token, sub="").outcome == (400, "oauth-profile-fetch-failed")
    assert link(api, google, bob.token).outcome == outcome
    assert not User.objects.filter(social_auth__isnull=False).exists()


def test_access_lists_are_those_of_the_account_and_not_of_the_person(
    api: Api, google: Issuer, bob: Reply, settings: Any
) -> None:
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = [ANN]
    assert link(api, google, bob.token).status == 200
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = [BOB]
    assert link(api, google, bob.token, sub="2").outcome == (401, "invalid-email-password")


def test_nonce_is_that_of_the_request(api: Api, google: Issuer, bob: Reply) -> None:
    body = google.body(nonce=hashlib.sha256(b"raw").hexdigest())
    assert api.post(PATH, body, token=bob.token).outcome == INVALID
    assert api.post(PATH, {**body, "nonce": "raw"}, token=bob.token).json == "OK"


def test_there_are_no_options(api: Api, google: Issuer, bob: Reply) -> None:
    reply = api.post(PATH, {**google.body(), "options": {}}, token=bob.token)
    assert reply.outcome == (400, "schema-validation-error")


def test_no_toggle_of_sign_up_stands_in_the_way(api: Api, google: Issuer, bob: Reply, settings: Any) -> None:
    settings.AUTH_DISABLE_SIGNUP = settings.AUTH_DISABLE_AUTO_SIGNUP = settings.AUTH_DISABLE_NEW_USERS = True
    assert link(api, google, bob.token).status == 200


def test_link_is_told_to_the_project_and_a_refused_one_is_not(api: Api, google: Issuer, bob: Reply) -> None:
    told: list[tuple[Any, str]] = []

    def note(account: Account, provider: str, **_: Any) -> None:
        told.append((account.pk, provider))

    signals.identity_linked.connect(note)
    try:
        link(api, google, bob.token)
        link(api, google, bob.token)
    finally:
        signals.identity_linked.disconnect(note)
    assert told == [(account(bob).pk, "google-oauth2")]
