"""System checks of social providers: nhost_auth.E015 to E018, W003, W112 (configuration.md 1.10, identity.md 4.5)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.checks import CheckMessage, Error, run_checks
from django.core.checks import Warning as Caution
from django.test import modify_settings

from nhost_auth.conf import PROVIDER_SCOPES
from tests.conftest import Api
from tests.issuers import key

IDS = ("E015", "E016", "E017", "E018", "W003", "W112")
GITHUB = {f"AUTH_PROVIDER_GITHUB_{name}": "hunter2" for name in ("CLIENT_ID", "CLIENT_SECRET")}
GITHUB_ON = {**GITHUB, "AUTH_PROVIDER_GITHUB_ENABLED": True}
OIDC = {"type": "oidc", "clientId": "c", "clientSecret": "hunter2", "issuer": "https://id.example.com"}
OAUTH2 = {
    "type": "oauth2",
    "clientId": "c",
    "clientSecret": "hunter2",
    "authorizationUrl": "https://id.example.com/authorize",
    "tokenUrl": "https://id.example.com/token",
    "userinfoUrl": "https://id.example.com/me",
}
CUSTOM, EVICT = "AUTH_PROVIDER_CUSTOM", "AUTH_LINK_EVICT_UNVERIFIED"


def pem(private: Any, password: bytes | None = None) -> str:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


def found(settings: Any, values: dict[str, Any], *, deploy: bool = False) -> list[CheckMessage]:
    for name, value in values.items():
        setattr(settings, name, value)
    messages = run_checks(include_deployment_checks=deploy)
    return [message for message in messages if str(message.id).removeprefix("nhost_auth.") in IDS]


def numbers(settings: Any, values: dict[str, Any], *, deploy: bool = False) -> list[str]:
    messages = found(settings, values, deploy=deploy)
    assert all("hunter2" not in f"{message.msg} {message.hint}" for message in messages)
    return [str(message.id).removeprefix("nhost_auth.") for message in messages]


def test_provider_that_is_set_up_calls_forth_nothing(settings: Any) -> None:
    assert numbers(settings, {**GITHUB_ON, CUSTOM: {"acme": OIDC, "b2": OAUTH2}, EVICT: True}, deploy=True) == []


def test_what_providers_lack_does_not_matter_while_they_are_off(settings: Any) -> None:
    with modify_settings(INSTALLED_APPS={"remove": ["social_django"]}):
        assert numbers(settings, {"AUTH_SERVER_URL": "", **GITHUB}, deploy=True) == []


@pytest.mark.parametrize(
    "values",
    [
        GITHUB_ON,
        {CUSTOM: {"acme": OIDC}},
        {"AUTH_PROVIDER_GOOGLE_AUDIENCE": ["c"]},
        {"AUTH_PROVIDER_APPLE_AUDIENCE": ["c"]},
    ],
    ids=str,
)
def test_links_need_the_app_that_holds_them(settings: Any, values: dict[str, Any]) -> None:
    with modify_settings(INSTALLED_APPS={"remove": ["social_django"]}):
        (message,) = found(settings, values)
    assert (message.id, type(message)) == ("nhost_auth.E015", Error)
    assert "INSTALLED_APPS" in str(message.hint)


def test_without_that_app_and_without_providers_all_else_works(api: Api) -> None:
    with modify_settings(INSTALLED_APPS={"remove": ["social_django"]}):
        session = api.sign_up()
        assert api.sign_in().user["id"] == session.user["id"]
        assert api.get("/user", token=session.token).status == 200


@pytest.mark.parametrize("values", [GITHUB_ON, {CUSTOM: {"acme": OIDC}}], ids=str)
def test_browsers_need_an_address_to_come_back_to(settings: Any, values: dict[str, Any]) -> None:
    assert numbers(settings, {"AUTH_SERVER_URL": "", **values}) == ["E016"]


def test_id_tokens_need_no_such_address(settings: Any) -> None:
    assert numbers(settings, {"AUTH_SERVER_URL": "", "AUTH_PROVIDER_GOOGLE_AUDIENCE": ["c"]}) == []


CREDENTIALS = {
    **{name: ["CLIENT_ID", "CLIENT_SECRET"] for name in (*PROVIDER_SCOPES, "WORKOS")},
    "APPLE": ["CLIENT_ID", "TEAM_ID", "KEY_ID", "PRIVATE_KEY"],
    "TWITTER": ["CONSUMER_KEY", "CONSUMER_SECRET"],
}


def test_table_above_holds_all_providers() -> None:
    assert len(CREDENTIALS) == 16


@pytest.mark.parametrize("provider", sorted(CREDENTIALS))
def test_provider_needs_its_credentials(settings: Any, provider: str) -> None:
    messages = found(settings, {f"AUTH_PROVIDER_{provider}_ENABLED": True})
    assert {(message.id, type(message)) for message in messages} == {("nhost_auth.E017", Error)}
    for name, message in zip(CREDENTIALS[provider], messages, strict=True):
        assert f"AUTH_PROVIDER_{provider}_{name} is not set" in message.msg


@pytest.mark.parametrize("missing", CREDENTIALS["APPLE"])
def test_each_of_the_credentials_is_asked_for(settings: Any, missing: str) -> None:
    values = {f"AUTH_PROVIDER_APPLE_{name}": "hunter2" for name in CREDENTIALS["APPLE"]}
    values["AUTH_PROVIDER_APPLE_PRIVATE_KEY"] = pem(key("ES256 of ours"))
    values |= {f"AUTH_PROVIDER_APPLE_{missing}": ""}
    assert numbers(settings, {**values, "AUTH_PROVIDER_APPLE_ENABLED": True}) == ["E017"]


def with_apple_key(settings: Any, private_key: str) -> list[str]:
    values = {f"AUTH_PROVIDER_APPLE_{name}": "hunter2" for name in ("CLIENT_ID", "TEAM_ID", "KEY_ID")}
    return numbers(
        settings, {**values, "AUTH_PROVIDER_APPLE_ENABLED": True, "AUTH_PROVIDER_APPLE_PRIVATE_KEY": private_key}
    )


def test_apple_key_is_pem_in_any_of_three_forms(settings: Any) -> None:
    good = pem(key("ES256 of ours"))
    for form in (good, f"\n {good}\n", good.replace("\n", "\\n"), base64.b64encode(good.encode()).decode()):
        assert with_apple_key(settings, form) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: "hunter2",
        lambda: "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
        lambda: base64.b64encode(b"hunter2").decode(),
        lambda: base64.b64encode(b"\xff\xfe").decode(),
        lambda: pem(key("RS256 of Google")),
        lambda: pem(key("EdDSA")),
        lambda: pem(ec.generate_private_key(ec.SECP384R1())),
        lambda: pem(key("ES256 of ours"), b"hunter2"),
        lambda: (
            key("ES256 of ours")
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        ),
    ],
    ids=["text", "PEM of nothing", "base64", "bytes", "RSA", "Ed25519", "P-384", "encrypted", "public"],
)
def test_apple_key_that_cannot_sign_is_told(settings: Any, make: Any) -> None:
    assert with_apple_key(settings, make()) == ["E018"]


def test_apple_key_is_not_looked_at_while_apple_is_off(settings: Any) -> None:
    assert numbers(settings, {**GITHUB_ON, "AUTH_PROVIDER_APPLE_PRIVATE_KEY": "hunter2"}) == []


@pytest.mark.parametrize(
    "values",
    [
        GITHUB_ON,
        {CUSTOM: {"acme": OIDC}},
        {"AUTH_PROVIDER_GOOGLE_AUDIENCE": ["c"]},
    ],
    ids=str,
)
def test_squatters_who_stay_are_told_at_deployment_only(settings: Any, values: dict[str, Any]) -> None:
    assert numbers(settings, values) == []
    assert numbers(settings, values, deploy=True) == ["W112"]
    assert numbers(settings, {EVICT: True}, deploy=True) == []


BAD_SLUGS = ["", "a", "Acme", "acme_", "a b", "-a", "a-", "é", "a" * 41, "c:acme", "a/b", "a\n", "ab\n"]
GOOD_SLUGS = ["ab", "a1", "1a", "a-b", "a--b", "a" * 40]


@pytest.mark.parametrize("slug", BAD_SLUGS, ids=ascii)
def test_bad_name_is_told(settings: Any, slug: str) -> None:
    (message,) = found(settings, {CUSTOM: {slug: OIDC, "good": OIDC}})
    assert (message.id, type(message)) == ("nhost_auth.W003", Caution)
    assert message.msg.startswith(f"AUTH_PROVIDER_CUSTOM: {slug} ")
    assert message.msg.endswith("; it is left out.")


@pytest.mark.parametrize("slug", GOOD_SLUGS)
def test_good_name_is_not(settings: Any, slug: str) -> None:
    assert numbers(settings, {CUSTOM: {slug: OIDC}}) == []


ODD: list[Any] = [None, 5, [], {}, True]
BAD_ENTRIES: list[Any] = [
    *(None, 5, "hunter2", [], {}),
    *({**OIDC, "type": odd} for odd in (*ODD, "OIDC", "saml", "")),
    *({**OIDC, name: odd} for name in ("clientId", "clientSecret", "issuer") for odd in (*ODD, "")),
    *({**OAUTH2, name: odd} for name in ("authorizationUrl", "tokenUrl", "userinfoUrl") for odd in (None, 5, "")),
    *({name: value for name, value in OIDC.items() if name != left_out} for left_out in OIDC),
    *({name: value for name, value in OAUTH2.items() if name != left_out} for left_out in OAUTH2),
    {**OIDC, "claims": {"id": "sub"}},
    {**OIDC, "tokenUrl": "https://id.example.com"},
    {**OIDC, "clientID": "c"},
    {**OAUTH2, "issuer": "https://id.example.com"},
    {**OAUTH2, "audiences": ["c"]},
    {**OIDC, "issuer": "http://id.example.com"},
    {**OIDC, "issuer": "id.example.com"},
    {**OIDC, "issuer": "https://[::1"},
    {**OIDC, "discoveryUrl": "http://id.example.com/x"},
    *({**OIDC, "discoveryUrl": odd} for odd in (*ODD, "")),
    *({**OAUTH2, name: "http://id.example.com"} for name in ("authorizationUrl", "tokenUrl", "userinfoUrl")),
    {**OAUTH2, "authorizationUrl": "javascript:alert(1)"},
    *({**OIDC, name: odd} for name in ("scopes", "audiences") for odd in (None, "email", 5, {}, [5], [""])),
    *({**OIDC, "disableNonce": odd} for odd in (None, "false", 0, [])),
    *({**OAUTH2, "claims": odd} for odd in (None, "id", [], {"id": 5}, {"id": ""}, {"id": ["x"]}, {"unknown": "x"})),
]


@pytest.mark.parametrize("entry", BAD_ENTRIES, ids=str)
def test_bad_entry_is_told_and_the_good_one_beside_it_is_not(settings: Any, entry: Any) -> None:
    (message,) = found(settings, {CUSTOM: {"bad": entry, "good": OIDC}})
    assert (message.id, type(message)) == ("nhost_auth.W003", Caution)
    assert message.msg.startswith("AUTH_PROVIDER_CUSTOM: bad ")
    assert "hunter2" not in message.msg


@pytest.mark.parametrize(
    "entry",
    [
        {
            **OIDC,
            "discoveryUrl": "https://id.example.com/x",
            "scopes": ["email"],
            "audiences": ["c"],
            "disableNonce": True,
        },
        {**OIDC, "scopes": [], "audiences": [], "disableNonce": False},
        {**OAUTH2, "scopes": ("a", "b"), "claims": {"id": "user_id", "emailVerified": "v"}},
        {**OIDC, "issuer": "http://127.0.0.1:8080"},
        {**OAUTH2, "tokenUrl": "http://localhost/token"},
    ],
    ids=str,
)
def test_optional_members_and_plain_http_behind_the_firewall_are_fine(settings: Any, entry: Any) -> None:
    assert numbers(settings, {CUSTOM: {"acme": entry}}) == []


def test_every_fault_is_told(settings: Any) -> None:
    assert numbers(settings, {CUSTOM: {"A": OIDC, "bad": {}, "worse": None, "good": OIDC}}) == ["W003"] * 3


@pytest.mark.parametrize("value", ["nonsense", ["x"], 5], ids=repr)
def test_setting_of_the_wrong_type_is_told_as_such(settings: Any, value: Any) -> None:
    settings.AUTH_PROVIDER_CUSTOM = value
    assert "nhost_auth.E001" in [message.id for message in run_checks()]
