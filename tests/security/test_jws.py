"""Security lines 45-48: forged access tokens at the endpoints that take one, whatever key signs (RFC 8725).

Beyond tests/infra/test_jwt.py, which proves single rules of the keyring. Forged ID tokens: test_jws_id_tokens.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from nhost_auth.flows import keys
from nhost_auth.infra.crypto import encrypt
from nhost_auth.models import Account, SigningKey
from tests.conftest import Api
from tests.internet import Internet
from tests.issuers import CLIENT, play_google
from tests.issuers import key as private_key
from tests.jws import by, by_secret, compact
from tests.security.forgeries import GROUPS, KIDS, Signer, Tokens

SECRET = "tests-only-" + "s" * 64
PATHS = [
    ("GET", "/user"),
    ("POST", "/pat"),
    ("POST", "/link/idtoken"),
    ("GET", "/elevate"),
    ("POST", "/token/provider/github"),
]
OF_45 = ("no_algorithm", "signature_of_nothing", "other_algorithm_with_the_right_key", "public_key_as_secret")
OF_46, OF_47 = ("key_brought_along", "critical_extensions"), ("odd_claims",)
KID = "2026-11"
PEM, PLAIN = serialization.Encoding.PEM, serialization.NoEncryption()


def private_pem(name: str) -> str:
    return private_key(name).private_bytes(PEM, serialization.PrivateFormat.PKCS8, PLAIN).decode()


def with_secret(settings: Any) -> tuple[str, Any, str | None]:
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": "HS256", "key": SECRET, "issuer": "tests"}
    return "HS256", SECRET.encode(), None


def with_rsa_secret(settings: Any) -> tuple[str, Any, str | None]:
    public = private_key("RS256").public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    pair = {"key": public.decode(), "signing_key": private_pem("RS256")}
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": "RS256", "issuer": "tests", "kid": KID, **pair}
    return "RS256", private_key("RS256"), KID


def of_database(algorithm: str) -> Callable[[Any], tuple[str, Any, str | None]]:
    def prepare(settings: Any) -> tuple[str, Any, str | None]:
        settings.HASURA_GRAPHQL_JWT_SECRET = None
        stored = SigningKey.objects.create(algorithm=algorithm, encrypted_key=encrypt(private_pem(algorithm)))
        return algorithm, private_key(algorithm), str(stored.pk)

    return prepare


KEYRINGS = {
    "HS256": with_secret,
    "RS256 with kid": with_rsa_secret,
    "ES256 of the database": of_database("ES256"),
    "EdDSA of the database": of_database("EdDSA"),
}


@pytest.fixture(params=KEYRINGS)
def signer(request: pytest.FixtureRequest, api: Api, settings: Any) -> Iterator[Signer]:
    """The API itself, with claims of a user who has signed up."""
    keys.forget()
    algorithm, private, kid = KEYRINGS[request.param](settings)
    yield Signer(algorithm, private, api.sign_up().claims, kid)
    keys.forget()


def believed(api: Api, tokens: Tokens) -> set[str]:
    """Which of the tokens are not refused as they have to be."""
    replies = {name: api.get("/user", headers={"Authorization": f"Bearer {token}"}) for name, token in tokens.items()}
    return {f"{name}: {reply.status}" for name, reply in replies.items() if reply.outcome != (401, "unauthorized")}


def test_token_made_by_hand_is_as_good_as_one_of_the_api(api: Api, signer: Signer) -> None:
    assert api.get("/user", token=signer.token()).status == 200


@pytest.mark.parametrize("group", OF_45)
def test_45_algorithm_is_the_key_s_and_the_signature_is_needed(api: Api, signer: Signer, group: str) -> None:
    assert believed(api, GROUPS[group](signer)) == set()


@pytest.mark.parametrize("group", OF_46)
def test_46_nothing_in_the_header_brings_a_key_or_a_rule_along(api: Api, signer: Signer, group: str) -> None:
    assert believed(api, GROUPS[group](signer)) == set()


@pytest.mark.parametrize("group", OF_47)
def test_47_claims_have_to_be_there_and_right(api: Api, signer: Signer, group: str) -> None:
    assert believed(api, GROUPS[group](signer)) == set()


@pytest.mark.parametrize("group", [group for group in GROUPS if group not in (*OF_45, *OF_46, *OF_47)])
def test_48_what_is_written_otherwise_is_no_token(api: Api, signer: Signer, group: str) -> None:
    assert believed(api, GROUPS[group](signer)) == set()


def test_46_kid_of_an_attacker_selects_no_key(api: Api, signer: Signer) -> None:
    tokens = {f"{kid!r}"[:30]: signer.token(kid=kid, sign=signer.stranger) for kid in KIDS}
    tokens |= {f"{kid!r} HS256"[:30]: signer.token(kid=kid, alg="HS256", sign=by_secret(b"")) for kid in KIDS}
    assert believed(api, tokens) == set()


def test_46_kid_that_is_no_text_is_refused_also_with_the_right_key(api: Api, signer: Signer) -> None:
    tokens = {repr(kid): signer.token(kid=kid) for kid in KIDS if kid is not None and not isinstance(kid, str)}
    assert believed(api, tokens) == set()


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_47_every_endpoint_with_a_bearer_refuses_alike(api: Api, signer: Signer, path: tuple[str, str]) -> None:
    for token in (signer.token(sign=signer.stranger), signer.token(alg="none").rpartition(".")[0] + "."):
        assert api.call(*path, {}, token=token).outcome == (401, "unauthorized")
    assert api.call(*path, {}, token=signer.token()).status != 401


@pytest.mark.parametrize("exp", [2**40, 2**70, 1e308, 32503680000.5], ids=str)
def test_end_in_the_far_future_is_one(api: Api, signer: Signer, exp: float) -> None:
    assert api.get("/user", token=signer.token(claims={**signer.claims, "exp": exp})).status == 200


@pytest.mark.parametrize("type_", ["at+jwt", "JOSE", "", None, 5], ids=repr)
def test_47_type_in_the_header_decides_nothing(api: Api, signer: Signer, type_: Any) -> None:
    assert api.get("/user", token=signer.token(typ=type_)).status == 200
    assert believed(api, {"stranger's": signer.token(typ=type_, sign=signer.stranger)}) == set()


def test_47_id_token_is_no_access_token(api: Api, internet: Internet, settings: Any, signer: Signer) -> None:
    settings.AUTH_PROVIDER_GOOGLE_AUDIENCE = [CLIENT]
    google = play_google(internet)
    ann = google.sign_in(api, sub="1")
    claims = google.claims(iss=signer.claims["iss"], sub=ann.user["id"])
    header = {"alg": "RS256", "kid": signer.kid or "x"}
    tokens = {"as it is": google.token(), "with our issuer": google.token(iss=signer.claims["iss"], sub=ann.user["id"])}
    tokens["with our kid"] = compact(header, claims, by(private_key(google.name), "RS256"))
    assert believed(api, tokens) == set()


def test_47_access_token_is_no_id_token(api: Api, internet: Internet, settings: Any, signer: Signer) -> None:
    settings.AUTH_PROVIDER_GOOGLE_AUDIENCE = [CLIENT]
    google = play_google(internet)
    claims = google.claims(iss="https://accounts.google.com")
    tokens = [signer.token(), signer.token(claims=claims), signer.token(claims=claims, kid=google.name)]
    for token in tokens:
        reply = api.post("/signin/idtoken", {"provider": "google", "idToken": token})
        assert reply.outcome == (400, "invalid-request")
    assert Account.objects.count() == 1


def test_padding_is_no_part_of_a_token(api: Api) -> None:
    token = api.sign_up().token
    assert api.get("/user", token=token).status == 200
    assert api.get("/user", token=f"{token}=").outcome == (401, "unauthorized")
