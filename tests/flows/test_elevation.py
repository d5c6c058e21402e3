"""Proof beyond a sign-in: which endpoints ask for it, and what counts (accounts.md 2.8, 1.7).

The modes are proven in tests/endpoints/test_pat.py, the optional guard in tests/endpoints/test_user_password.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nhost_auth.models import Account, Ticket
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import Api, Reply, account
from tests.endpoints.elevated_token import elevated_token
from tests.endpoints.totp_app import enrol
from tests.webauthn_page import add_key, enable

ASKING: dict[str, dict[str, Any]] = {
    "/pat": {"expiresAt": "2090-01-01T00:00:00Z"},
    "/user/email/change": {"newEmail": "new@example.com"},
    "/user/phone-number/change": {"newPhoneNumber": "+12025550100"},
    "/user/phone-number/change/verify": {"newPhoneNumber": "+12025550100", "otp": "000000"},
}
REFUSED = {
    "status": 401,
    "error": "unauthorized",
    "message": "elevated claim required",
    "reason": "elevated claim required",
    "securityScheme": "BearerAuthElevated",
}


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = "required"
    settings.AUTH_SMS_PASSWORDLESS_ENABLED, settings.AUTH_SMS_PROVIDER = True, "memory"


@pytest.mark.parametrize("path", list(ASKING))
def test_5_sensitive_endpoint_asks_before_it_looks_at_the_body(api: Api, settings: Any, path: str) -> None:
    session = api.sign_up()
    for body in (ASKING[path], {}):
        reply = api.post(path, body, token=session.token)
        assert (reply.status, reply.json) == (401, REFUSED)
    reply = api.post(path, ASKING[path], token=elevated_token(settings, session))
    assert reply.outcome in ((200, None), (400, "invalid-otp"))


@pytest.mark.parametrize(
    "claim",
    [
        lambda _: "",
        lambda _: "true",
        lambda _: True,
        lambda _: 1,
        lambda own: [own],
        lambda own: f" {own}",
        lambda own: f"{own}x",
        lambda own: own[:-1],
        lambda _: "00000000-0000-4000-8000-000000000000",
    ],
    ids=["empty", "word", "truth", "number", "list", "blank before", "longer", "shorter", "another's"],
)
def test_5_claim_has_to_be_the_users_own_id(api: Api, settings: Any, claim: Callable[[str], Any]) -> None:
    session = api.sign_up()
    token = elevated_token(settings, session, claim(session.user["id"]))
    assert api.post("/pat", ASKING["/pat"], token=token).json == REFUSED


def test_claim_in_a_token_that_is_not_ours_counts_for_nothing(api: Api, settings: Any) -> None:
    session = api.sign_up()
    secret = settings.HASURA_GRAPHQL_JWT_SECRET
    settings.HASURA_GRAPHQL_JWT_SECRET = {**secret, "key": "a-stranger-" + "x" * 32}
    forged = elevated_token(settings, session)
    settings.HASURA_GRAPHQL_JWT_SECRET = secret
    assert api.post("/pat", ASKING["/pat"], token=forged).json["reason"] == "invalid or expired token"


def test_claim_is_looked_for_under_the_namespace_alone(api: Api, settings: Any) -> None:
    session = api.sign_up()
    settings.HASURA_GRAPHQL_JWT_SECRET = {**settings.HASURA_GRAPHQL_JWT_SECRET, "claims_namespace": "https://other"}
    assert api.post("/pat", ASKING["/pat"], token=elevated_token(settings, session)).json == REFUSED


def test_plain_endpoints_do_not_ask(api: Api) -> None:
    session = api.sign_up()
    assert api.get("/user", token=session.token).status == 200
    assert api.post("/token/verify", token=session.token).status == 200
    convert = {"signInMethod": "passwordless", "email": "guest@example.com"}
    assert api.post("/user/deanonymize", convert, token=api.anonymous().token).status == 200
    assert api.post("/signout", {"all": True}, token=session.token).status == 200


def test_5_refreshing_drops_the_claim(api: Api, settings: Any) -> None:
    session = api.sign_up()
    assert api.post("/pat", ASKING["/pat"], token=elevated_token(settings, session)).status == 200
    refreshed = api.post("/token", {"refreshToken": session.refresh_token})
    assert api.post("/pat", ASKING["/pat"], token=refreshed.token).json == REFUSED


def test_5_no_way_in_gives_the_claim(api: Api) -> None:
    session = api.sign_up()
    ticket = Ticket.objects.issue(account(session), Ticket.Kind.PASSWORD_RESET)
    followed = api.get("/verify", query={"ticket": ticket, "redirectTo": "https://app.example.com"})
    by_link = api.post("/token", {"refreshToken": followed.query["refreshToken"]})
    for reply in (session, api.sign_in(), by_link):
        assert "x-hasura-auth-elevated" not in reply.hasura


HAS: dict[str, Callable[[Api, Reply], Any]] = {
    "nothing": lambda *_: None,
    "address, codes off": lambda *_: Account.objects.update(email_verified=True),
    "address": lambda *_: Account.objects.update(email_verified=True),
    "number": lambda *_: Account.objects.update(phone_number="+12025550100", phone_number_verified=True),
    "security key": lambda api, session: add_key(api, session.token, Authenticator()),
    "second factor": enrol,
}
MAY_ENROL = ("nothing", "address, codes off")


@pytest.mark.parametrize("has", HAS)
@pytest.mark.parametrize("mode", ["disabled", "recommended", "required"])
def test_where_proof_is_always_asked_for_only_who_has_no_way_to_give_it_passes(
    api: Api, settings: Any, mode: str, has: str
) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM, settings.AUTH_MFA_ENABLED = mode, True
    settings.AUTH_OTP_EMAIL_ENABLED = has != "address, codes off"
    enable(settings)
    session = api.sign_up()
    api.get("/mfa/totp/generate", token=session.token)
    HAS[has](api, session)
    reply = api.post("/mfa/recovery-codes", token=session.token)
    if has in MAY_ENROL:
        assert reply.status == 200
    else:
        assert (reply.status, reply.json) == (401, REFUSED)
    assert api.post("/mfa/recovery-codes", token=elevated_token(settings, session)).status == 200
