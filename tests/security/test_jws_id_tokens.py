"""Security lines 45-48: forged ID tokens, at each of the endpoints that take one (RFC 8725)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from nhost_auth.models import Account
from tests.conftest import Api, Reply
from tests.internet import Internet
from tests.issuers import Issuer, jwk, key
from tests.issuers import apple as apple
from tests.issuers import google as google
from tests.jws import by, by_secret, part
from tests.security.forgeries import EVIL, GROUPS, KIDS, Signer, Tokens, key_brought_along, public_key_as_secret

ENTRANCES = ["/signin/idtoken", "/signup/idtoken", "/link/idtoken"]
REFUSED = {(400, "invalid-request"), (400, "schema-validation-error")}  # the latter for what is no text at all
KEYS = "https://www.googleapis.com/oauth2/v3/certs"


def signer_of(issuer: Issuer) -> Signer:
    return Signer("RS256", key(issuer.name), issuer.claims(), issuer.name)


@pytest.fixture
def signer(google: Issuer) -> Signer:
    return signer_of(google)


def bring(api: Api, token: str, path: str = ENTRANCES[0], *, provider: str = "google", bearer: str = "") -> Reply:
    return api.post(path, {"provider": provider, "idToken": token}, token=bearer or None)


def believed(api: Api, tokens: Tokens, **more: Any) -> set[str]:
    """Which of the tokens are not refused as they have to be."""
    replies = {name: bring(api, token, **more) for name, token in tokens.items()}
    return {f"{name}: {reply.status}" for name, reply in replies.items() if reply.outcome not in REFUSED}


@pytest.mark.parametrize("group", GROUPS)
def test_forgery_is_refused(api: Api, signer: Signer, group: str) -> None:
    assert believed(api, GROUPS[group](signer)) == set()
    assert not Account.objects.exists()
    assert bring(api, signer.token()).status == 200


@pytest.mark.parametrize("path", ENTRANCES)
def test_every_entrance_refuses_alike(api: Api, google: Issuer, apple: Issuer, path: str) -> None:
    bob = api.sign_up("bob@example.com")
    for issuer in (google, apple):
        signer = signer_of(issuer)
        tokens = {"stranger": signer.token(sign=signer.stranger), "none": signer.token(alg="none")}
        tokens |= public_key_as_secret(signer) | key_brought_along(signer)
        assert believed(api, tokens, path=path, provider=issuer.provider, bearer=bob.token) == set()
    assert not anybody_is_linked()
    assert bring(api, signer_of(google).token(), path, bearer=bob.token).status == 200


def anybody_is_linked() -> bool:
    return User.objects.filter(social_auth__isnull=False).exists()


def test_signature_with_padding_is_refused(api: Api, signer: Signer) -> None:
    token = signer.token()
    assert believed(api, {"padded": f"{token}{'=' * (-len(token.rpartition('.')[2]) % 4)}"}) == set()


def test_kid_that_the_set_does_not_hold_is_refused_with_the_right_key_too(api: Api, signer: Signer) -> None:
    tokens = {f"{kid!r}"[:30]: signer.token(kid=kid) for kid in KIDS}
    tokens |= {f"{kid!r} of a stranger"[:40]: signer.token(kid=kid, sign=signer.stranger) for kid in KIDS}
    tokens |= {f"{kid!r} HS256"[:40]: signer.token(kid=kid, alg="HS256", sign=by_secret(b"")) for kid in KIDS}
    assert believed(api, tokens) == set()


def test_kid_has_to_be_there(api: Api, signer: Signer) -> None:
    assert bring(api, signer.token()).status == 200  # the set has been read, and holds a single key
    bare = Signer(signer.algorithm, signer.private, signer.claims)
    assert believed(api, {"right key": bare.token(), "stranger": bare.token(sign=bare.stranger)}) == set()


@pytest.mark.parametrize("name", ["ES256", "EdDSA", "RS256 of a stranger"])
def test_algorithm_is_pinned_also_for_other_keys_of_the_set(
    api: Api, google: Issuer, signer: Signer, name: str
) -> None:
    google.publish(jwk(google.name), jwk(name))
    algorithm = name[:5]
    good = signer.token(alg=algorithm, kid=name, sign=by(key(name), algorithm))
    assert bring(api, good).outcome == ((200, None) if algorithm == "RS256" else (400, "invalid-request"))
    mixed = {
        f"{alg} {kid}": signer.token(alg=alg, kid=kid) for alg in ("RS256", "ES256", "EdDSA") for kid in (name, "x")
    }
    mixed |= {"stranger's": signer.token(alg="RS256", kid=google.name, sign=by(key(name), algorithm))}
    assert believed(api, mixed) == set()


def test_shared_secret_in_the_set_is_no_key(api: Api, google: Issuer, signer: Signer) -> None:
    secret = b"s" * 64
    google.publish(jwk(google.name), {"kty": "oct", "kid": "shared", "k": part(secret)})
    tokens = {alg: signer.token(alg=alg, kid="shared", sign=by(secret, alg)) for alg in ("HS256", "HS384", "HS512")}
    tokens |= {f"{alg} RS256": signer.token(kid="shared", sign=by(secret, alg)) for alg in tokens}
    assert believed(api, tokens) == set()


def test_nothing_that_a_token_names_is_called(api: Api, internet: Internet, signer: Signer) -> None:
    for header in ({"jku": EVIL}, {"x5u": EVIL}, {"kid": EVIL}, {"kid": KEYS}, {"jku": KEYS}):
        bring(api, signer.token(sign=signer.stranger, **header))
        bring(api, signer.token(sign=signer.stranger, claims={**signer.claims, "iss": "https://evil.example"}))
    assert {asked.host for asked in internet.asked} == {"www.googleapis.com"}


@pytest.mark.parametrize("exp", [2**40, 2**70, 1e308], ids=str)
def test_end_in_the_far_future_is_one(api: Api, signer: Signer, exp: float) -> None:
    assert bring(api, signer.token(claims={**signer.claims, "exp": exp})).status == 200


def test_key_too_short_to_be_safe_is_not_used(api: Api, google: Issuer, signer: Signer) -> None:
    name = "RS256 of 1024 bits"
    google.publish(jwk(name))
    assert believed(api, {name: signer.token(kid=name, sign=by(key(name), "RS256"))}) == set()
