"""AUTH_LINK_EVICT_UNVERIFIED: an address goes to whoever a provider says it is of (identity.md 4.3)."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.contrib.auth.models import User

from nhost_auth import signals
from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, RecoveryDevice, TotpDevice
from tests.conftest import PASSWORD, Api, Inbox, Reply, account
from tests.endpoints.conftest import provider as provider
from tests.endpoints.totp_app import enrol
from tests.issuers import ANN, Issuer
from tests.issuers import apple as apple
from tests.issuers import google as google
from tests.played.provider import Played
from tests.sms_inbox import NUMBER, OTP, SEND, code
from tests.visits import of, sign_in, visit
from tests.ways import KNOWN, everything_on, known, told, with_key

VERIFY = "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED"
WAYS_IN = [
    "/signin/email-password",
    "/signin/webauthn/verify",
    "/signin/passwordless/sms/otp",
    "/signin/otp/email/verify",
    "/signin/pat",
    "/signin/mfa/totp",
    "/verify verifyEmail",
    "/verify passwordlessEmail",
    "/verify emailConfirmChange",
    "/verify passwordReset",
    "/token",
    "/token/exchange",
    "/user/password ticket",
]
"""What a squatter can have prepared before the owner comes."""


@pytest.fixture(autouse=True)
def evicting(settings: Any, google: Issuer) -> None:
    everything_on(settings)
    settings.AUTH_LINK_EVICT_UNVERIFIED = True


def lets_in(answer: tuple[int, str | None]) -> bool:
    return answer[0] in (200, 302) and answer[1] is None


@pytest.mark.parametrize("evict", [True, False])
@pytest.mark.parametrize("way", WAYS_IN)
def test_way_in_that_a_squatter_prepared_is_closed_where_the_setting_says_so(
    api: Api, inbox: Inbox, google: Issuer, settings: Any, way: str, evict: bool
) -> None:
    settings.AUTH_LINK_EVICT_UNVERIFIED = evict
    squatter = known(api)
    request = KNOWN[way](api, inbox, squatter)
    owner = google.sign_in(api)
    assert owner.user["id"] == squatter.user["id"]
    assert lets_in(told(request())) is not evict


def test_owner_has_the_account_with_a_proven_address_and_nothing_of_the_squatters(
    api: Api, google: Issuer, apple: Issuer
) -> None:
    squatter = known(api)
    secret = enrol(api, squatter)
    with_key(api, squatter)
    api.post("/mfa/recovery-codes", token=squatter.token)
    assert secret
    body = apple.body(email="squatter@example.com", email_verified=False)
    assert api.post("/link/idtoken", body, token=squatter.token).status == 200
    owner = google.sign_in(api)
    found = account(owner)
    assert (owner.user["email"], owner.user["emailVerified"], found.email_verified) == (ANN, True, True)
    assert (found.phone_number, found.phone_number_verified, found.has_totp) == (None, False, False)
    assert not found.user.has_usable_password()
    assert list(found.user.social_auth.values_list("provider", flat=True)) == ["google-oauth2"]
    assert found.refresh_tokens.count() == 1
    for rows in (found.security_keys, found.tickets, found.pkce_codes, found.challenges, found.provider_sessions):
        assert not rows.exists()
    assert not TotpDevice.objects.filter(user=found.user).exists()
    assert not RecoveryDevice.objects.filter(user=found.user).exists()
    assert api.get("/elevate", token=owner.token).json["methods"] == ["otp-email"]


def test_squatters_link_leads_to_an_account_of_its_own(api: Api, google: Issuer, apple: Issuer) -> None:
    squatter = known(api)
    body = apple.body(email="squatter@example.com")
    api.post("/link/idtoken", body, token=squatter.token)
    owner = google.sign_in(api)
    assert api.post("/signin/idtoken", body).user["id"] != owner.user["id"]


def test_squatters_number_leads_to_an_account_of_its_own(api: Api, google: Issuer) -> None:
    known(api)
    owner = google.sign_in(api)
    memory.outbox.clear()
    api.post(SEND, {"phoneNumber": NUMBER})
    entered = api.post(OTP, {"phoneNumber": NUMBER, "otp": code()})
    assert entered.user["id"] != owner.user["id"]


def test_squatters_second_factor_does_not_stand_before_the_owner(api: Api, google: Issuer, settings: Any) -> None:
    enrol(api, known(api))
    settings.AUTH_MFA_REQUIRED_EVERYWHERE = True
    assert google.sign_in(api).session["refreshToken"]


@pytest.mark.parametrize("way", ["/pat", "/user/password", "/user/webauthn/add", "/user/email/change"])
def test_squatters_access_token_makes_no_new_way_in(api: Api, inbox: Inbox, google: Issuer, way: str) -> None:
    squatter = known(api)
    google.sign_in(api)
    assert not lets_in(told(KNOWN[way](api, inbox, squatter)()))


@of("github")
def test_squatters_tokens_of_a_provider_are_gone(api: Api, google: Issuer, provider: Played) -> None:
    provider.move("squatter@example.com")
    squatter = known(api)
    visit(api, provider, connect=squatter.token)
    owner = google.sign_in(api)
    tokens = api.get("/signin/provider/github/callback/tokens", token=owner.token).json
    assert (tokens["accessToken"], tokens["refreshToken"]) == ("", "")


@of("github")
def test_owner_who_comes_by_browser_takes_it_too(api: Api, provider: Played) -> None:
    squatter = known(api)
    owner = sign_in(api, provider)
    assert (owner.user["id"], owner.user["emailVerified"]) == (squatter.user["id"], True)
    assert api.sign_in().outcome == (401, "invalid-email-password")


@pytest.mark.parametrize("verify", [True, False])
def test_address_has_to_be_verified_by_the_provider(api: Api, google: Issuer, settings: Any, verify: bool) -> None:
    known(api)
    for value in (False, "true", 1, None):
        setattr(settings, VERIFY, verify)
        refused = google.sign_in(api, email_verified=value)
        assert refused.outcome == ((500, "internal-server-error") if verify else (401, "unverified-user"))
        setattr(settings, VERIFY, False)
        assert api.sign_in().status == 200
    assert not User.objects.filter(social_auth__isnull=False).exists()


@of("spotify", "twitch", "facebook")
def test_provider_that_verifies_nothing_evicts_nobody(api: Api, provider: Played) -> None:
    provider.move(ANN)
    known(api)
    assert visit(api, provider).query["error"] == "unverified-user"
    assert api.sign_in().status == 200


def verify_account(reply: Reply) -> None:
    Account.objects.filter(pk=account(reply).pk).update(email_verified=True)


def test_who_has_proven_the_address_is_nobody_to_evict(api: Api, google: Issuer) -> None:
    ann = known(api)
    verify_account(ann)
    assert google.sign_in(api).user["id"] == ann.user["id"]
    assert api.sign_in().status == 200
    assert api.post("/token", {"refreshToken": ann.refresh_token}).status == 200
    assert account(ann).phone_number == NUMBER


@pytest.mark.parametrize("evict", [True, False])
def test_takeover_is_a_way_in_where_addresses_have_to_be_proven(
    api: Api, google: Issuer, settings: Any, evict: bool
) -> None:
    known(api)
    setattr(settings, VERIFY, True)
    settings.AUTH_LINK_EVICT_UNVERIFIED = evict
    reply = google.sign_in(api)
    assert reply.outcome == ((200, None) if evict else (500, "internal-server-error"))
    setattr(settings, VERIFY, False)
    assert (api.sign_in().status == 401) is evict


def test_disabled_account_is_not_opened_by_it(api: Api, google: Issuer, settings: Any) -> None:
    User.objects.filter(pk=account(known(api)).user_id).update(is_active=False)
    assert google.sign_in(api).outcome == (500, "internal-server-error")
    assert User.objects.get().has_usable_password()


@pytest.mark.parametrize("verify", [True, False])
def test_signing_up_and_linking_evict_nobody(api: Api, google: Issuer, settings: Any, verify: bool) -> None:
    known(api)
    bob = api.sign_up("bob@example.com")
    verify_account(bob)
    setattr(settings, VERIFY, verify)
    assert google.sign_up(api).outcome == (409, "user-already-exists")
    assert api.post("/link/idtoken", google.body(), token=bob.token).status == 200
    assert google.sign_in(api).user["id"] == bob.user["id"]
    setattr(settings, VERIFY, False)
    assert api.sign_in().status == 200


def test_owner_sets_a_password_and_stays(api: Api, google: Issuer) -> None:
    squatter = known(api)
    owner = google.sign_in(api)
    new = {"newPassword": f"{PASSWORD}-new"}
    assert api.post("/user/password", new, token=owner.token).status == 200
    assert api.sign_in(password=new["newPassword"]).user["id"] == squatter.user["id"]
    assert google.sign_in(api).user["id"] == squatter.user["id"]
    assert api.sign_in(password=new["newPassword"]).status == 200


@pytest.mark.parametrize("evict", [True, False])
def test_takeover_is_told_to_the_project_and_logged(
    api: Api, google: Issuer, settings: Any, caplog: pytest.LogCaptureFixture, evict: bool
) -> None:
    settings.AUTH_LINK_EVICT_UNVERIFIED = evict
    squatter = account(known(api))
    heard: list[str] = []

    def note_link(account: Account, provider: str, **_: Any) -> None:
        heard.append(f"linked {provider}" if account.pk == squatter.pk else "somebody else")

    def note_takeover(account: Account, **_: Any) -> None:
        heard.append("taken over" if account.pk == squatter.pk else "somebody else")

    signals.identity_linked.connect(note_link)
    signals.account_taken_over.connect(note_takeover)
    try:
        with caplog.at_level(logging.WARNING, "nhost_auth"):
            google.sign_in(api)
            google.sign_in(api)
    finally:
        signals.identity_linked.disconnect(note_link)
        signals.account_taken_over.disconnect(note_takeover)
    assert heard == (["taken over", "linked google-oauth2"] if evict else ["linked google-oauth2"])
    warnings = [record.getMessage() for record in caplog.records if record.name == "nhost_auth.identities"]
    assert [str(squatter.pk) in warning for warning in warnings] == [True] * evict
    assert ANN not in caplog.text
