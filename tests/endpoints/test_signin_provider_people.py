"""Whose account it is that a provider vouches for, and how one is made (identity.md 4.3; security.md 57)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from nhost_auth.models import Account, ProviderSession, RefreshToken, Role, Ticket, provider_links
from tests.conftest import Api, Inbox, Reply, account
from tests.internet import Internet
from tests.played import ALL
from tests.played.plain import Google, Spotify, Strava
from tests.played.provider import Played
from tests.visits import CLIENT_URL, come_back, consent, of, session, sign_in, start, visit

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
STANDS_AGAINST = ("disabled", "unverified", "blocked", "anonymous")
REASONS = {
    "disabled": "disabled-user",
    "unverified": "unverified-user",
    "blocked": "invalid-email-password",
    "anonymous": "forbidden-anonymous",
}


def error(reply: Reply) -> str | None:
    assert reply.status == 302
    return reply.query.get("error")


def let_stand_against(owner: Account, fault: str, settings: Any) -> None:
    """Gives a reason to refuse an account that was fine so far."""
    if fault == "disabled":
        owner.user.is_active = False
        owner.user.save()
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = fault == "unverified"
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"] if fault == "blocked" else []
    Account.objects.filter(pk=owner.pk).update(email_verified=False, is_anonymous=fault == "anonymous")


@pytest.mark.parametrize("fault", STANDS_AGAINST)
def test_who_is_found_by_link_is_told_what_stands_against_them(
    api: Api, provider: Played, settings: Any, fault: str
) -> None:
    let_stand_against(account(sign_in(api, provider)), fault, settings)
    before = RefreshToken.objects.count()
    assert error(visit(api, provider)) == REASONS[fault]
    settings.AUTH_CONCEAL_ERRORS = True
    assert error(visit(api, provider)) == "invalid-request"
    assert RefreshToken.objects.count() == before


@of("google")
@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize("fault", STANDS_AGAINST)
def test_who_is_found_by_address_is_not_told_and_not_linked(
    api: Api, provider: Played, settings: Any, fault: str, verified: bool
) -> None:
    let_stand_against(account(api.sign_up()), fault, settings)
    provider.verify(verified)
    before = RefreshToken.objects.count()
    assert error(visit(api, provider)) == "internal-server-error"
    assert (provider_links.rows().count(), RefreshToken.objects.count()) == (0, before)


@of(*(played.slug for played in ALL if played.signal))
def test_verified_address_finds_its_account_and_links_it(api: Api, provider: Played) -> None:
    provider.move("ANN@Example.com")
    ann = account(api.sign_up())
    found = sign_in(api, provider)
    assert found.user["id"] == str(ann.pk)
    stored = Account.objects.get()
    assert (stored.email, stored.email_verified, stored.display_name) == ("ann@example.com", False, "ann@example.com")
    assert (stored.avatar_url, api.sign_in().status) == (ann.avatar_url, 200)
    provider.move("moved@example.com")
    assert sign_in(api, provider).user["id"] == str(ann.pk)


@of(*(played.slug for played in ALL if not played.signal and played.slug != "strava"))
def test_address_that_the_provider_does_not_vouch_for_finds_nobody(api: Api, provider: Played) -> None:
    api.sign_up()
    for _ in range(2):
        assert error(visit(api, provider)) == "unverified-user"
    assert (Account.objects.count(), provider_links.rows().count(), ProviderSession.objects.count()) == (1, 0, 0)


@of("google")
@pytest.mark.parametrize("value", [False, None, "true", 1])
def test_address_is_vouched_for_by_the_json_value_true_alone(api: Api, provider: Played, value: Any) -> None:
    api.sign_up()
    provider.verify(value)
    assert error(visit(api, provider)) == "unverified-user"
    assert provider_links.rows().count() == 0


@of("google")
@pytest.mark.parametrize(
    "address", ["änn@example.com", "ann@exämple.com", "ann@example.com.", "ann+x@example.com", "\uff41nn@example.com"]
)
def test_address_that_only_looks_alike_is_somebody_elses(api: Api, provider: Played, address: str) -> None:
    ann = api.sign_up()
    provider.move(address)
    assert session(api, visit(api, provider)).user["id"] != ann.user["id"]
    assert not provider_links.rows().filter(user__account__email_normalized="ann@example.com").exists()


@of("google")
def test_link_counts_before_the_address(api: Api, provider: Played) -> None:
    ann, bob = sign_in(api, provider), api.sign_up("bob@example.com")
    provider.move("bob@example.com")
    assert sign_in(api, provider).user["id"] == ann.user["id"] != bob.user["id"]
    assert provider_links.rows().count() == 1


def test_same_id_at_two_providers_is_two_people(api: Api, internet: Internet, settings: Any) -> None:
    strava, spotify = Strava(internet, settings), Spotify(internet, settings)
    for played in (strava, spotify):
        played.become("42")
    spotify.move(None)
    assert sign_in(api, strava).user["id"] != sign_in(api, spotify).user["id"]
    assert {link.uid for link in provider_links.rows().all()} == {"42"}


def test_same_address_verified_at_two_providers_is_one_person(
    api: Api, provider: Played, internet: Internet, settings: Any
) -> None:
    google = Google(internet, settings)
    assert sign_in(api, provider).user["id"] == sign_in(api, google).user["id"]
    assert provider_links.rows().count() == 2


SWITCHES = [
    ({"AUTH_DISABLE_AUTO_SIGNUP": True}, "invalid-email-password"),
    ({"AUTH_DISABLE_SIGNUP": True}, "signup-disabled"),
    ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAILS": ["ANN@example.com"]}, "invalid-email-password"),
    ({"AUTH_ACCESS_CONTROL_ALLOWED_EMAIL_DOMAINS": ["other.example"]}, "invalid-email-password"),
    ({"allowedRoles": "me,admin"}, "role-not-allowed"),
    ({"defaultRole": "admin"}, "default-role-must-be-in-allowed-roles"),
    ({"AUTH_DISABLE_NEW_USERS": True}, "disabled-user"),
]


def put(settings: Any, changes: dict[str, Any]) -> dict[str, str]:
    """Sets the settings among the changes; the parameters among them."""
    for name, value in changes.items():
        if name.startswith("AUTH_"):
            setattr(settings, name, value)
    return {name: value for name, value in changes.items() if not name.startswith("AUTH_")}


@pytest.mark.parametrize("first", range(len(SWITCHES)))
def test_of_several_reasons_to_make_nobody_the_first_decides(
    api: Api, provider: Played, inbox: Inbox, settings: Any, first: int
) -> None:
    later = {name: value for changes, _ in SWITCHES[first:] for name, value in changes.items()}
    query = put(settings, later)
    assert error(visit(api, provider, **query)) == SWITCHES[first][1]
    stored = int(SWITCHES[first][1] == "disabled-user")
    rows = (Account.objects, get_user_model().objects, provider_links.rows())
    assert [found.count() for found in rows] == [stored] * 3
    assert (RefreshToken.objects.count(), ProviderSession.objects.count(), len(inbox)) == (0, 0, 0)


def test_none_of_these_reasons_concerns_somebody_known(api: Api, provider: Played, settings: Any) -> None:
    ann = sign_in(api, provider)
    for changes, _ in SWITCHES:
        if not any(name.startswith("AUTH_ACCESS") for name in changes):
            assert sign_in(api, provider, **put(settings, changes)).user["id"] == ann.user["id"]


@of("strava")
def test_access_lists_do_not_concern_who_has_no_address(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_ACCESS_CONTROL_ALLOWED_EMAILS = ["boss@example.com"]
    assert "refreshToken" in visit(api, provider).query


def test_new_user_that_is_stored_disabled_stays_out(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    assert error(visit(api, provider)) == "disabled-user"
    settings.AUTH_DISABLE_NEW_USERS = False
    assert error(visit(api, provider)) == "disabled-user"
    assert Account.objects.get().disabled is True


@of("github", "apple", "twitter")
def test_options_are_those_of_the_start(api: Api, provider: Played) -> None:
    query = {"allowedRoles": "me,editor", "defaultRole": "editor", "displayName": "Ann É.", "locale": "fr"}
    user = sign_in(api, provider, **query, metadata='{"plan": {"name": "gold"}}').user
    assert (user["roles"], user["defaultRole"]) == (["editor", "me"], "editor")
    assert (user["displayName"], user["locale"], user["metadata"]) == ("Ann É.", "fr", {"plan": {"name": "gold"}})
    assert Role.objects.filter(pk="editor").exists()


def test_options_have_defaults(api: Api, provider: Played) -> None:
    user = sign_in(api, provider, locale="de").user
    assert (user["roles"], user["defaultRole"]) == (["editor", "me", "user"], "user")
    assert (user["locale"], user["metadata"]) == ("en", None)


def test_options_of_somebody_known_change_nothing(api: Api, provider: Played) -> None:
    first = sign_in(api, provider).user
    query = {"allowedRoles": "me", "defaultRole": "me", "displayName": "Other", "locale": "fr", "metadata": "{}"}
    assert sign_in(api, provider, **query).user == first


@pytest.mark.parametrize("flow", ["signin", "signup"])
@of("google", "spotify")
def test_new_address_that_nobody_vouches_for_has_to_be_proven_first(
    api: Api, provider: Played, inbox: Inbox, settings: Any, flow: str
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    provider.profile["verified_email"] = False
    reply = visit(api, provider, flow, redirectTo=f"{CLIENT_URL}/in?a=1", state="s", codeChallenge=CHALLENGE)
    assert reply.location == f"{CLIENT_URL}/in?a=1&state=s"
    assert (RefreshToken.objects.count(), Ticket.objects.count(), len(inbox)) == (0, 1, 1)
    mail = inbox.last()
    assert (mail.template, mail.message.to) == ("email-verify", ["ann@example.com"])
    assert (mail.query["redirectTo"], mail.query["codeChallenge"]) == (f"{CLIENT_URL}/in?a=1", CHALLENGE)
    assert error(visit(api, provider)) == "unverified-user"
    code = api.get("/verify", query=mail.query).query["code"]
    ann = api.post("/token/exchange", {"code": code, "codeVerifier": VERIFIER}).user
    assert (ann["email"], ann["emailVerified"]) == ("ann@example.com", True)
    assert sign_in(api, provider).user["id"] == ann["id"]


@of("google", "strava")
def test_who_is_vouched_for_or_has_no_address_comes_in_at_once(
    api: Api, provider: Played, inbox: Inbox, settings: Any
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    assert "refreshToken" in visit(api, provider).query
    assert len(inbox) == 0


@of("spotify")
def test_without_that_demand_an_unproven_address_comes_in_without_a_mail(
    api: Api, provider: Played, inbox: Inbox
) -> None:
    assert sign_in(api, provider).user["emailVerified"] is False
    assert len(inbox) == 0


@of("spotify")
def test_tokens_are_kept_also_for_who_has_to_prove_the_address_first(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    visit(api, provider)
    assert ProviderSession.objects.count() == 1


def test_account_that_was_deleted_is_made_anew(api: Api, provider: Played) -> None:
    first = sign_in(api, provider)
    get_user_model().objects.all().delete()
    assert (provider_links.rows().count(), ProviderSession.objects.count()) == (0, 0)
    assert sign_in(api, provider).user["id"] != first.user["id"]


@of("google")
def test_somebody_who_registers_the_address_meanwhile_is_found_by_it(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider))
    ann = api.sign_up()
    assert session(api, come_back(api, provider, answer)).user["id"] == ann.user["id"]
