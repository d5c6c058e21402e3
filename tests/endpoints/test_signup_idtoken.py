"""POST /signup/idtoken: an account for somebody new, a refusal for who is known (identity.md 4.3 and section 5).

What it shares with signing in is proven in test_signin_idtoken.py and test_signin_idtoken_accounts.py.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.contrib.auth.models import User

from nhost_auth.models import Account, RefreshToken
from tests.conftest import Api, account
from tests.issuers import ANN, SUBJECT, Issuer
from tests.issuers import apple as apple
from tests.issuers import google as google
from tests.issuers import issuer as issuer

PATH = "/signup/idtoken"
KNOWN = (409, "user-already-exists")
VERIFY = "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED"


def test_somebody_new_gets_an_account_and_a_session(api: Api, issuer: Issuer) -> None:
    body = {**issuer.body(), "options": {"displayName": "Annie", "metadata": {"plan": "free"}}}
    reply = api.post(PATH, body)
    assert (reply.status, list(reply.json)) == (200, ["session"])
    told = {name: reply.user[name] for name in ("email", "emailVerified", "displayName", "metadata")}
    assert told == {"email": ANN, "emailVerified": True, "displayName": "Annie", "metadata": {"plan": "free"}}
    assert account(reply).user.social_auth.get().uid == SUBJECT
    assert issuer.sign_in(api).user["id"] == reply.user["id"]


@pytest.mark.parametrize(
    ("changed", "status"), [({}, 200), ({"sub": "2"}, 409), ({"email": "new@example.com"}, 409)], ids=str
)
def test_who_is_known_by_link_or_address_is_refused(
    api: Api, google: Issuer, changed: dict[str, Any], status: int
) -> None:
    assert google.sign_up(api).status == 200
    assert google.sign_up(api, **changed).outcome == KNOWN
    assert (Account.objects.count(), RefreshToken.objects.count()) == (1, 1)
    assert account(google.sign_in(api)).user.social_auth.count() == 1


@pytest.mark.parametrize("verified", [True, False, None])
def test_address_of_another_account_is_refused_verified_or_not(api: Api, google: Issuer, verified: bool | None) -> None:
    api.sign_up(ANN)
    assert google.sign_up(api, email_verified=verified, email=ANN.upper()).outcome == KNOWN
    assert not User.objects.filter(social_auth__isnull=False).exists()


def test_refusal_can_be_concealed(api: Api, google: Issuer, settings: Any) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    google.sign_up(api)
    assert google.sign_up(api).outcome == (400, "invalid-request")


def spoil(found: Account, how: str) -> None:
    User.objects.filter(pk=found.user_id).update(is_active=how != "disabled")
    Account.objects.filter(pk=found.pk).update(email_verified=how != "unverified", is_anonymous=how == "anonymous")


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("disabled", (401, "disabled-user")),
        ("unverified", (401, "unverified-user")),
        ("anonymous", (403, "forbidden-anonymous")),
    ],
)
def test_known_one_who_may_not_come_in_is_told_why_by_the_link_and_nothing_by_the_address(
    api: Api, google: Issuer, settings: Any, how: str, outcome: tuple[int, str]
) -> None:
    spoil(account(google.sign_up(api)), how)
    setattr(settings, VERIFY, True)
    assert google.sign_up(api).outcome == outcome
    assert google.sign_up(api, sub="2").outcome == (500, "internal-server-error")
    assert Account.objects.count() == 1


def test_closed_sign_up_is_closed_before_anything_is_looked_at(api: Api, google: Issuer, settings: Any) -> None:
    settings.AUTH_DISABLE_SIGNUP = True
    settings.AUTH_PROVIDER_APPLE_AUDIENCE = []
    closed = (403, "signup-disabled")
    assert google.sign_up(api).outcome == closed
    assert api.post(PATH, {"provider": "google", "idToken": "x"}).outcome == closed
    assert api.post(PATH, {"provider": "apple", "idToken": "x"}).outcome == closed
    assert google.times_asked == 0
    assert api.post(PATH, {"provider": "google"}).outcome == (400, "schema-validation-error")


def test_switch_against_unasked_accounts_does_not_stop_who_asks_for_one(
    api: Api, google: Issuer, settings: Any
) -> None:
    settings.AUTH_DISABLE_AUTO_SIGNUP = True
    assert google.sign_up(api).status == 200


def test_new_users_can_be_stored_disabled(api: Api, google: Issuer, settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    assert google.sign_up(api).outcome == (401, "disabled-user")
    assert (Account.objects.get().disabled, RefreshToken.objects.exists()) == (True, False)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"redirectTo": "https://evil.example"}, "redirectTo-not-allowed"),
        ({"allowedRoles": ["admin"]}, "role-not-allowed"),
        ({"defaultRole": "admin"}, "default-role-must-be-in-allowed-roles"),
    ],
    ids=str,
)
def test_options_are_looked_at_once_it_is_clear_that_somebody_is_new(
    api: Api, google: Issuer, options: dict[str, Any], error: str
) -> None:
    assert api.post(PATH, {**google.body(), "options": options}).outcome == (400, error)
    assert not Account.objects.exists()
    google.sign_up(api)
    assert api.post(PATH, {**google.body(), "options": options}).outcome == KNOWN


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"aud": "other.example.com"}, (400, "invalid-request")),
        ({"iss": "accounts.google.com"}, (400, "invalid-request")),
        ({"exp": 1}, (400, "invalid-request")),
        ({"nonce": "raw"}, (400, "invalid-request")),
        ({"email": None}, (400, "invalid-request")),
        ({"sub": ""}, (400, "oauth-profile-fetch-failed")),
    ],
    ids=str,
)
def test_token_has_to_be_as_good_as_for_signing_in(
    api: Api, issuer: Issuer, changed: dict[str, Any], outcome: tuple[int, str]
) -> None:
    assert issuer.sign_up(api, **changed).outcome == outcome
    assert not Account.objects.exists()


def test_nonce_is_that_of_the_request(api: Api, apple: Issuer) -> None:
    body = apple.body(nonce=hashlib.sha256(b"raw").hexdigest())
    assert api.post(PATH, {**body, "nonce": "other"}).outcome == (400, "invalid-request")
    assert api.post(PATH, {**body, "nonce": "raw"}).status == 200
