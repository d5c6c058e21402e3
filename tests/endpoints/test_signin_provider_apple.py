"""Apple's ways: a secret that is a token, a form that comes back, an ID token for a profile (identity.md 4.5)."""

from __future__ import annotations

import base64
import json
import time
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from nhost_auth.models import Account, RefreshToken
from tests.conftest import Api, Reply
from tests.played.apple import ISSUER, Apple, client_pem, signing_key
from tests.visits import come_back, consent, of, session, sign_in, start, visit

pytestmark = of("apple")

STRANGER = {"sub": "stranger", "email": "stranger@example.com", "email_verified": True}
PUBLIC = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo


def failed(reply: Reply, error: str = "oauth-profile-fetch-failed") -> bool:
    return (reply.status, reply.query.get("error")) == (302, error) and not Account.objects.exists()


def escaped(pem: str) -> str:
    return pem.replace("\n", "\\n")


def in_base64(pem: str) -> str:
    return base64.b64encode(pem.encode()).decode()


@pytest.mark.parametrize(
    "write", [str, escaped, in_base64, lambda pem: f"  {pem}\n"], ids=["PEM", "escaped", "base64", "blanks"]
)
def test_private_key_is_written_in_many_ways(api: Api, provider: Apple, settings: Any, write: Any) -> None:
    settings.AUTH_PROVIDER_APPLE_PRIVATE_KEY = write(client_pem())
    assert "refreshToken" in visit(api, provider).query


def test_secret_is_made_for_each_call_and_lives_minutes(api: Api, provider: Apple) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        visit(api, provider)
        clock.shift(3600)
        visit(api, provider)
    calls = provider.internet.calls("appleid.apple.com", "/auth/token")
    secrets = [jwt.decode(call.form["client_secret"], options={"verify_signature": False}) for call in calls]
    assert [found["exp"] - found["iat"] for found in secrets] == [300, 300]
    assert secrets[1]["iat"] - secrets[0]["iat"] == 3600
    headers = [jwt.get_unverified_header(call.form["client_secret"]) for call in calls]
    assert headers == [{"alg": "ES256", "kid": "KEY7890AB", "typ": "JWT"}] * 2


@pytest.mark.parametrize("name", ["TEAM_ID", "KEY_ID", "CLIENT_ID"])
def test_secret_says_who_we_are(api: Api, provider: Apple, settings: Any, name: str) -> None:
    answer = consent(provider, start(api, provider))
    setattr(settings, f"AUTH_PROVIDER_APPLE_{name}", "another")
    assert failed(come_back(api, provider, answer), "oauth-token-echange-failed")


def test_token_of_the_answer_counts_before_that_of_the_form(api: Api, provider: Apple) -> None:
    answer = consent(provider, start(api, provider))
    answer["id_token"] = provider.id_token(STRANGER)
    assert session(api, come_back(api, provider, answer)).user["email"] == provider.person.email


def test_token_of_the_form_counts_where_the_answer_has_none(api: Api, provider: Apple) -> None:
    provider.issues_id_token = False
    assert sign_in(api, provider).user["email"] == provider.person.email
    answer = consent(provider, start(api, provider))
    del answer["id_token"]
    assert come_back(api, provider, answer).query["error"] == "oauth-profile-fetch-failed"


def test_token_of_the_form_is_nothing_without_a_good_code(api: Api, provider: Apple) -> None:
    answer = consent(provider, start(api, provider)) | {"code": "made up"}
    assert failed(come_back(api, provider, answer), "oauth-token-echange-failed")


@cache
def stranger_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hostile_tokens(provider: Apple) -> dict[str, str]:
    good = {"iss": ISSUER, "aud": provider.client_id, "exp": int(time.time()) + 600, **provider.shape}
    kid, public = {"kid": "apple-1"}, signing_key().public_key().public_bytes(*PUBLIC)
    header, body, signature = provider.id_token(provider.shape).split(".")
    confused = base64url(b'{"alg":"HS256","kid":"apple-1"}') + f".{body}"
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    mac.prepare_key = lambda key: key  # type: ignore[method-assign] # PyJWT itself would not take a public key
    return {
        "none": jwt.encode(good, None, "none", kid),
        "public key as secret": f"{confused}.{base64url(mac.sign(confused.encode(), public))}",
        "another key": jwt.encode(good, stranger_key(), "RS256", kid),
        "another algorithm": jwt.encode(good, signing_key(), "RS512", kid),
        "unknown kid": jwt.encode(good, signing_key(), "RS256", {"kid": "apple-2"}),
        "no kid": jwt.encode(good, signing_key(), "RS256"),
        "cut": f"{header}.{body}.{signature[:-4]}",
        "for another": provider.id_token(provider.shape, aud="another client"),
        "of another": provider.id_token(provider.shape, iss="https://accounts.google.com"),
        "over": provider.id_token(provider.shape, exp=int(time.time()) - 40),
        "from tomorrow": provider.id_token(provider.shape, iat=int(time.time()) + 86400),
        "not yet": provider.id_token(provider.shape, nbf=int(time.time()) + 600),
        "for another visit": provider.id_token(provider.shape, nonce="n"),
        "without subject": provider.id_token({"email": "ann@example.com", "email_verified": True}),
        "without address": provider.id_token({"sub": "1"}),
        "no token": "a.b.c",
        "nothing": "",
    }


HOSTILE = (
    "none",
    "public key as secret",
    "another key",
    "another algorithm",
    "unknown kid",
    "no kid",
    "cut",
    "for another",
    "of another",
    "over",
    "from tomorrow",
    "not yet",
    "for another visit",
    "without subject",
    "without address",
    "no token",
    "nothing",
)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("place", ["form", "answer"])
def test_token_that_is_not_apples_for_us_is_no_profile(api: Api, provider: Apple, kind: str, place: str) -> None:
    token = hostile_tokens(provider)[kind]
    answer = consent(provider, start(api, provider)) | {"id_token": ""}
    provider.issues_id_token = False
    if place == "form":
        answer["id_token"] = token
    else:
        provider.internet.answer("appleid.apple.com", "/auth/token", 200, {"access_token": "a", "id_token": token})
    assert failed(come_back(api, provider, answer))


@pytest.mark.parametrize("value", [5, None, ["a"], {"a": 1}, True])
def test_token_that_is_no_text_is_none(api: Api, provider: Apple, value: Any) -> None:
    answer = consent(provider, start(api, provider)) | {"id_token": ""}
    provider.internet.answer("appleid.apple.com", "/auth/token", 200, {"access_token": "a", "id_token": value})
    assert failed(come_back(api, provider, answer))


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"name": {"firstName": "Ann", "lastName": "Example"}}, "Ann Example"),
        ({"name": {"firstName": "Ann"}}, "Ann"),
        ({"name": {"firstName": "  Ann ", "lastName": ""}}, "Ann"),
        ({"name": {"lastName": "Example"}, "email": "evil@example.com"}, "Example"),
        ({"name": {"firstName": "A\\u0000\\ud800nn"}}, "Ann"),
        ({"name": {"firstName": 5, "lastName": ["x"]}}, "5"),
        ({"name": "Ann"}, None),
        ({"name": None}, None),
        ({}, None),
        ([], None),
        ("no JSON", None),
        ("[" * 20_000, None),
        ("", None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_name_stands_in_the_form_of_the_very_first_visit(
    api: Api, provider: Apple, user: Any, name: str | None
) -> None:
    provider.user = user if isinstance(user, str) else json.dumps(user).replace("\\\\", "\\")
    ann = sign_in(api, provider).user
    assert (ann["displayName"], ann["email"]) == (name or "ann@example.com", "ann@example.com")


def test_name_of_a_later_visit_changes_nothing(api: Api, provider: Apple) -> None:
    first = sign_in(api, provider).user
    provider.user = json.dumps({"name": {"firstName": "Mallory"}})
    assert sign_in(api, provider).user == first


def test_browser_may_come_back_by_a_query_too(api: Api, provider: Apple) -> None:
    answer = consent(provider, start(api, provider))
    reply = api.get("/signin/provider/apple/callback", query={name: answer[name] for name in ("state", "code")})
    assert session(api, reply).user["displayName"] == "ann@example.com"


@pytest.mark.parametrize(
    ("status", "value"), [(500, ""), (200, {}), (200, {"keys": []}), (200, "no JSON"), (404, None)]
)
def test_keys_that_cannot_be_had_are_no_profile(api: Api, provider: Apple, status: int, value: Any) -> None:
    provider.internet.answer("appleid.apple.com", "/auth/keys", status, value)
    assert failed(visit(api, provider))


def test_keys_are_asked_for_once(api: Api, provider: Apple) -> None:
    for _ in range(3):
        sign_in(api, provider)
    assert len(provider.internet.calls("appleid.apple.com", "/auth/keys")) == 1


def test_form_of_another_page_cannot_sign_in_without_the_browsers_cookie(api: Api, provider: Apple) -> None:
    answer = consent(provider, start(api, provider))
    api._client.cookies.clear()
    body = urlencode(answer).encode()
    reply = api.call(
        "POST", "/signin/provider/apple/callback", content=body, content_type="application/x-www-form-urlencoded"
    )
    assert reply.query["error"] == "invalid-state"
    assert RefreshToken.objects.count() == 0
