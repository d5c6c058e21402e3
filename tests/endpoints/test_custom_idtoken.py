"""ID tokens of AUTH_PROVIDER_CUSTOM's OpenID Connect providers, brought by apps (identity.md 4.5, section 5)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from nhost_auth.models import Account
from tests.conftest import Api, Reply, account
from tests.issuers import Issuer
from tests.issuers import google as google
from tests.played.custom import Oidc
from tests.played.custom import acme as acme
from tests.played.plain import ANN
from tests.visits import sign_in

APP = "acme-app"
INVALID = (400, "invalid-request")


@pytest.fixture(autouse=True)
def audiences(acme: Oidc) -> None:
    acme.configure(audiences=[APP, "acme-other-app"])
    acme.changed = {"aud": APP}


def bring(api: Api, acme: Oidc, path: str = "/signin/idtoken", **more: Any) -> Reply:
    return api.post(path, {"provider": "c:acme", "idToken": acme.new_id_token(), **more})


@pytest.mark.parametrize("path", ["/signin/idtoken", "/signup/idtoken"])
def test_somebody_new_gets_an_account(api: Api, acme: Oidc, path: str) -> None:
    reply = bring(api, acme, path)
    assert (reply.user["email"], reply.user["emailVerified"], reply.user["displayName"]) == (ANN, True, "Ann Lee")
    assert account(reply).user.social_auth.get().provider == "c:acme"


def test_browser_and_app_find_the_same_account(api: Api, acme: Oidc) -> None:
    by_app = bring(api, acme)
    acme.changed = {}
    assert sign_in(api, acme).user["id"] == by_app.user["id"]


@pytest.mark.parametrize(
    ("aud", "status"),
    [(APP, 200), ("acme-other-app", 200), ([APP], 200), ("acme-client", 400), ("other", 400), (None, 400)],
    ids=str,
)
def test_audience_is_one_of_the_setting_and_not_the_browsers_client(
    api: Api, acme: Oidc, aud: Any, status: int
) -> None:
    acme.changed = {"aud": aud}
    assert bring(api, acme).outcome == ((200, None) if status == 200 else INVALID)


@pytest.mark.parametrize("audiences", [[], None], ids=str)
def test_without_audiences_apps_bring_none(api: Api, acme: Oidc, audiences: list[str] | None) -> None:
    acme.configure(audiences=audiences)
    acme.changed = {"aud": "acme-client"}
    assert bring(api, acme).outcome == (409, "disabled-endpoint")


@pytest.mark.parametrize("provider", ["c:nobody", "c:", "c:ACME", f"c:{'a' * 200}", "c:é"], ids=ascii)
@pytest.mark.parametrize("path", ["/signin/idtoken", "/signup/idtoken"])
def test_unknown_name_is_switched_off(api: Api, acme: Oidc, path: str, provider: str) -> None:
    assert bring(api, acme, path, provider=provider).outcome == (409, "disabled-endpoint")


@pytest.mark.parametrize(
    "changed", [{"iss": "https://evil.example"}, {"exp": 1}, {"sub": None}, {"sub": 5}, {"sub": "a\0"}], ids=str
)
def test_token_that_is_not_good_is_refused(api: Api, acme: Oidc, changed: dict[str, Any]) -> None:
    acme.changed |= changed
    assert bring(api, acme).outcome == INVALID
    assert not Account.objects.exists()


def test_nonce_is_that_of_the_request(api: Api, acme: Oidc) -> None:
    acme.changed["nonce"] = hashlib.sha256(b"raw").hexdigest()
    assert bring(api, acme).outcome == INVALID
    assert bring(api, acme, nonce="raw").status == 200


def test_token_without_an_address_makes_an_account_without(api: Api, acme: Oidc) -> None:
    acme.changed["email"] = None
    reply = bring(api, acme)
    assert (reply.status, "email" in reply.user) == (200, False)
    assert bring(api, acme).user["id"] == reply.user["id"]
    assert acme.internet.calls("id.acme.example", "/me") == []


@pytest.mark.parametrize("path", ["/signin/idtoken", "/signup/idtoken"])
def test_address_joins_no_account(api: Api, acme: Oidc, path: str) -> None:
    ann = account(api.sign_up(ANN))
    Account.objects.filter(pk=ann.pk).update(email_verified=True)
    assert bring(api, acme, path).outcome == (409, "user-already-exists")
    assert ann.user.social_auth.count() == 0


def test_account_made_by_it_is_joined_by_no_other_provider(api: Api, acme: Oidc, google: Issuer) -> None:
    bring(api, acme)
    assert google.sign_in(api).outcome == (409, "user-already-exists")


def test_who_is_signed_in_can_link_it(api: Api, acme: Oidc) -> None:
    bob = api.sign_up("bob@example.com")
    body = {"provider": "c:acme", "idToken": acme.new_id_token()}
    assert api.post("/link/idtoken", body, token=bob.token).json == "OK"
    assert bring(api, acme).user["id"] == bob.user["id"]
    assert api.post("/link/idtoken", body, token=bob.token).outcome == (400, "provider-account-already-linked")


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "PS256"])
def test_key_may_be_of_any_public_kind(api: Api, acme: Oidc, algorithm: str) -> None:
    acme.algorithm = algorithm
    acme.key = "RS256 of Acme" if algorithm == "PS256" else f"{algorithm} of Acme"
    assert bring(api, acme).status == 200


def test_keys_that_cannot_be_had_are_an_error_of_the_server(api: Api, acme: Oidc) -> None:
    acme.internet.answer("id.acme.example", "/keys", 503, "later")
    assert bring(api, acme).outcome == (500, "internal-server-error")


@pytest.mark.parametrize("path", ["/signin/idtoken", "/signup/idtoken", "/link/idtoken"])
def test_document_that_cannot_be_had_is_an_error_of_the_server(api: Api, acme: Oidc, path: str) -> None:
    acme.internet.answer("id.acme.example", "/.well-known/openid-configuration", 503, "later")
    body = {"provider": "c:acme", "idToken": acme.new_id_token()}
    assert api.post(path, body, token=api.sign_up("bob@example.com").token).outcome == (500, "internal-server-error")
