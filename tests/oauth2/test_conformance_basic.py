"""The basic certification plan of the OpenID Foundation (oidcc-basic-certification-test-plan), a test for each module.

In its order and under its names, a number before those that show a line of docs/security.md.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
import time_machine

from nhost_auth.models import Account
from nhost_auth.models.pkce_codes import s256
from tests.conftest import Api
from tests.oauth2.application import REDIRECT, USERINFO, VERIFIER, Application, form
from tests.oauth2.certification import STATE, Page, Suite

NEEDS_A_PAGE = {"login_required", "consent_required", "interaction_required", "account_selection_required"}


@pytest.fixture
def suite(api: Api, bank: Application) -> Suite:
    api.sign_up(displayName="Ann")
    Account.objects.update(phone_number="+12025550143", phone_number_verified=True, email_verified=True)
    return Suite(api, bank, Page(api))


def test_oidcc_server(suite: Suite) -> None:
    tokens, identity = suite.sign_in()
    suite.userinfo(tokens, identity)
    assert suite.exchange("unknown").error == "invalid_grant"


def test_60_oidcc_response_type_missing(suite: Suite) -> None:
    reply = suite.client.ask(response_type=None)
    assert (reply.outcome, "Location" in reply.headers) == ((400, "invalid_request"), False)


def test_oidcc_idtoken_signature(suite: Suite) -> None:
    tokens, _ = suite.sign_in()
    header = jwt.get_unverified_header(tokens["id_token"])
    assert (header["alg"], bool(header["kid"])) == ("RS256", True)


def test_oidcc_idtoken_unsigned(suite: Suite) -> None:
    """Does not apply: nobody gets one."""
    assert "none" not in suite.server["id_token_signing_alg_values_supported"]


def test_oidcc_userinfo_get(suite: Suite) -> None:
    tokens, identity = suite.sign_in()
    reply = suite.api.get(USERINFO, token=tokens["access_token"])
    assert reply.headers["Content-Type"].startswith("application/json")
    assert suite.userinfo(tokens, identity) == reply.json


def test_oidcc_userinfo_post_header(suite: Suite) -> None:
    tokens, identity = suite.sign_in()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    found = suite.userinfo(tokens, identity)
    assert suite.api.post(USERINFO, token=tokens["access_token"]).json == found
    assert form(suite.api, USERINFO, {}, headers=bearer).json == found


def test_oidcc_userinfo_post_body(suite: Suite) -> None:
    tokens, identity = suite.sign_in()
    found = form(suite.api, USERINFO, {"access_token": tokens["access_token"]})
    assert (found.status, found.json) == (200, suite.userinfo(tokens, identity))
    for fields in ({}, {"access_token": ""}, {"access_token": "x"}, {"access_token": tokens["id_token"]}):
        assert form(suite.api, USERINFO, fields).outcome == (401, "invalid_token")


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(suite: Suite) -> None:
    _, identity = suite.sign_in(nonce=None)
    assert "nonce" not in identity


def test_oidcc_scope_profile(suite: Suite) -> None:
    told = suite.userinfo(*suite.sign_in(scope="openid profile"))
    assert set(told) == {"sub", "name", "picture", "locale"}


def test_oidcc_scope_email(suite: Suite) -> None:
    told = suite.userinfo(*suite.sign_in(scope="openid email"))
    assert (told.pop("sub") != "", told) == (True, {"email": "ann@example.com", "email_verified": True})


def test_oidcc_scope_address(suite: Suite) -> None:
    """Does not apply: accounts have no address."""
    assert "address" not in suite.server["scopes_supported"]
    assert suite.authorize(scope="openid address")["error"] == "invalid_scope"


def test_oidcc_scope_phone(suite: Suite) -> None:
    told = suite.userinfo(*suite.sign_in(scope="openid phone"))
    assert (told.pop("sub") != "", told) == (True, {"phone_number": "+12025550143", "phone_number_verified": True})


def test_oidcc_scope_all(suite: Suite) -> None:
    told = suite.userinfo(*suite.sign_in(scope="openid profile email phone"))
    assert set(told) == set(suite.server["claims_supported"])


def test_oidcc_ensure_other_scope_order_succeeds(suite: Suite) -> None:
    tokens, _ = suite.sign_in(scope="email openid")
    assert tokens["scope"] == "email openid"


@pytest.mark.parametrize("display", ["page", "popup"])
def test_oidcc_display(suite: Suite, display: str) -> None:
    suite.sign_in(display=display)


def test_64_oidcc_prompt_login(suite: Suite) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        _, first = suite.sign_in()
        clock.shift(2)
        _, second = suite.sign_in(prompt="login")
    assert suite.page.asked == 2
    assert (second["sub"], second["auth_time"] - first["auth_time"]) == (first["sub"], 2)


def test_64_oidcc_prompt_none_not_logged_in(suite: Suite) -> None:
    found = suite.authorize(prompt="none")
    assert (found["error"] in NEEDS_A_PAGE, "code" in found, suite.page.asked) == (True, False, 0)


def test_64_oidcc_prompt_none_logged_in(suite: Suite) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        _, first = suite.sign_in()
        clock.shift(2)
        _, second = suite.sign_in(prompt="none")
    assert suite.page.asked == 1
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


def test_64_oidcc_max_age_1(suite: Suite) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        _, first = suite.sign_in()
        clock.shift(2)
        _, second = suite.sign_in(max_age="1")
    assert suite.page.asked == 2
    assert (second["sub"], second["auth_time"] - first["auth_time"]) == (first["sub"], 2)


def test_64_oidcc_max_age_10000(suite: Suite) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        suite.page.sign_in()
        clock.shift(800)
        _, first = suite.sign_in(max_age="10000")
        _, second = suite.sign_in(max_age="10000")
    assert suite.page.asked == 1
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])
    assert first["iat"] - first["auth_time"] == 800


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(suite: Suite) -> None:
    suite.sign_in(extra="foobar")


def test_64_oidcc_id_token_hint(suite: Suite) -> None:
    tokens, first = suite.sign_in()
    _, second = suite.sign_in(prompt="none", id_token_hint=tokens["id_token"])
    assert suite.page.asked == 1
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


def test_oidcc_login_hint(suite: Suite) -> None:
    suite.sign_in(login_hint="ann@example.com")


def test_oidcc_ui_locales(suite: Suite) -> None:
    suite.sign_in(ui_locales="se de")


def test_oidcc_claims_locales(suite: Suite) -> None:
    suite.sign_in(claims_locales="se de")


def test_64_oidcc_ensure_request_with_acr_values_succeeds(suite: Suite) -> None:
    """acr_values are a wish; what the server does not know of it does not claim."""
    _, identity = suite.sign_in(acr_values="1 2")
    assert "acr" not in identity


def ended(suite: Suite, code: str, tokens: dict[str, Any]) -> None:
    """A second use is refused and ends the first (RFC 6749 4.1.2)."""
    assert suite.exchange(code).outcome == (400, "invalid_grant")
    assert suite.api.get(USERINFO, token=tokens["access_token"]).status == 401
    assert suite.call(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).error == "invalid_grant"


def test_58_oidcc_codereuse(suite: Suite) -> None:
    code = suite.authorize()["code"]
    ended(suite, code, suite.exchange(code).json)


def test_58_oidcc_codereuse_30seconds(suite: Suite) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        code = suite.authorize()["code"]
        tokens = suite.exchange(code).json
        clock.shift(30)
        ended(suite, code, tokens)


def test_50_oidcc_ensure_registered_redirect_uri(suite: Suite) -> None:
    reply = suite.client.ask(redirect_uri=REDIRECT + "/0123456789")
    assert (reply.outcome, "Location" in reply.headers) == ((400, "invalid_request"), False)


def test_oidcc_ensure_post_request_succeeds(suite: Suite) -> None:
    suite.sign_in(by_form=True)


def test_61_oidcc_server_client_secret_post(suite: Suite) -> None:
    suite.by_post = True
    suite.userinfo(*suite.sign_in())


def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(suite: Suite) -> None:
    """For clients that register themselves; the contract has no room to say that the parameter is not supported."""
    found = suite.authorize(request_uri="https://shop.example/request.jwt")
    assert (found["error"], found["state"]) == ("request_uri_not_supported", STATE)


def unsigned(**claims: Any) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(suite: Suite) -> None:
    assert suite.server["request_parameter_supported"] is False
    found = suite.authorize(request=unsigned(client_id=suite.client.row.pk, nonce="n-2"))
    assert (found["error"], found["state"]) == ("request_not_supported", STATE)


def test_oidcc_claims_essential(suite: Suite) -> None:
    """The parameter is not supported, and ignored: what there is to know is told by scopes."""
    assert suite.server.get("claims_parameter_supported", False) is False
    tokens, identity = suite.sign_in(claims='{"userinfo": {"name": {"essential": true}}}')
    assert suite.userinfo(tokens, identity)["name"] == "Ann"


def test_50_oidcc_ensure_request_object_with_redirect_uri(suite: Suite) -> None:
    """Nobody is sent where the object says."""
    stolen = unsigned(client_id=suite.client.row.pk, redirect_uri="https://evil.example/")
    assert suite.authorize(request=stolen)["error"] == "request_not_supported"
    assert suite.client.ask(request=stolen, redirect_uri="https://evil.example/").outcome == (400, "invalid_request")


def test_oidcc_refresh_token(suite: Suite, shop: Application) -> None:
    assert {"authorization_code", "refresh_token"} == set(suite.server["grant_types_supported"])
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        first, identity = suite.sign_in(scope="openid offline_access", prompt="consent")
        clock.shift(1)
        reply = suite.call(grant_type="refresh_token", refresh_token=first["refresh_token"])
        again = suite.validated(reply)
        for name in ("iss", "sub", "aud", "auth_time"):
            assert again[name] == identity[name]
        assert again["iat"] - identity["iat"] == 1
        assert again.get("nonce") in (None, identity["nonce"])
        assert reply.json["access_token"] != first["access_token"]
        suite.userinfo(reply.json, again)
        assert suite.page.session is not None
        theirs = shop.tokens(suite.page.session.token)["refresh_token"]
    refused = suite.call(grant_type="refresh_token", refresh_token=theirs)
    assert refused.error in ("invalid_grant", "invalid_client")


def test_59_oidcc_ensure_request_with_valid_pkce_succeeds(suite: Suite) -> None:
    challenge = {"code_challenge": s256(VERIFIER), "code_challenge_method": "S256"}
    suite.sign_in(verifier={"code_verifier": VERIFIER}, **challenge)
