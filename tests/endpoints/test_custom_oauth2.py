"""AUTH_PROVIDER_CUSTOM, plain OAuth 2: a visit and what is read from the profile (identity.md 4.5)."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.models import Account
from tests.conftest import Api, Reply, account
from tests.played.custom import SUBJECT, OAuth2
from tests.played.custom import forge as forge
from tests.played.plain import ANN
from tests.played.provider import SECRET
from tests.visits import session, sign_in, start, visit

HOST = "forge.example"
NAMES = {"id": "user_id", "email": "mail", "emailVerified": "mail_ok", "name": "login", "picture": "face"}


def error(reply: Reply) -> str | None:
    return reply.query.get("error")


@pytest.mark.parametrize(("scopes", "sent"), [(None, None), ([], None), (["a"], "a"), (["a", "b:c"], "a b:c")], ids=str)
def test_page_gets_these_parameters_and_no_others(
    api: Api, forge: OAuth2, scopes: list[str] | None, sent: str | None
) -> None:
    forge.configure(scopes=scopes)
    query = start(api, forge).query
    assert query == {
        "client_id": forge.client_id,
        "redirect_uri": "https://auth.example.com/v1/signin/provider/c:forge/callback",
        "response_type": "code",
        "state": query["state"],
        **({"scope": sent} if sent else {}),
    }


def test_parameters_of_the_configured_page_are_kept(api: Api, forge: OAuth2) -> None:
    forge.configure(authorizationUrl=f"{forge.page}?tenant=a%26b&client_id=other")
    query = start(api, forge).query
    assert (query["tenant"], query["client_id"]) == ("a&b", forge.client_id)


def test_code_is_exchanged_and_the_profile_is_fetched_with_the_token(api: Api, forge: OAuth2) -> None:
    sign_in(api, forge)
    exchange, profile = forge.internet.calls(HOST)
    assert (exchange.form["client_id"], exchange.form["client_secret"]) == (forge.client_id, SECRET)
    assert set(exchange.form) == {"grant_type", "code", "redirect_uri", "client_id", "client_secret"}
    assert profile.headers["authorization"] == f"Bearer {forge.access_tokens[-1]}"


def test_id_token_that_comes_along_is_not_looked_at(api: Api, forge: OAuth2) -> None:
    forge.tokens = {**forge.tokens, "id_token": "x.y.z"}
    assert sign_in(api, forge).status == 200


def test_members_of_the_profile_may_have_other_names(api: Api, forge: OAuth2) -> None:
    forge.configure(claims=NAMES)
    forge.profile = {"user_id": 7, "mail": ANN, "mail_ok": True, "login": "annlee", "face": "https://x.example/a.png"}
    forge.profile |= {"sub": "not this", "email": "not@example.com", "name": "Not This"}
    reply = sign_in(api, forge)
    told = {name: reply.user[name] for name in ("email", "emailVerified", "displayName", "avatarUrl")}
    assert told == {
        "email": ANN,
        "emailVerified": True,
        "displayName": "annlee",
        "avatarUrl": "https://x.example/a.png",
    }
    assert account(reply).user.social_auth.get().uid == "7"


def test_names_that_are_not_given_stay_the_usual_ones(api: Api, forge: OAuth2) -> None:
    forge.configure(claims={"id": "user_id"})
    forge.profile["user_id"] = "own"
    found = account(sign_in(api, forge))
    assert (found.email, found.user.social_auth.get().uid) == (ANN, "own")


@pytest.mark.parametrize("value", ["true", "True", 1, "1", [True], {}, None, False, "yes"], ids=repr)
def test_address_is_verified_only_where_the_profile_says_true(api: Api, forge: OAuth2, value: Any) -> None:
    forge.verify(value)
    assert session(api, visit(api, forge)).user["emailVerified"] is False


@pytest.mark.parametrize("name", ["email_verified", "email", "name", "picture"])
def test_everything_but_the_id_may_be_missing(api: Api, forge: OAuth2, name: str) -> None:
    del forge.profile[name]
    found = account(sign_in(api, forge))
    assert found.email == (None if name == "email" else ANN)
    assert found.email_verified == (name not in ("email", "email_verified"))
    assert found.display_name == (SUBJECT if name == "name" else "Ann Lee")


@pytest.mark.parametrize(
    "sub", [None, "", True, 1.5, [], ["x"], {}, " x", "x ", "x\0", "x\n", "\ud800", "x" * 256], ids=ascii
)
def test_id_that_cannot_be_kept_as_it_is_lets_nobody_in(api: Api, forge: OAuth2, sub: Any) -> None:
    forge.profile["sub"] = sub
    assert error(visit(api, forge)) == "oauth-profile-fetch-failed"
    assert not Account.objects.exists()


@pytest.mark.parametrize("sub", [0, 7, 2**70, "0", "7", "{x}", "é", "a b", "x" * 255], ids=ascii)
def test_id_is_kept_as_it_is(api: Api, forge: OAuth2, sub: Any) -> None:
    forge.profile["sub"] = sub
    assert account(sign_in(api, forge)).user.social_auth.get().uid == str(sub)


def test_number_and_its_text_are_one_id(api: Api, forge: OAuth2) -> None:
    forge.profile["sub"] = 7
    first = sign_in(api, forge)
    forge.profile["sub"] = "7"
    assert sign_in(api, forge).user["id"] == first.user["id"]


@pytest.mark.parametrize("profile", [None, [], [{"sub": "7"}], "text", 5, {}, {"data": {"sub": "7"}}], ids=str)
def test_profile_of_another_shape_lets_nobody_in(api: Api, forge: OAuth2, profile: Any) -> None:
    forge.internet.answer(HOST, "/api/me", 200, profile)
    assert error(visit(api, forge)) == "oauth-profile-fetch-failed"


@pytest.mark.parametrize(
    ("path", "expected"), [("/token", "oauth-token-echange-failed"), ("/api/me", "oauth-profile-fetch-failed")]
)
@pytest.mark.parametrize(
    ("status", "value"), [(500, {}), (302, ""), (200, "<html>"), (200, []), (200, {"error": "x"})], ids=str
)
def test_server_that_fails_lets_nobody_in(
    api: Api, forge: OAuth2, path: str, expected: str, status: int, value: Any
) -> None:
    forge.internet.answer(HOST, path, status, value)
    assert error(visit(api, forge)) == expected
    assert not Account.objects.exists()


def test_apps_bring_no_id_tokens_of_it(api: Api, forge: OAuth2) -> None:
    body = {"provider": "c:forge", "idToken": "x.y.z"}
    assert api.post("/signin/idtoken", body).outcome == (409, "disabled-endpoint")


def test_tokens_are_handed_out_and_renewed(api: Api, forge: OAuth2) -> None:
    user = sign_in(api, forge)
    kept = api.get("/signin/provider/c:forge/callback/tokens", token=user.token).json
    renewed = api.post("/token/provider/c:forge", {"refreshToken": kept["refreshToken"]}, token=user.token)
    assert [kept["accessToken"], renewed.json["accessToken"]] == forge.access_tokens
