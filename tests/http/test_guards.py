"""Who may call: odd Authorization headers and odd tokens (accounts.md 1.7, 2.3; RFC 8725)."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from tests.conftest import Api, Reply
from tests.endpoints.elevated_token import elevated_token
from tests.endpoints.totp_app import enrol

MALFORMED, REFUSED = "missing or malformed authorization header", "invalid or expired token"
KEY = "tests-only-" + "s" * 64
FUTURE = 32503680000


@pytest.fixture(autouse=True)
def long_key(settings: Any) -> None:
    """A key that is long enough for HS512 too."""
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": "HS256", "key": KEY, "issuer": "tests"}


def unauthorized(reason: str) -> dict[str, Any]:
    return {
        "status": 401,
        "message": reason,
        "error": "unauthorized",
        "reason": reason,
        "securityScheme": "BearerAuth",
    }


def ask(api: Api, header: str | None) -> Reply:
    return api.get("/user", headers=None if header is None else {"Authorization": header})


def unsigned(claims: dict[str, Any], algorithm: str, signature: str = "") -> str:
    parts = [{"alg": algorithm, "typ": "JWT"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, signature])


def without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in claims.items() if key != name}


ODD_HEADERS: list[str | None] = [
    None,
    *("", " ", "Bearer", "Bearer  {}", " Bearer {}", "Bearer {} ", "Bearer {} x", "Bearer x {}", "bearer {}"),
    *("BEARER {}", "Basic dTpw", "Token {}", "{}", "Bearer\t{}", "Bearer,{}", "Bearer {}, Bearer {}"),
]


@pytest.mark.parametrize("header", ODD_HEADERS)
def test_header_is_exactly_the_word_bearer_and_a_token(api: Api, header: str | None) -> None:
    token = api.sign_up().token
    reply = ask(api, header and header.replace("{}", token))
    assert (reply.status, reply.json) == (401, unauthorized(MALFORMED))
    assert ask(api, f"Bearer {token}").status == 200


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "..", "é", "\u0000", "null", "e30.e30.e30", "W10.W10.W10", "." * 5000]
)
def test_what_is_no_token_is_refused(api: Api, token: str) -> None:
    reply = ask(api, f"Bearer {token}")
    assert (reply.status, reply.json) == (401, unauthorized(REFUSED))


def test_refresh_token_is_no_access_token(api: Api) -> None:
    assert ask(api, f"Bearer {api.sign_up().refresh_token}").json == unauthorized(REFUSED)


FORGERIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "other key": lambda claims: jwt.encode(claims, "t" * 64, "HS256"),
    "HS384 of the right key": lambda claims: jwt.encode(claims, KEY, "HS384"),
    "HS512 of the right key": lambda claims: jwt.encode(claims, KEY, "HS512"),
    "none": lambda claims: unsigned(claims, "none"),
    "None": lambda claims: unsigned(claims, "None"),
    "nOnE": lambda claims: unsigned(claims, "nOnE", "x"),
    "no signature": lambda claims: jwt.encode(claims, KEY, "HS256").rpartition(".")[0] + ".",
    "no third part": lambda claims: jwt.encode(claims, KEY, "HS256").rpartition(".")[0],
    "spoilt signature": lambda claims: jwt.encode(claims, KEY, "HS256")[:-4] + "AAAA",
    "expired": lambda claims: jwt.encode({**claims, "exp": int(time.time())}, KEY, "HS256"),
    "no exp": lambda claims: jwt.encode(without(claims, "exp"), KEY, "HS256"),
    "odd exp": lambda claims: jwt.encode({**claims, "exp": "soon"}, KEY, "HS256"),
    "iat to come": lambda claims: jwt.encode({**claims, "iat": FUTURE}, KEY, "HS256"),
    "nbf to come": lambda claims: jwt.encode({**claims, "nbf": FUTURE}, KEY, "HS256"),
    "other iss": lambda claims: jwt.encode({**claims, "iss": "somebody"}, KEY, "HS256"),
    "no iss": lambda claims: jwt.encode(without(claims, "iss"), KEY, "HS256"),
    "unknown crit": lambda claims: jwt.encode(claims, KEY, "HS256", headers={"crit": ["x"], "x": 1}),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_token_is_refused(api: Api, forgery: str) -> None:
    claims = api.sign_up().claims
    assert ask(api, f"Bearer {FORGERIES[forgery](claims)}").json == unauthorized(REFUSED)


def test_same_claims_with_the_right_key_are_accepted(api: Api) -> None:
    claims = api.sign_up().claims
    for headers in (
        None,
        {"kid": "../../etc/passwd"},
        {"jku": "https://evil.example", "jwk": {"kty": "oct", "k": "eA"}},
    ):
        assert ask(api, f"Bearer {jwt.encode(claims, KEY, 'HS256', headers=headers)}").status == 200


@pytest.mark.parametrize("audience", ["x", ["x"], ["x", "y"], 7, {"x": 1}], ids=str)
def test_47_token_for_somebody_else_is_refused(api: Api, settings: Any, audience: Any) -> None:
    found = {**api.sign_up().claims, "aud": audience}
    text = f"Bearer {jwt.encode(found, KEY, 'HS256')}"
    assert ask(api, text).json == unauthorized(REFUSED)
    assert api.post("/token/verify", {"token": text}).outcome == (400, "invalid-request")
    settings.AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE = True
    assert ask(api, text).status == 401  # no application's, whose tokens name a family that lives


@pytest.mark.parametrize("namespace", [None, {}, "text", {"x-hasura-user-is-anonymous": True}])
def test_token_without_our_claims_is_no_guests(api: Api, namespace: Any) -> None:
    claims = {**api.anonymous().claims, "https://hasura.io/jwt/claims": namespace}
    body = {"signInMethod": "passwordless", "email": "ann@example.com"}
    reply = api.post("/user/deanonymize", body, token=jwt.encode(claims, KEY, "HS256"))
    assert reply.outcome == (400, "user-not-anonymous")


@pytest.mark.parametrize("subject", ["nobody", "", "{", "00000000"])
def test_well_signed_subject_that_is_no_user_id_is_an_invalid_request(api: Api, subject: str) -> None:
    claims = {**api.sign_up().claims, "sub": subject}
    assert ask(api, f"Bearer {jwt.encode(claims, KEY, 'HS256')}").outcome == (400, "invalid-request")


@pytest.mark.parametrize("header", [None, "", "Bearer", "bearer {}", "Bearer a.b.c", "Basic {}"])
def test_where_a_token_is_optional_a_bad_one_is_none(api: Api, header: str | None) -> None:
    token = api.sign_up().token
    headers = None if header is None else {"Authorization": header.replace("{}", token)}
    assert api.post("/token/verify", headers=headers).outcome == (400, "invalid-request")
    assert api.post("/signout", {"all": True}, headers=headers).outcome == (400, "invalid-request")
    assert api.post("/token/verify", {"token": token}, headers=headers).status == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a.b.c", "Basic {}"])
def test_where_no_token_is_asked_for_none_is_looked_at(api: Api, header: str) -> None:
    headers = {"Authorization": header}
    assert api.post("/signin/anonymous", headers=headers).status == 200
    assert api.get("/version", headers=headers).status == 200


def test_token_elsewhere_is_not_looked_for(api: Api) -> None:
    token = api.sign_up().token
    assert api.get("/user", query={"access_token": token}).status == 401
    assert api.get("/user", headers={"Cookie": f"Authorization=Bearer {token}"}).status == 401


def test_token_outlives_its_session_and_dies_with_its_time(api: Api) -> None:
    session = api.sign_up()
    api.post("/signout", {"all": True}, token=session.token)
    assert ask(api, f"Bearer {session.token}").status == 200


PROVEN = "/mfa/recovery-codes"
"""Where further proof is asked for whether the project asks for it or not."""


def unproven(reason: str) -> dict[str, Any]:
    return {**unauthorized(reason), "securityScheme": "BearerAuthElevated"}


@pytest.fixture
def ann(api: Api, settings: Any) -> Reply:
    """The session of somebody who has a way to give more proof."""
    settings.AUTH_MFA_ENABLED = True
    session = api.sign_up()
    enrol(api, session)
    return session


@pytest.mark.parametrize("header", [None, "", "Bearer", "bearer {}", "Basic {}", "Bearer {} x"])
def test_proof_is_asked_for_in_a_bearer_s_header(api: Api, settings: Any, ann: Reply, header: str | None) -> None:
    token = elevated_token(settings, ann)
    headers = None if header is None else {"Authorization": header.replace("{}", token)}
    reply = api.post(PROVEN, headers=headers)
    assert (reply.status, reply.json) == (401, unproven(MALFORMED))
    assert api.post(PROVEN, token=token).status == 200


@pytest.mark.parametrize("forgery", FORGERIES)
def test_proof_in_a_forged_token_is_none(api: Api, settings: Any, ann: Reply, forgery: str) -> None:
    claims = jwt.decode(elevated_token(settings, ann), options={"verify_signature": False})
    assert api.post(PROVEN, token=FORGERIES[forgery](claims)).json == unproven(REFUSED)


@pytest.mark.parametrize("claim", ["", "true", True, "00000000-0000-4000-8000-000000000000"], ids=str)
def test_proof_is_the_user_s_own(api: Api, settings: Any, ann: Reply, claim: Any) -> None:
    assert api.post(PROVEN, token=elevated_token(settings, ann, claim)).json == unproven("elevated claim required")


@pytest.mark.parametrize("subject", ["nobody", "", "{"])
def test_proof_of_a_subject_that_is_no_user_id_cannot_be_looked_at(
    api: Api, settings: Any, ann: Reply, subject: str
) -> None:
    claims = jwt.decode(elevated_token(settings, ann, subject), options={"verify_signature": False})
    reply = api.post(PROVEN, token=jwt.encode({**claims, "sub": subject}, KEY, "HS256"))
    assert (reply.status, reply.json) == (401, unproven("error verifying elevated claim"))
