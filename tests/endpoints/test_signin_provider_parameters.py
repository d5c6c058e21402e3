"""What steers a provider's sign-in page: settings, and parameters of the front end (identity.md 4.1, 4.5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from nhost_auth.conf import conf
from tests.conftest import Api, Reply
from tests.played import ALL
from tests.played.lists import Github
from tests.played.provider import Played
from tests.visits import of, sign_in, start

RESERVED = (
    "client_id",
    "client_secret",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "code",
    "code_challenge",
    "code_challenge_method",
    "nonce",
)
OAUTH2 = tuple(played.slug for played in ALL if played.slug != "twitter")
SCOPED = tuple(slug for slug in OAUTH2 if slug != "workos")
DEFAULTS = {"ORGANIZATION": "org_default", "CONNECTION": "conn_default", "DOMAIN": "example.com"}


def ask(api: Api, provider: Played, **upstream: str) -> Reply:
    return start(api, provider, **{f"upstreamParams[{name}]": value for name, value in upstream.items()})


def names(reply: Reply) -> list[str]:
    """Of the parameters, those given twice included."""
    return sorted(name for name, _ in parse_qsl(urlsplit(reply.location).query, keep_blank_values=True))


@of(*SCOPED)
@pytest.mark.parametrize(
    ("configured", "scope"),
    [(["one", "two:three"], "one two:three"), (["", "one"], "one"), ([], None), (["", ""], None)],
)
def test_scopes_of_the_settings_take_the_place_of_the_usual_ones(
    api: Api, provider: Played, settings: Any, configured: list[str], scope: str | None
) -> None:
    setattr(settings, f"AUTH_PROVIDER_{provider.setting}_SCOPE", configured)
    assert start(api, provider).query["scope"] == (provider.scope if scope is None else scope)


@of("azuread", "entraid")
def test_tenant_is_a_setting(api: Api, provider: Played, settings: Any) -> None:
    setattr(settings, f"AUTH_PROVIDER_{provider.setting}_TENANT", "contoso.example")
    for url in ("page", "token_url", "profile_url"):
        setattr(provider, url, getattr(provider, url).replace("/common/", "/contoso.example/"))
    provider.open()
    assert start(api, provider).location.startswith(provider.page)
    provider.internet.asked.clear()
    sign_in(api, provider)
    assert not any("/common/" in asked.path for asked in provider.internet.asked)


def test_github_may_be_one_of_the_companys_own(api: Api, provider: Github, settings: Any) -> None:
    provider.page, provider.token_url, provider.profile_url = urls = (
        "https://code.example/login/oauth/authorize",
        "https://code.example/login/oauth/access_token",
        "https://code.example/api/v3/user",
    )
    for name, url in zip(("AUTHORIZATION_URL", "TOKEN_URL", "USER_PROFILE_URL"), urls, strict=True):
        setattr(settings, f"AUTH_PROVIDER_GITHUB_{name}", url)
    provider.open()
    assert sign_in(api, provider).user["email"] == provider.person.email
    assert {asked.host for asked in provider.internet.asked} == {"code.example"}


def test_parameters_in_a_configured_url_stay(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_PROVIDER_GITHUB_AUTHORIZATION_URL = "https://code.example/authorize?realm=a%26b&state=theirs"
    query = start(api, provider).query
    assert query["realm"] == "a&b"
    assert query["state"] != "theirs"


@of(*OAUTH2)
def test_callback_is_below_the_servers_own_url(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_SERVER_URL = "https://id.example.net/"
    query = start(api, provider).query
    assert query["redirect_uri"] == f"https://id.example.net/signin/provider/{provider.slug}/callback"


@of(*(played.slug for played in ALL))
def test_parameters_for_the_provider_are_passed_on(api: Api, provider: Played) -> None:
    plain, reply = start(api, provider), ask(api, provider, login_hint="ann@example.com", empty="", **{"a b": "ä&="})
    assert reply.query["login_hint"] == "ann@example.com"
    assert (reply.query["empty"], reply.query["a b"]) == ("", "ä&=")
    assert names(reply) == sorted([*names(plain), "login_hint", "empty", "a b"])


@of("azuread", "strava")
def test_parameters_for_the_provider_go_before_its_usual_extras(api: Api, provider: Played) -> None:
    [(name, usual)] = provider.extra.items()
    assert start(api, provider).query[name] == usual
    assert ask(api, provider, **{name: "consent"}).query[name] == "consent"


@pytest.mark.parametrize("name", RESERVED)
def test_parameters_of_the_protocol_are_not_the_front_ends(api: Api, provider: Played, name: str) -> None:
    for spelled in (name, name.upper(), name.title()):
        assert ask(api, provider, **{spelled: "evil"}).outcome == (400, "invalid-request")


@of("github", "twitter", "workos")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hint", "a&client_id=evil&redirect_uri=https://evil.example"),
        ("hint", "a%26client_id%3Devil"),
        ("hint", "a#&state=evil"),
        ("hint&client_id", "evil"),
        ("client_id=evil&x", "y"),
        ("client%5Fid", "evil"),
        ("client_id ", "evil"),
    ],
)
def test_neither_name_nor_value_can_bring_in_parameters(api: Api, provider: Played, name: str, value: str) -> None:
    plain, reply = start(api, provider), ask(api, provider, **{name: value})
    assert names(reply) == sorted([*names(plain), name])
    assert reply.query[name] == value
    unchanged = set(plain.query) - {"state", "oauth_token"}
    assert all(reply.query[other] == plain.query[other] for other in unchanged)


@pytest.mark.parametrize(
    "name", ["upstreamParams", "upstreamParams[]", "upstreamParams[a][b]", "upstreamparams[a]", "a"]
)
def test_what_is_no_parameter_for_the_provider_is_not_passed_on(api: Api, provider: Played, name: str) -> None:
    assert names(start(api, provider, **{name: "x"})) == names(start(api, provider))


@of("twitter")
def test_parameters_for_twitter_cannot_replace_its_token(api: Api, provider: Played) -> None:
    assert ask(api, provider, oauth_token="evil", oauth_callback="x").query["oauth_token"] == "request-0"


@of("workos")
@pytest.mark.parametrize(
    ("configured", "query", "expected"),
    [
        ([], {}, {}),
        ([], {"organization": "org_1"}, {"organization": "org_1"}),
        ([], {"connection": "conn_1"}, {"connection": "conn_1"}),
        (["ORGANIZATION"], {}, {"organization": "org_default"}),
        (["CONNECTION"], {"organization": "org_1"}, {"connection": "conn_default", "organization": "org_1"}),
        (["DOMAIN"], {"connection": "conn_1"}, {"connection": "conn_1", "domain": "example.com"}),
        (
            ["ORGANIZATION", "CONNECTION", "DOMAIN"],
            {"organization": "org_1", "connection": "conn_1"},
            {"organization": "org_1", "connection": "conn_1", "domain": "example.com"},
        ),
        (["ORGANIZATION"], {"organization": ""}, {"organization": "org_default"}),
    ],
    ids=str,
)
def test_workos_is_told_whose_sign_in_page_to_show(
    api: Api, provider: Played, settings: Any, configured: list[str], query: dict[str, str], expected: dict[str, str]
) -> None:
    for name in configured:
        setattr(settings, f"AUTH_PROVIDER_WORKOS_DEFAULT_{name}", DEFAULTS[name])
    found = start(api, provider, **query).query
    assert {name: found[name] for name in ("organization", "connection", "domain") if name in found} == expected


@of("google")
def test_whose_sign_in_page_is_a_question_for_workos_alone(api: Api, provider: Played) -> None:
    reply = start(api, provider, organization="org_1", connection="conn_1")
    assert names(reply) == names(start(api, provider))


def test_defaults_of_the_scopes_are_those_of_the_specification() -> None:
    scopes = {played.setting: played.scope for played in ALL if played.slug in SCOPED}
    assert {name: " ".join(getattr(conf, f"AUTH_PROVIDER_{name}_SCOPE")) for name in scopes} == scopes
