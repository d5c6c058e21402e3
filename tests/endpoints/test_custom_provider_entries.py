"""AUTH_PROVIDER_CUSTOM: names, faulty entries, discovery, and whose account is whose (identity.md 4.5).

System checks of the entries are proven in tests/test_checks_providers.py.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User

from nhost_auth.models import Account
from tests.conftest import Api, Reply, account
from tests.issuers import Issuer
from tests.issuers import google as google
from tests.played.custom import SUBJECT, Custom, OAuth2, Oidc
from tests.played.custom import acme as acme
from tests.played.custom import custom as custom
from tests.played.custom import forge as forge
from tests.played.plain import ANN
from tests.visits import CLIENT_URL, consent, session, sign_in, start, visit

LONG, OTHER_LONG = "a" * 39 + "1", "a" * 39 + "2"
DISABLED = f"{CLIENT_URL}?error=disabled-endpoint&errorDescription=This+endpoint+is+disabled"
BROKEN = f"{CLIENT_URL}?error=internal-server-error&errorDescription=Internal+server+error"


def error(reply: Reply) -> str | None:
    return reply.query.get("error")


@pytest.mark.parametrize("flow", ["signin", "signup"])
@pytest.mark.parametrize(
    "name", ["c:nobody", "c:", "c:ACME", "c:acme ", "c:acme/x", "c:acme.", f"c:{'a' * 200}", "c:é"]
)
def test_unknown_name_is_switched_off(api: Api, acme: Oidc, flow: str, name: str) -> None:
    reply = api.get(f"/{flow}/provider/{name}")
    if "/" in name:
        assert reply.status == 404
    else:
        assert (reply.status, reply.location) == (302, DISABLED)


@pytest.mark.parametrize("name", ["acme", "C:acme", "c%3aacme ", "d:acme"])
def test_name_without_its_prefix_is_no_provider(api: Api, acme: Oidc, name: str) -> None:
    assert api.get(f"/signin/provider/{name}").status == (400 if "%" not in name else 302)


@pytest.mark.parametrize(
    "name", ["c:%00", "c:a%00b", "c:%ED%A0%80", "c:%20", "c:%5C", f"c:{'a' * 3000}"], ids=lambda n: n[:12]
)
def test_odd_name_is_no_fault_of_the_server(api: Api, acme: Oidc, name: str) -> None:
    ann = api.sign_up(ANN)
    assert api.get(f"/signin/provider/{name}").status in (302, 400)
    assert api.get(f"/signin/provider/{name}/callback", query={"state": "x"}).status in (302, 400)
    assert api.get(f"/signin/provider/{name}/callback/tokens", token=ann.token).status in (200, 400)
    assert api.post(f"/token/provider/{name}", {"refreshToken": "x"}, token=ann.token).status in (400, 409)


def test_setting_may_be_text_of_json(api: Api, acme: Oidc, settings: Any) -> None:
    settings.AUTH_PROVIDER_CUSTOM = json.dumps(settings.AUTH_PROVIDER_CUSTOM)
    assert sign_in(api, acme).user["email"] == ANN


@pytest.mark.parametrize(
    "changed", [{"type": "saml"}, {"clientSecret": None}, {"issuer": "http://id.acme.example"}, {"unknown": 1}], ids=str
)
def test_faulty_entry_is_left_out_and_the_others_are_not(
    api: Api, acme: Oidc, forge: OAuth2, changed: dict[str, Any]
) -> None:
    acme.configure(**changed)
    assert start(api, acme).location == DISABLED
    assert sign_in(api, forge).status == 200


def test_entry_that_is_taken_out_during_a_visit_ends_it(api: Api, custom: Custom, settings: Any) -> None:
    answer = consent(custom, start(api, custom))
    settings.AUTH_PROVIDER_CUSTOM = None
    reply = api.get(f"/signin/provider/{custom.slug}/callback", query=answer)
    assert reply.location == DISABLED


@pytest.mark.parametrize("slug", ["a1", "a-b", "0--9", LONG])
def test_name_stands_in_the_redirect_uri_and_makes_the_round_trip(api: Api, custom: Custom, slug: str) -> None:
    custom.rename(slug)
    started = start(api, custom)
    assert started.query["redirect_uri"] == f"https://auth.example.com/v1/signin/provider/c:{slug}/callback"
    reply = sign_in(api, custom)
    assert sign_in(api, custom).user["id"] == reply.user["id"]
    tokens = api.get(f"/signin/provider/c:{slug}/callback/tokens", token=reply.token)
    assert tokens.json["accessToken"] == custom.access_tokens[-1]


def test_long_names_that_begin_alike_are_two_providers(api: Api, forge: OAuth2) -> None:
    found = []
    for name in (LONG, OTHER_LONG):
        forge.rename(name)
        forge.profile["email"] = f"{name[-1]}@example.com"
        found.append(sign_in(api, forge))
    assert found[0].user["id"] != found[1].user["id"]
    providers = [account(reply).user.social_auth.get().provider for reply in found]
    assert len(set(providers)) == 2
    assert all(len(provider) <= 32 for provider in providers)


def test_same_subject_at_two_providers_is_two_people(api: Api, acme: Oidc, forge: OAuth2) -> None:
    first = sign_in(api, acme)
    forge.profile["email"] = "forge@example.com"
    assert forge.profile["sub"] == acme.claims["sub"] == SUBJECT
    assert sign_in(api, forge).user["id"] != first.user["id"]


@pytest.mark.parametrize("flow", ["signin", "signup"])
@pytest.mark.parametrize("verified", [True, False])
def test_address_that_it_vouches_for_joins_no_account(api: Api, custom: Custom, flow: str, verified: bool) -> None:
    ann = account(api.sign_up(ANN))
    Account.objects.filter(pk=ann.pk).update(email_verified=verified)
    assert error(visit(api, custom, flow)) == "user-already-exists"
    assert not User.objects.filter(social_auth__isnull=False).exists()


@pytest.mark.parametrize("evicting", [True, False])
def test_account_that_it_made_is_joined_by_no_address_of_others(
    api: Api, custom: Custom, google: Issuer, settings: Any, evicting: bool
) -> None:
    made = sign_in(api, custom)
    settings.AUTH_LINK_EVICT_UNVERIFIED = evicting
    assert google.sign_in(api).outcome == (409, "user-already-exists")
    assert account(made).user.social_auth.count() == 1
    assert sign_in(api, custom).user["id"] == made.user["id"]


def test_two_of_them_do_not_share_an_address(api: Api, acme: Oidc, forge: OAuth2) -> None:
    sign_in(api, acme)
    assert error(visit(api, forge)) == "user-already-exists"


def test_who_is_signed_in_can_link_it(api: Api, custom: Custom) -> None:
    bob = api.sign_up("bob@example.com")
    assert error(visit(api, custom, connect=bob.token)) is None
    assert sign_in(api, custom).user["id"] == bob.user["id"]


def test_two_issuers_of_one_setting_are_not_mixed_up(api: Api, acme: Oidc) -> None:
    """Their documents, keys and tokens are kept apart."""
    sign_in(api, acme)
    other = "https://id.other.example"
    acme.rename("other")
    acme.configure(issuer=other)
    acme.discover(
        f"{other}/.well-known/openid-configuration", issuer=other, authorization_endpoint=f"{other}/authorize"
    )
    assert start(api, acme).location.startswith(f"{other}/authorize?")
    acme.internet.play("GET", "id.other.example", "/authorize", acme.show_page)
    assert error(visit(api, acme)) == "oauth-profile-fetch-failed"  # the token is still Acme's
    acme.changed = {"iss": other, "email": "other@example.com"}
    assert sign_in(api, acme).user["email"] == "other@example.com"


def test_document_may_stand_elsewhere(api: Api, acme: Oidc) -> None:
    acme.configure(discoveryUrl="https://meta.acme.example/tenant/config?v=2")
    acme.discover("https://meta.acme.example/tenant/config?v=2")
    assert sign_in(api, acme).user["email"] == ANN
    assert acme.internet.calls("id.acme.example", "/.well-known/openid-configuration") == []
    assert acme.internet.calls("meta.acme.example")[0].query == {"v": "2"}


def test_document_is_asked_for_once(api: Api, acme: Oidc) -> None:
    for _ in range(2):
        sign_in(api, acme)
    assert len(acme.internet.calls("id.acme.example", "/.well-known/openid-configuration")) == 1
    assert len(acme.internet.calls("id.acme.example", "/keys")) == 1


FAULTY: list[dict[str, Any]] = [
    *({"issuer": issuer} for issuer in ("https://id.acme.example/", "https://evil.example", "", 5, None)),
    *(
        {"authorization_endpoint": url}
        for url in (None, 5, "", "http://id.acme.example/authorize", "javascript:alert(1)")
    ),
    *({"token_endpoint": url} for url in (None, 5, "", "http://id.acme.example/token", "https://[::1")),
    *({"userinfo_endpoint": url} for url in (["x"], "http://id.acme.example/me")),
    *({"jwks_uri": url} for url in (None, 5, "http://id.acme.example/keys", "file:///etc/passwd")),
]


@pytest.mark.parametrize("changed", FAULTY, ids=str)
def test_document_that_leads_astray_is_not_followed_and_not_kept(api: Api, acme: Oidc, changed: dict[str, Any]) -> None:
    acme.discover(**changed)
    assert start(api, acme).location == BROKEN
    acme.discover()
    assert sign_in(api, acme).status == 200


@pytest.mark.parametrize(
    ("status", "value"),
    [(404, {}), (500, "later"), (302, ""), (200, "<html>"), (200, ""), (200, []), (200, "null"), (200, 5), (200, {})],
    ids=str,
)
def test_document_that_cannot_be_had_is_an_error_of_the_server(api: Api, acme: Oidc, status: int, value: Any) -> None:
    acme.internet.answer("id.acme.example", "/.well-known/openid-configuration", status, value)
    assert start(api, acme).location == BROKEN


def test_document_without_a_profile_serves_who_has_an_address(api: Api, acme: Oidc) -> None:
    acme.discover(userinfo_endpoint=None)
    assert sign_in(api, acme).user["email"] == ANN
    acme.changed = {"email": None}
    assert error(visit(api, acme)) == "oauth-profile-fetch-failed"


def test_session_opened_by_a_visit_is_that_of_the_account(api: Api, custom: Custom) -> None:
    found = session(api, visit(api, custom))
    assert api.get("/user", token=found.token).json["id"] == found.user["id"]
