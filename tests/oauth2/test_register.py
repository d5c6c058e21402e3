"""POST /oauth2/register: a user registers an application (RFC 7591)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from nhost_auth import signals
from nhost_auth.flows import keys
from nhost_auth.flows.access_tokens import ELEVATED_CLAIM
from nhost_auth.models import OAuth2Client
from tests.conftest import Api, Reply, account
from tests.oauth2.application import LOGIN, REDIRECT, Application
from tests.oauth2.devices import DEVICE_CODE, ask

REGISTER = "/oauth2/register"
OFF = "AUTH_OAUTH2_PROVIDER_REGISTRATION_ENABLED"
MINIMAL = {"redirect_uris": [REDIRECT]}
METADATA = "invalid_client_metadata"
SCOPES = "openid profile email phone offline_access"


@pytest.fixture(autouse=True)
def registration_enabled(provider_enabled: None, settings: Any) -> None:
    setattr(settings, OFF, True)


def register(api: Api, user: Reply | None, body: Any = None, **changes: Any) -> Reply:
    token = None if user is None else user.token
    return api.post(REGISTER, MINIMAL | changes if body is None else body, token=token)


def registered(api: Api, user: Reply, **changes: Any) -> Application:
    """An application that can be used."""
    reply = register(api, user, **changes)
    assert reply.status == 201, reply.text
    row = OAuth2Client.objects.get(pk=reply.json["client_id"])
    return Application(api, secret=reply.json.get("client_secret", ""), row=row)


def told(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply.json["error"], reply.json["error_description"]


def test_application_is_registered_with_what_goes_without_saying(api: Api) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        reply = register(api, api.sign_up())
    assert (reply.status, reply.headers["Cache-Control"], reply.headers["Pragma"]) == (201, "no-store", "no-cache")
    row = OAuth2Client.objects.get()
    assert row.has_secret(reply.json.pop("client_secret"))
    assert reply.json == {
        "client_id": row.pk,
        "client_id_issued_at": 1772366400,
        "client_secret_expires_at": 0,
        "redirect_uris": [REDIRECT],
        "post_logout_redirect_uris": [],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": SCOPES,
    }
    assert (row.kind, row.name, row.scopes) == ("dynamic", "", SCOPES.split())


def test_application_is_registered_as_it_describes_itself(api: Api, ann: Reply) -> None:
    described = {
        "client_name": "Ann's shop (beta)",
        "redirect_uris": [REDIRECT, "http://127.0.0.1/back", "com.example.shop:/back", REDIRECT],
        "post_logout_redirect_uris": ["https://shop.example/goodbye"],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token", "implicit"],
        "response_types": ["code"],
        "scope": "openid email",
    }
    ignored = {"logo_uri": "https://evil.example/logo.svg", "client_id": "mine", "kind": "registered", "contacts": 7}
    found = register(api, ann, described | ignored).json
    uris, grants = described["redirect_uris"][:3], ["authorization_code", "refresh_token"]
    assert {name: found[name] for name in described} == described | {"redirect_uris": uris, "grant_types": grants}
    assert set(found) == {*described, "client_id", "client_id_issued_at"}
    row = OAuth2Client.objects.get()
    assert (row.is_public, row.created_by, row.kind) == (True, account(ann), "dynamic")
    assert row.pk == found["client_id"] != "mine"


def test_registered_application_signs_people_in(api: Api, ann: Reply) -> None:
    bob = api.sign_up("bob@example.com")
    for changes in ({}, {"token_endpoint_auth_method": "none"}, {"token_endpoint_auth_method": "client_secret_post"}):
        shop = registered(api, ann, **changes)
        assert shop.tokens(bob.token)["scope"] == "openid email profile"


def test_application_registered_for_devices_alone_gets_no_code(api: Api, ann: Reply, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED = True
    television = registered(api, ann, grant_types=[DEVICE_CODE])
    assert television.ask(scope="openid").query["error"] == "unauthorized_client"


def test_consent_to_an_application_that_registered_itself_is_always_asked(api: Api, ann: Reply) -> None:
    shop = registered(api, ann)
    shop.tokens(ann.token)
    shown = api.get(LOGIN, query={"request_id": shop.request_id()}, token=ann.token)
    assert shown.json["consented"] is False
    assert shop.agree(ann.token, shop.request_id(prompt="none")).outcome == (403, "consent-needed")


@pytest.mark.parametrize("scope", ["graphql", "openid graphql", "graphql:role:me", "admin", "", "openid,email"])
def test_scope_that_such_an_application_may_not_have(api: Api, ann: Reply, scope: str) -> None:
    expected = "scope may hold openid, profile, email, phone, offline_access"
    assert told(register(api, ann, scope=scope)) == (400, METADATA, expected)


def test_scope_is_a_limit(api: Api, ann: Reply) -> None:
    shop = registered(api, ann, scope="openid")
    for scope in ("openid email", "graphql", "graphql:role:me"):
        assert shop.ask(scope=scope).query["error"] == "invalid_scope"


@pytest.mark.parametrize(
    "uri",
    [
        "http://shop.example/back",
        "javascript:alert(1)",
        "https://shop.example/#back",
        "https://ann@shop.example/",
        "/back",
        "",
        "https://shop.example/ä",
    ],
)
def test_redirect_uri_that_is_not_acceptable(api: Api, ann: Reply, uri: str) -> None:
    assert register(api, ann, redirect_uris=[REDIRECT, uri]).outcome == (400, "invalid_redirect_uri")
    assert register(api, ann, post_logout_redirect_uris=[uri]).outcome == (400, "invalid_redirect_uri")
    assert not OAuth2Client.objects.exists()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": REDIRECT}, METADATA),
        ({"redirect_uris": [7]}, METADATA),
        ({"redirect_uris": None}, METADATA),
        ({"redirect_uris": [f"{REDIRECT}/{number}" for number in range(11)]}, METADATA),
        ({"redirect_uris": [REDIRECT + "x" * 2048]}, METADATA),
        (MINIMAL | {"token_endpoint_auth_method": "private_key_jwt"}, METADATA),
        (MINIMAL | {"grant_types": ["implicit"]}, METADATA),
        (MINIMAL | {"grant_types": ["refresh_token"]}, METADATA),
        (MINIMAL | {"grant_types": [DEVICE_CODE]}, METADATA),
        (MINIMAL | {"response_types": ["token"]}, METADATA),
        (MINIMAL | {"client_name": "n" * 201}, METADATA),
        (MINIMAL | {"client_name": "Bank\u202egro.elpmaxe"}, METADATA),
        (MINIMAL | {"client_name": "Bank\nof"}, METADATA),
        (MINIMAL | {"client_name": "Bank\0"}, METADATA),
        ([], METADATA),
    ],
    ids=[
        "nothing",
        "no URI",
        "text of URIs",
        "number of a URI",
        "null",
        "many URIs",
        "long URI",
        "method",
        "grant type",
        "refresh alone",
        "device while off",
        "response type",
        "long name",
        "turned name",
        "name of lines",
        "name with NUL",
        "list",
    ],
)
def test_metadata_that_is_not_acceptable(api: Api, ann: Reply, body: Any, error: str) -> None:
    assert register(api, ann, body).outcome == (400, error)
    assert not OAuth2Client.objects.exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"redirect_uris": ["' + b"x" * 300_000], ids=["none", "cut", "long"])
def test_body_that_is_no_json_is_no_metadata(api: Api, ann: Reply, content: bytes) -> None:
    assert api.post(REGISTER, content=content, token=ann.token).outcome == (400, METADATA)


def test_without_an_account_nobody_registers_anything(api: Api, settings: Any) -> None:
    reply = register(api, None)
    assert reply.outcome == (401, "invalid_token")
    assert reply.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')
    assert register(api, api.anonymous()).outcome == (401, "invalid_token")
    ann = api.sign_up()
    user = account(ann).user
    user.is_active = False
    user.save()
    assert register(api, ann).outcome == (401, "invalid_token")
    assert not OAuth2Client.objects.exists()


@pytest.mark.parametrize("everywhere", [False, True])
def test_application_registers_no_other(
    api: Api, shop: Application, ann: Reply, settings: Any, everywhere: bool
) -> None:
    settings.AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE = everywhere
    token = shop.tokens(ann.token, scope="openid graphql")["access_token"]
    assert api.post(REGISTER, MINIMAL, token=token).outcome == (401, "invalid_token")


def test_more_proof_is_asked_for_where_the_project_wants_it(api: Api, ann: Reply, settings: Any) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = "required"
    assert told(register(api, ann)) == (401, "invalid_token", "elevated claim required")
    hasura = {**ann.hasura, ELEVATED_CLAIM: ann.claims["sub"]}
    elevated = keys.backend().keyring.sign({**ann.claims, "https://hasura.io/jwt/claims": hasura})
    assert api.post(REGISTER, MINIMAL, token=elevated).status == 201


def test_account_registers_so_many_and_no_more(api: Api, ann: Reply, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_REGISTRATION_LIMIT = 2
    Application.registered(api, created_by=account(ann))
    for _ in range(2):
        assert register(api, ann).status == 201
    expected = (403, "access_denied", "The account has registered as many applications as it may")
    assert told(register(api, ann)) == expected
    assert register(api, api.sign_up("bob@example.com")).status == 201
    settings.AUTH_OAUTH2_PROVIDER_REGISTRATION_LIMIT = 0
    assert register(api, api.sign_up("eve@example.com")).status == 403


def test_device_grant_is_for_who_has_registered_for_it(api: Api, ann: Reply, settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED = True
    assert ask(registered(api, ann)).outcome == (400, "unauthorized_client")
    television = registered(api, ann, redirect_uris=[], grant_types=[DEVICE_CODE])
    assert television.row.metadata["grant_types"] == [DEVICE_CODE, "refresh_token"]
    assert television.row.metadata["response_types"] == []
    assert ask(television).status == 200


def test_registration_is_told(api: Api, ann: Reply) -> None:
    heard: list[Any] = []

    def receiver(account: Any, client_id: str, **_: Any) -> None:
        heard.append((account.pk, client_id))

    signals.application_registered.connect(receiver)
    found = register(api, ann).json
    signals.application_registered.disconnect(receiver)
    assert heard == [(account(ann).pk, found["client_id"])]


def test_registration_is_there_with_its_setting_alone(api: Api, ann: Reply, settings: Any) -> None:
    discovered = api.get("/.well-known/oauth-authorization-server").json
    assert discovered["registration_endpoint"] == "https://auth.example.com/v1" + REGISTER
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = False
    assert register(api, ann).outcome == (500, "server_error")
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = True
    setattr(settings, OFF, False)
    assert "registration_endpoint" not in api.get("/.well-known/oauth-authorization-server").json
    assert register(api, ann).status == 404
