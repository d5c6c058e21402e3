"""AUTH_PROVIDER_CUSTOM, OpenID Connect: a visit and what its ID token has to be (identity.md 4.5).

Discovery and names are proven in test_custom_provider_entries.py, plain OAuth 2 in test_custom_oauth2.py.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from nhost_auth.models import Account
from tests.conftest import Api, Reply, account
from tests.issuers import jwk, key
from tests.jws import by, compact, unsigned
from tests.played.custom import SUBJECT, Custom, Oidc
from tests.played.custom import acme as acme
from tests.played.custom import custom as custom
from tests.played.custom import forge as forge
from tests.played.plain import ANN
from tests.played.provider import SECRET
from tests.visits import CLIENT_URL, come_back, consent, session, sign_in, start, visit

FAILED = "oauth-profile-fetch-failed"
HEX = re.compile("[0-9a-f]{64}")


def error(reply: Reply) -> str | None:
    return reply.query.get("error")


def test_whole_round_trip_ends_with_a_session(api: Api, custom: Custom) -> None:
    reply = visit(api, custom)
    assert reply.location == f"{CLIENT_URL}?refreshToken={reply.query['refreshToken']}"
    user = session(api, reply).user
    told = {name: user[name] for name in ("email", "emailVerified", "displayName")}
    assert told == {"email": ANN, "emailVerified": True, "displayName": "Ann Lee"}
    assert user["avatarUrl"] == custom.person.avatar
    links = account(sign_in(api, custom)).user.social_auth.values_list("provider", "uid")
    assert list(links) == [(custom.slug, SUBJECT)]


def test_who_comes_again_is_known_by_the_subject(api: Api, acme: Oidc) -> None:
    first = sign_in(api, acme)
    acme.claims |= {"email": "new@example.com", "name": "Ann Roe"}
    assert sign_in(api, acme).user["id"] == first.user["id"]
    acme.claims |= {"sub": "2"}
    assert sign_in(api, acme).user["id"] != first.user["id"]


def test_page_gets_these_parameters_and_no_others(api: Api, acme: Oidc) -> None:
    started = start(api, acme)
    nonce = started.query["nonce"]
    assert started.location.partition("?")[0] == acme.page
    assert started.query == {
        "client_id": acme.client_id,
        "redirect_uri": "https://auth.example.com/v1/signin/provider/c:acme/callback",
        "response_type": "code",
        "scope": "openid email profile",
        "state": started.query["state"],
        "nonce": nonce,
    }
    assert HEX.fullmatch(nonce)
    assert start(api, acme).query["nonce"] != nonce


def test_code_is_exchanged_once_and_nothing_else_is_asked_for(api: Api, acme: Oidc) -> None:
    sign_in(api, acme)
    (exchange,) = acme.internet.calls("id.acme.example", "/token")
    assert set(exchange.form) == {"grant_type", "code", "redirect_uri"}
    assert acme.internet.calls("id.acme.example", "/me") == []


def test_client_may_have_to_name_itself_in_the_body(api: Api, acme: Oidc) -> None:
    acme.discover(token_endpoint_auth_methods_supported=["client_secret_post"])
    acme.basic = False
    user = sign_in(api, acme)
    api.post("/token/provider/c:acme", {"refreshToken": acme.refresh_tokens[-1]}, token=user.token)
    for asked in acme.internet.calls("id.acme.example", "/token"):
        assert (asked.form["client_secret"], "authorization" in asked.headers) == (SECRET, False)


@pytest.mark.parametrize(
    ("scopes", "sent"),
    [
        (["email"], "openid email"),
        (["groups", "openid"], "openid groups"),
        (["openid"], "openid"),
        ([], "openid email profile"),
        (None, "openid email profile"),
    ],
    ids=str,
)
def test_scopes_are_those_of_the_setting_and_openid(api: Api, acme: Oidc, scopes: list[str] | None, sent: str) -> None:
    acme.configure(scopes=scopes)
    assert start(api, acme).query["scope"] == sent


@pytest.mark.parametrize("nonce", ["", "x", "0" * 64, 5, None, ["x"]], ids=repr)
def test_nonce_of_the_visit_has_to_come_back(api: Api, acme: Oidc, nonce: Any) -> None:
    acme.changed = {"nonce": nonce}
    assert error(visit(api, acme)) == FAILED
    assert not Account.objects.exists()


def test_nonce_of_another_visit_is_none_of_this_one(api: Api, acme: Oidc) -> None:
    stolen = start(api, acme).query["nonce"]
    acme.changed = {"nonce": stolen}
    assert error(visit(api, acme)) == FAILED


def test_nonce_can_be_left_out_for_providers_that_do_not_know_it(api: Api, acme: Oidc) -> None:
    acme.configure(disableNonce=True)
    assert "nonce" not in start(api, acme).query
    acme.changed = {"nonce": None}
    assert sign_in(api, acme).user["email"] == ANN
    acme.changed = {"nonce": "0" * 64}
    assert error(visit(api, acme)) == FAILED


def test_nonce_of_the_front_end_is_not_sent(api: Api, acme: Oidc) -> None:
    for name in ("nonce", "NONCE"):
        reply = start(api, acme, **{f"upstreamParams[{name}]": "mine"})
        assert reply.outcome == (400, "invalid-request")
    assert start(api, acme, **{"upstreamParams[prompt]": "login"}).query["prompt"] == "login"


WRONG_CLAIMS: list[dict[str, Any]] = [
    *({"iss": iss} for iss in ("https://id.acme.example/", "http://id.acme.example", "https://evil.example", "", None)),
    *({"aud": aud} for aud in ("other", "", [], None, ["other"], ["acme-client", "other"], 5)),
    {"aud": ["acme-client", "other"], "azp": "other"},
    *({"exp": exp} for exp in (None, 1, "soon")),
    *({"iat": iat} for iat in (2**40, "now")),
    {"nbf": 2**40},
    *({"sub": sub} for sub in (None, "", 5, ["x"], f"{SUBJECT} ", "a\0", "x" * 256)),
    *({"email": email} for email in ("no address", "ann@example.com\nBcc: x@y", "a@b@c", f"{'x' * 250}@b.example")),
]


@pytest.mark.parametrize("changed", WRONG_CLAIMS, ids=lambda changed: ascii(changed)[:50])
def test_claim_that_is_missing_or_wrong_lets_nobody_in(api: Api, acme: Oidc, changed: dict[str, Any]) -> None:
    acme.changed = changed
    assert error(visit(api, acme)) == FAILED
    assert not Account.objects.exists()


@pytest.mark.parametrize("aud", [["acme-client"], "acme-client"], ids=str)
def test_token_for_us_alone_may_name_us_either_way(api: Api, acme: Oidc, aud: Any) -> None:
    acme.changed = {"aud": aud}
    assert sign_in(api, acme).status == 200


def test_audiences_are_for_tokens_of_apps_alone(api: Api, acme: Oidc) -> None:
    acme.configure(audiences=["app"])
    acme.changed = {"aud": "app"}
    assert error(visit(api, acme)) == FAILED


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256", "ES256", "EdDSA"])
def test_key_may_be_of_any_public_kind(api: Api, acme: Oidc, algorithm: str) -> None:
    acme.algorithm = algorithm
    acme.key = f"{algorithm if algorithm in ('ES256', 'EdDSA') else 'RS256'} of Acme"
    assert sign_in(api, acme).user["email"] == ANN


def forged(acme: Oidc, how: str) -> str:
    header = {"alg": "RS256", "typ": "JWT", "kid": acme.key}
    stranger, own = by(key("RS256 of a stranger"), "RS256"), by(key(acme.key), "RS256")
    ways = {
        "none": ({"alg": "none"}, unsigned),
        "client secret": ({"alg": "HS256"}, by(SECRET.encode() * 4, "HS256")),
        "stranger": ({}, stranger),
        "jwk": ({"jwk": jwk("RS256 of a stranger")}, stranger),
        "unknown kid": ({"kid": "x"}, own),
        "no kid": ({"kid": None}, own),
        "crit": ({"crit": ["x"], "x": 1}, own),
        "ES256 said": ({"alg": "ES256"}, own),
    }
    changed, sign = ways[how]
    return compact({name: text for name, text in (header | changed).items() if text}, acme.all_claims(), sign)


@pytest.mark.parametrize(
    "how", ["none", "client secret", "stranger", "jwk", "unknown kid", "no kid", "crit", "ES256 said"]
)
def test_forged_token_lets_nobody_in(api: Api, acme: Oidc, how: str) -> None:
    acme.id_token = lambda: forged(acme, how)
    assert error(visit(api, acme)) == FAILED
    assert not Account.objects.exists()


@pytest.mark.parametrize("token", [None, "", 5, ["x"], "x.y.z"], ids=repr)
def test_token_has_to_come_from_the_token_endpoint(api: Api, acme: Oidc, token: Any) -> None:
    answer = consent(acme, start(api, acme))
    good, acme.id_token = acme.new_id_token(), token
    assert error(come_back(api, acme, {**answer, "id_token": good})) == FAILED
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("told", "profile", "expected"),
    [
        ({"email": None}, {}, (ANN, True)),
        ({"email": ""}, {}, (ANN, True)),
        ({"email": None, "email_verified": True}, {"email_verified": False}, (ANN, False)),
        ({"email": None, "email_verified": True}, {"email_verified": "true"}, (ANN, False)),
        ({"email": None}, {"email": None}, (None, False)),
        ({"email": "token@example.com"}, {"email": "profile@example.com"}, ("token@example.com", True)),
        ({"email": "token@example.com", "email_verified": None}, {}, ("token@example.com", False)),
    ],
    ids=str,
)
def test_profile_is_asked_for_where_the_token_names_no_address(
    api: Api, acme: Oidc, told: dict[str, Any], profile: dict[str, Any], expected: tuple[str | None, bool]
) -> None:
    acme.changed = told
    acme.profile |= profile
    user = account(sign_in(api, acme))
    assert (user.email, user.email_verified) == expected
    assert len(acme.internet.calls("id.acme.example", "/me")) == (0 if told["email"] else 1)


@pytest.mark.parametrize("sub", ["2", "", None, 24400320, [SUBJECT]], ids=repr)
def test_profile_has_to_be_about_the_same_person(api: Api, acme: Oidc, sub: Any) -> None:
    acme.changed = {"email": None}
    acme.profile["sub"] = sub
    assert error(visit(api, acme)) == FAILED


@pytest.mark.parametrize(("status", "value"), [(500, {}), (401, {}), (200, "<html>"), (200, []), (200, None)], ids=str)
def test_profile_that_is_none_lets_nobody_in(api: Api, acme: Oidc, status: int, value: Any) -> None:
    acme.changed = {"email": None}
    acme.internet.answer("id.acme.example", "/me", status, value)
    assert error(visit(api, acme)) == FAILED


def test_who_has_no_address_anywhere_gets_an_account_without(api: Api, acme: Oidc) -> None:
    acme.changed = {"email": None}
    del acme.profile["email"]
    assert account(sign_in(api, acme)).email is None


@pytest.mark.parametrize(("status", "value"), [(503, "later"), (200, {"keys": []}), (200, "<html>")], ids=str)
def test_keys_that_cannot_be_had_let_nobody_in(api: Api, acme: Oidc, status: int, value: Any) -> None:
    acme.internet.answer("id.acme.example", "/keys", status, value)
    assert error(visit(api, acme)) == FAILED


@pytest.mark.parametrize("id_token", [None, "x.y.z", 5], ids=repr)
def test_tokens_are_handed_out_and_renewed_whatever_id_token_comes_along(api: Api, acme: Oidc, id_token: Any) -> None:
    user = sign_in(api, acme)
    kept = api.get("/signin/provider/c:acme/callback/tokens", token=user.token).json
    assert kept["accessToken"] == acme.access_tokens[-1]
    acme.id_token = id_token
    renewed = api.post("/token/provider/c:acme", {"refreshToken": kept["refreshToken"]}, token=user.token)
    assert (renewed.status, renewed.json["accessToken"]) == (200, acme.access_tokens[-1])
    assert renewed.json["accessToken"] != kept["accessToken"]
    asked = acme.internet.calls("id.acme.example", "/token")[-1]
    assert asked.form == {"grant_type": "refresh_token", "refresh_token": kept["refreshToken"]}
