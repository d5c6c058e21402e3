"""Whose account a person at a provider has: rows of social-auth-app-django, ids as they are (identity.md 4.3).

Addresses that squatters hold are test_takeover.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from social_django.models import UserSocialAuth

from nhost_auth.models import Account
from tests.conftest import Api, account
from tests.endpoints.conftest import provider as provider
from tests.issuers import ANN, SUBJECT, Issuer
from tests.issuers import apple as apple
from tests.issuers import google as google
from tests.played.provider import Played
from tests.visits import of, sign_in, visit

NAMES = {
    "apple": "apple-id",
    "bitbucket": "bitbucket-oauth2",
    "discord": "discord",
    "facebook": "facebook",
    "github": "github",
    "gitlab": "gitlab",
    "google": "google-oauth2",
    "linkedin": "linkedin-openidconnect",
    "spotify": "spotify",
    "strava": "strava",
    "twitch": "twitch",
    "twitter": "twitter",
}
"""social-core's, of the providers whose people it knows by the ids that we know them by."""


def host_user(provider: str, uid: str, email: str = "host@example.com", **extra: Any) -> User:
    """A user of the project with a link that social-auth-app-django has made."""
    user = User.objects.create_user("host", email)
    Account.objects.filter(user=user).update(email_verified=True)
    UserSocialAuth.objects.create(user=user, provider=provider, uid=uid, extra_data=extra)
    return user


@of(*NAMES)
def test_link_from_before_signs_its_user_in(api: Api, provider: Played) -> None:
    user = host_user(NAMES[provider.slug], provider.person.user_id, access_token="theirs", id=5)
    reply = sign_in(api, provider)
    assert reply.user["id"] == str(user.account.pk)
    row = UserSocialAuth.objects.get()
    assert (row.user_id, row.extra_data) == (user.pk, {"access_token": "theirs", "id": 5})
    assert User.objects.count() == 1


@of("azuread", "entraid", "windowslive", "workos")
def test_link_under_a_name_of_another_backend_is_none_of_ours(api: Api, provider: Played) -> None:
    for name in ("azuread-oauth2", "azuread-v2-tenant-oauth2", "microsoft-graph", "live"):
        UserSocialAuth.objects.create(user=User.objects.create_user(name), provider=name, uid=provider.person.user_id)
    assert User.objects.get(pk=account(sign_in(api, provider)).user_id).username not in (
        "azuread-oauth2",
        "azuread-v2-tenant-oauth2",
        "microsoft-graph",
        "live",
    )


def test_address_in_the_place_of_an_id_signs_nobody_in(api: Api, google: Issuer) -> None:
    """Rows of social-core's old habit: an address is no identity."""
    host = host_user("google-oauth2", ANN)
    assert google.sign_in(api).user["id"] != str(host.account.pk)


def test_owner_of_such_a_row_is_found_by_the_verified_address_and_linked_anew(api: Api, google: Issuer) -> None:
    host = host_user("google-oauth2", ANN, email=ANN)
    assert google.sign_in(api, email_verified=False).outcome == (401, "unverified-user")
    assert google.sign_in(api).user["id"] == str(host.account.pk)
    assert set(host.social_auth.values_list("uid", flat=True)) == {ANN, SUBJECT}
    assert google.sign_in(api, email="new@example.com").user["id"] == str(host.account.pk)


@pytest.mark.parametrize("flow", ["signin", "signup"])
@of("github")
def test_link_from_before_is_a_link_for_every_flow(api: Api, provider: Played, flow: str) -> None:
    host_user("github", provider.person.user_id)
    reply = visit(api, provider, flow)
    assert reply.query.get("error") == ("user-already-exists" if flow == "signup" else None)


def test_link_of_a_user_who_may_not_come_in_lets_nobody_in(api: Api, google: Issuer) -> None:
    User.objects.filter(pk=host_user("google-oauth2", SUBJECT).pk).update(is_active=False)
    assert google.sign_in(api).outcome == (401, "disabled-user")


def test_link_goes_with_its_user(api: Api, google: Issuer) -> None:
    first = google.sign_in(api)
    User.objects.all().delete()
    assert google.sign_in(api).user["id"] != first.user["id"]


ALIKE = [
    ("abcXYZ", "ABCxyz"),
    ("abc", "abc."),
    ("straße", "strasse"),
    ("é", "e"),
    ("\uff41", "a"),
    ("\ufb01", "fi"),
    ("0", "00"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE, ids=ascii)
def test_ids_that_look_alike_are_two_people_or_one_of_them_is_refused(
    api: Api, google: Issuer, one: str, other: str
) -> None:
    """MariaDB compares without regard to case and marks, and its unique columns do too."""
    first = google.sign_in(api, sub=one)
    second = google.sign_in(api, sub=other, email="bob@example.com")
    if second.status == 200:
        assert second.user["id"] != first.user["id"]
        assert google.sign_in(api, sub=other).user["id"] == second.user["id"]
    else:
        assert connection.vendor == "mysql"
        assert second.outcome == (400, "provider-account-already-linked")
        assert Account.objects.count() == 1
    assert google.sign_in(api, sub=one).user["id"] == first.user["id"]


def test_look_alike_id_joins_and_links_no_account_of_another(api: Api, google: Issuer, settings: Any) -> None:
    settings.AUTH_LINK_EVICT_UNVERIFIED = True
    first = google.sign_in(api, sub="abc")
    bob = api.sign_up("bob@example.com")
    linked = api.post("/link/idtoken", google.body(sub="ABC"), token=bob.token)
    entered = google.sign_in(api, sub="ABC", email="bob@example.com")
    if connection.vendor == "mysql":
        refused = (400, "provider-account-already-linked")
        assert (linked.outcome, entered.outcome) == (refused, refused)
        assert api.sign_in("bob@example.com").status == 200  # and so nobody was evicted either
    else:
        assert (linked.status, entered.user["id"]) == (200, bob.user["id"])
    assert google.sign_in(api, sub="abc").user["id"] == first.user["id"]


def test_tokens_of_ids_that_look_alike_are_kept_apart(api: Api, google: Issuer, apple: Issuer) -> None:
    assert google.sign_in(api, sub="abc").user["id"] != apple.sign_in(api, sub="abc", email="b@x.example").user["id"]
