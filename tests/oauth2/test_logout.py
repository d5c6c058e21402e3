"""GET and POST /oauth2/logout: an application signs its user out (OpenID Connect RP-Initiated Logout 1.0)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import time_machine

from nhost_auth import signals
from nhost_auth.flows import keys
from nhost_auth.infra.keyring import generate_private_pem
from nhost_auth.models import OAuth2RefreshToken
from tests.conftest import Api, Reply, account
from tests.flows.hostile_targets import FRIENDLY, HOSTILE
from tests.oauth2.application import USERINFO, Application, claims, form

LOGOUT = "/oauth2/logout"
OFF = "AUTH_OAUTH2_PROVIDER_LOGOUT_ENABLED"
PAGE, GOODBYE = "https://app.example.com/oauth2/logout", "https://shop.example/goodbye?shop=7"


@pytest.fixture(autouse=True)
def logout_enabled(provider_enabled: None, settings: Any) -> None:
    setattr(settings, OFF, True)


@pytest.fixture
def shop(api: Api) -> Application:
    return Application.registered(api, post_logout_redirect_uris=[GOODBYE])


def leave(api: Api, *, by_form: bool = False, **parameters: str) -> Reply:
    reply = form(api, LOGOUT, parameters) if by_form else api.get(LOGOUT, query=parameters)
    assert reply.status == 302, reply.text
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    return reply


def lives(application: Application, tokens: dict[str, Any]) -> bool:
    return bool(application.introspect(tokens["refresh_token"])["active"])


@pytest.mark.parametrize("by_form", [False, True], ids=["get", "post"])
def test_id_token_ends_what_came_with_it(api: Api, shop: Application, ann: Reply, by_form: bool) -> None:
    tokens, other = shop.tokens(ann.token), shop.tokens(ann.token)
    hint = {"id_token_hint": tokens["id_token"], "state": "s-1"}
    reply = leave(api, by_form=by_form, **hint, post_logout_redirect_uri=GOODBYE)
    assert reply.location == GOODBYE + "&state=s-1"
    assert not lives(shop, tokens)
    assert api.get(USERINFO, token=tokens["access_token"]).status == 401
    assert lives(shop, other)
    assert api.get("/user", token=ann.token).status == 200


def test_id_token_may_have_expired(api: Api) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        shop, ann = Application.registered(api), api.sign_up()
        tokens = shop.tokens(ann.token)
        clock.shift(86_400)
        leave(api, id_token_hint=tokens["id_token"])
        assert not lives(shop, tokens)


def test_browser_goes_on_to_the_project_s_page(api: Api, shop: Application, ann: Reply, settings: Any) -> None:
    reply = leave(api, id_token_hint=shop.tokens(ann.token)["id_token"], state="s-1")
    assert (reply.location.partition("?")[0], reply.query) == (PAGE, {"client_id": shop.row.pk})
    settings.AUTH_OAUTH2_PROVIDER_LOGOUT_URL = "https://id.example.com/?view=bye"
    reply = leave(api, id_token_hint=shop.tokens(ann.token)["id_token"])
    assert reply.location.startswith("https://id.example.com/?")
    assert reply.query == {"client_id": shop.row.pk, "view": "bye"}


@pytest.mark.parametrize(
    "target",
    [
        GOODBYE + "8",
        GOODBYE.upper(),
        "https://shop.example/goodbye",
        "https://shop.example/back",
        "https://evil.example/",
        "javascript:alert(1)",
        "",
    ],
    ids=["longer", "case", "without query", "redirect_uri", "elsewhere", "script", "none"],
)
def test_50_nobody_is_sent_where_the_application_has_not_registered(
    api: Api, shop: Application, ann: Reply, target: str
) -> None:
    tokens = shop.tokens(ann.token)
    reply = leave(api, id_token_hint=tokens["id_token"], post_logout_redirect_uri=target, state="s-1")
    assert reply.location == f"{PAGE}?client_id={shop.row.pk}"
    assert not lives(shop, tokens)


def test_50_hostile_targets_are_none(api: Api, shop: Application, ann: Reply) -> None:
    hint = shop.tokens(ann.token)["id_token"]
    for target in (target for target in (*HOSTILE, *FRIENDLY) if "\0" not in target):
        reply = leave(api, id_token_hint=hint, post_logout_redirect_uri=target)
        assert reply.location == f"{PAGE}?client_id={shop.row.pk}", target


def test_state_goes_to_the_application_alone_and_only_if_given(api: Api, shop: Application, ann: Reply) -> None:
    hint = shop.tokens(ann.token)["id_token"]
    assert leave(api, id_token_hint=hint, post_logout_redirect_uri=GOODBYE).location == GOODBYE


def forged(tokens: dict[str, Any], **changes: Any) -> str:
    """An ID token with other claims, signed by our own key: what is looked at beside the signature."""
    changed = {**claims(tokens["id_token"]), **changes}
    return keys.backend().keyring.sign({name: value for name, value in changed.items() if value is not None})


def test_without_proof_nothing_ends_and_nobody_is_sent_anywhere_else(
    api: Api, shop: Application, bank: Application, ann: Reply
) -> None:
    tokens = shop.tokens(ann.token)
    header, payload, signature = tokens["id_token"].split(".")
    stranger = generate_private_pem("RS256")
    hints = {
        "none": "",
        "nonsense": "nonsense",
        "access token": tokens["access_token"],
        "session": ann.token,
        "refresh token": tokens["refresh_token"],
        "signature": f"{header}.{payload}.{signature[:-8]}AAAAAAAA",
        "unsigned": jwt.encode(claims(tokens["id_token"]), "", algorithm="none"),
        "other key": jwt.encode(claims(tokens["id_token"]), stranger, algorithm="RS256", headers={"kid": "tests"}),
        "issuer": forged(tokens, iss="https://evil.example"),
        "no audience": forged(tokens, aud=None),
        "two audiences": forged(tokens, aud=[shop.row.pk, bank.row.pk]),
        "unknown audience": forged(tokens, aud="nhoa_0000000000000000"),
        "no family": forged(tokens, sid=None),
        "odd family": forged(tokens, sid=7),
        "no expiry": forged(tokens, exp=None),
    }
    for name, hint in hints.items():
        for by_form in (False, True):
            reply = leave(
                api,
                by_form=by_form,
                id_token_hint=hint,
                client_id=shop.row.pk,
                post_logout_redirect_uri=GOODBYE,
                state="s-1",
            )
            assert reply.location == PAGE, name
    assert lives(shop, tokens)
    assert api.get("/user", token=ann.token).status == 200


def test_client_id_has_to_be_that_of_the_id_token(api: Api, shop: Application, bank: Application, ann: Reply) -> None:
    tokens = shop.tokens(ann.token)
    given = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": GOODBYE}
    assert leave(api, **given, client_id=bank.row.pk).location == PAGE
    assert lives(shop, tokens)
    assert leave(api, **given, client_id=shop.row.pk).location == GOODBYE
    assert not lives(shop, tokens)


def test_id_token_ends_the_family_of_its_own_application_alone(
    api: Api, shop: Application, bank: Application, ann: Reply
) -> None:
    tokens, others = shop.tokens(ann.token), bank.tokens(ann.token)
    leave(api, id_token_hint=forged(tokens, sid=claims(others["id_token"])["sid"]))
    assert OAuth2RefreshToken.objects.count() == 2


def test_who_comes_twice_is_sent_on_as_before(api: Api, shop: Application, ann: Reply) -> None:
    given = {"id_token_hint": shop.tokens(ann.token)["id_token"], "post_logout_redirect_uri": GOODBYE}
    assert [leave(api, **given).location for _ in range(2)] == [GOODBYE, GOODBYE]


def test_parameter_that_comes_twice_is_refused(api: Api, shop: Application, ann: Reply) -> None:
    hint = shop.tokens(ann.token)["id_token"]
    reply = form(api, LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": [GOODBYE, "https://evil.example"]})
    assert reply.outcome == (400, "invalid_request")


def test_sign_out_is_told_once(api: Api, shop: Application, ann: Reply) -> None:
    heard: list[Any] = []

    def receiver(account: Any, client_id: str, **_: Any) -> None:
        heard.append((account.pk, client_id))

    tokens = shop.tokens(ann.token)
    signals.application_signed_out.connect(receiver)
    for _ in range(2):
        leave(api, id_token_hint=tokens["id_token"])
    signals.application_signed_out.disconnect(receiver)
    assert heard == [(account(ann).pk, shop.row.pk)]


def test_logout_is_there_with_its_setting_alone(api: Api, shop: Application, ann: Reply, settings: Any) -> None:
    tokens = shop.tokens(ann.token)
    discovered = api.get("/.well-known/openid-configuration").json
    assert discovered["end_session_endpoint"] == "https://auth.example.com/v1" + LOGOUT
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = False
    assert api.get(LOGOUT, query={"id_token_hint": tokens["id_token"]}).outcome == (500, "server_error")
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = True
    setattr(settings, OFF, False)
    assert "end_session_endpoint" not in api.get("/.well-known/openid-configuration").json
    assert api.get(LOGOUT, query={"id_token_hint": tokens["id_token"]}).status == 404
    assert form(api, LOGOUT, {"id_token_hint": tokens["id_token"]}).status == 404
    assert lives(shop, tokens)
