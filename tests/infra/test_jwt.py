"""KeyringBackend: which tokens are believed (accounts.md 2.3, configuration.md 2.3, RFC 8725)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from nhost_auth.infra.jwt import KeyringBackend, TokenError
from nhost_auth.infra.keyring import Key, Keyring, from_secret

ISSUER, SECRET = "https://auth.example.com/v1", "s" * 64
ALGORITHMS = ("RS256", "ES256", "EdDSA")
Claims = dict[str, Any]


def shared(algorithm: str = "HS256", **given: Any) -> KeyringBackend:
    return KeyringBackend(from_secret({"type": algorithm, "key": SECRET, **given}, ISSUER, "published"))


@pytest.fixture
def rotated(keys: dict[str, Key]) -> KeyringBackend:
    """RS256 was first, ES256 came then, EdDSA signs now."""
    return KeyringBackend(Keyring((keys["EdDSA"], keys["ES256"], keys["RS256"]), ISSUER))


def claims(**changed: Any) -> Claims:
    """Good claims; None takes one out."""
    now = int(time.time())
    merged = {"sub": "ann", "iss": ISSUER, "iat": now, "exp": now + 900, **changed}
    return {name: value for name, value in merged.items() if value is not None}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def by_hand(header: Any, payload: Any, sign: Callable[[bytes], bytes]) -> str:
    """A token that no library would make."""
    signed = f"{part(header)}.{part(payload)}"
    return f"{signed}.{part(sign(signed.encode()))}"


def hmac_sha256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda signed: hmac.digest(secret, signed, hashlib.sha256)


def unsigned(signed: bytes) -> bytes:
    return b""


def refused(backend: KeyringBackend, token: Any) -> bool:
    with pytest.raises(TokenBackendError):
        backend.decode(token)
    return True


def test_own_token_is_believed_with_every_kind_of_key(keys: dict[str, Key]) -> None:
    told = claims(x=[1])  # once: a second may begin between two looks at the clock
    for backend in (shared(), *(KeyringBackend(Keyring((keys[name],), ISSUER)) for name in ALGORITHMS)):
        assert backend.decode(backend.encode(told)) == told


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "NONE", "", None, "HS256 ", ["none"], 0])
@pytest.mark.parametrize(
    "sign", [unsigned, hmac_sha256(b""), hmac_sha256(SECRET.encode())], ids=["no", "empty", "ours"]
)
def test_45_token_that_names_no_algorithm_is_refused(
    algorithm: Any, sign: Callable[[bytes], bytes], rotated: KeyringBackend
) -> None:
    token = by_hand({"alg": algorithm, "typ": "JWT"}, claims(), sign)
    assert refused(rotated, token)
    assert refused(shared(), token)


@pytest.mark.parametrize("encoding", [serialization.Encoding.PEM, serialization.Encoding.DER], ids=["PEM", "DER"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_45_public_key_is_no_hmac_secret(encoding: Any, algorithm: str, keys: dict[str, Key]) -> None:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    public = keys[algorithm].verifying.public_bytes(encoding, spki)
    backend = KeyringBackend(Keyring((keys[algorithm],), ISSUER))
    for secret in (public, public.strip(), json.dumps(keys[algorithm].jwk).encode()):
        for header in ({"alg": "HS256"}, {"alg": "HS256", "kid": algorithm}):
            assert refused(backend, by_hand(header, claims(), hmac_sha256(secret)))


@pytest.mark.parametrize(
    ("configured", "used"),
    [("HS256", "HS384"), ("HS256", "HS512"), ("HS512", "HS256"), ("RS256", "RS512"), ("RS256", "PS256")],
)
def test_45_right_key_under_another_algorithm_is_refused(configured: str, used: str, keys: dict[str, Key]) -> None:
    backend = shared(configured) if configured.startswith("HS") else KeyringBackend(Keyring((keys["RS256"],), ISSUER))
    assert refused(backend, jwt.encode(claims(), backend.keyring.keys[0].signing, algorithm=used))


def test_45_claimed_algorithm_of_another_key_does_not_help(keys: dict[str, Key]) -> None:
    strange = jwt.encode(claims(), keys["ES256"].signing, algorithm="ES256", headers={"kid": "RS256"})
    assert refused(KeyringBackend(Keyring((keys["RS256"],), ISSUER)), strange)


@pytest.mark.parametrize("algorithm", ["HS256", *ALGORITHMS])
def test_45_missing_or_foreign_signature_is_refused(algorithm: str, keys: dict[str, Key]) -> None:
    key = shared().keyring.keys[0] if algorithm == "HS256" else keys[algorithm]
    backend = KeyringBackend(Keyring((key,), ISSUER))
    signed, _, signature = backend.encode(claims()).rpartition(".")
    other, _, _ = backend.encode(claims(sub="bob")).rpartition(".")
    for token in (signed, f"{signed}.", f"{signed}.AA", f"{other}.{signature}", f"{signed}.{signature[:-4]}"):
        assert refused(backend, token)


def test_newest_key_signs_and_every_key_verifies(rotated: KeyringBackend, keys: dict[str, Key]) -> None:
    header = jwt.get_unverified_header(rotated.encode(claims()))
    assert (header["alg"], header["kid"]) == ("EdDSA", "EdDSA")
    for name in ALGORITHMS:
        for headers in ({"kid": name}, None, {"kid": "of a process that knew it otherwise"}):
            token = jwt.encode(claims(sub=name), keys[name].signing, algorithm=name, headers=headers)
            assert rotated.decode(token)["sub"] == name


def test_key_that_left_the_keyring_is_no_longer_believed(rotated: KeyringBackend, keys: dict[str, Key]) -> None:
    token = KeyringBackend(Keyring((keys["RS256 of a stranger"],), ISSUER)).encode(claims())
    assert refused(rotated, token)


@pytest.mark.parametrize(
    "kid",
    ["RS256", "../../../../dev/null", "' OR 1=1 --", "\0", "", "x" * 10_000, None, 5, ["RS256"], {"RS256": 1}, True],
    ids=lambda kid: repr(kid)[:20],
)
def test_46_kid_of_an_attacker_selects_nothing(kid: Any, rotated: KeyringBackend, keys: dict[str, Key]) -> None:
    stranger = keys["RS256 of a stranger"].signing
    for algorithm, secret in (("RS256", stranger), ("HS256", "s" * 32)):
        plain = jwt.encode(claims(), secret, algorithm=algorithm)
        _, payload, _ = plain.split(".")
        signed = f"{part({'alg': algorithm, 'kid': kid})}.{payload}"
        signature = jwt.get_algorithm_by_name(algorithm)
        token = f"{signed}.{part(signature.sign(signed.encode(), signature.prepare_key(secret)))}"
        assert refused(rotated, token)


def test_46_keys_that_a_token_brings_along_are_not_used(rotated: KeyringBackend, keys: dict[str, Key]) -> None:
    stranger = keys["RS256 of a stranger"]
    for brought in (
        {"jwk": stranger.jwk},
        {"jwk": stranger.jwk, "kid": "RS256 of a stranger"},
        {"jku": "https://evil.example.com/jwks.json"},
        {"x5u": "https://evil.example.com/chain.pem"},
        {"x5c": ["MIIB"]},
    ):
        assert refused(rotated, jwt.encode(claims(), stranger.signing, algorithm="RS256", headers=brought))


@pytest.mark.parametrize("crit", [["exp"], ["http://example.com/UNDEFINED"], [], "exp", None, [5]], ids=str)
def test_46_critical_header_that_is_not_understood_is_refused(crit: Any) -> None:
    header = {"alg": "HS256", "crit": crit, "http://example.com/UNDEFINED": True}
    assert refused(shared(), by_hand(header, claims(), hmac_sha256(SECRET.encode())))


NOW = 1_700_000_000


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": None},
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": 0},
        {"exp": "soon"},
        {"exp": [NOW + 900]},
        {"iss": None},
        {"iss": "https://auth.example.com/v2"},
        {"iss": ISSUER + "/"},
        {"iss": ""},
        {"iss": [ISSUER]},
        {"iss": 5},
        {"iat": NOW + 1},
        {"iat": "yesterday"},
        {"nbf": NOW + 1},
        {"nbf": "later"},
    ],
    ids=str,
)
def test_47_claim_that_is_missing_or_wrong_refuses_the_token(changed: Claims) -> None:
    with time_machine.travel(NOW, tick=False):
        assert refused(shared(), by_hand({"alg": "HS256"}, claims(**changed), hmac_sha256(SECRET.encode())))


@pytest.mark.parametrize(
    "changed",
    [{}, {"exp": NOW + 1}, {"iat": NOW}, {"iat": None}, {"nbf": NOW}, {"aud": "anyone"}, {"sub": None}, {"jti": "x"}],
    ids=str,
)
def test_claim_that_is_not_asked_for_does_not_matter(changed: Claims) -> None:
    with time_machine.travel(NOW, tick=False):
        token = by_hand({"alg": "HS256"}, claims(**changed), hmac_sha256(SECRET.encode()))
        assert shared().decode(token) == claims(**changed)


def test_token_that_was_shown_before_is_refused_once_it_expires() -> None:
    backend = shared()
    with time_machine.travel(NOW, tick=False) as clock:
        token = jwt.encode(claims(exp=NOW + 900), SECRET, algorithm="HS256")
        for moment in (0, 899):
            clock.move_to(NOW + moment)
            assert backend.decode(token)["sub"] == "ann"
        clock.move_to(NOW + 900)
        with pytest.raises(TokenBackendExpiredToken):
            backend.decode(token)


def test_token_that_was_shown_before_is_good_under_its_own_keys_alone() -> None:
    token = jwt.encode(claims(), SECRET, algorithm="HS256")
    shared().decode(token)
    with pytest.raises(TokenBackendError):
        KeyringBackend(from_secret({"type": "HS256", "key": "x" * 64}, ISSUER, "published")).decode(token)


def test_who_changes_the_claims_changes_them_for_nobody_else() -> None:
    backend, token = shared(), jwt.encode(claims(roles=["user"]), SECRET, algorithm="HS256")
    backend.decode(token)["roles"].append("admin")
    assert backend.decode(token)["roles"] == ["user"]


def test_token_that_has_only_expired_is_told_from_a_bad_one() -> None:
    expired = claims(exp=NOW)
    with pytest.raises(TokenBackendExpiredToken):
        shared().decode(jwt.encode(expired, SECRET, algorithm="HS256"))
    with pytest.raises(TokenBackendError) as caught:
        shared().decode(jwt.encode(expired, "x" * 32, algorithm="HS256"))
    assert not isinstance(caught.value, TokenBackendExpiredToken)


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "...", "a.b.c", "é.é.é", "\0", " ", "null", b"\xff", b"", None, 5, {}, "x" * 100_000],
    ids=lambda token: repr(token)[:20],
)
def test_what_is_no_token_is_refused(token: Any) -> None:
    assert refused(shared(), token)


@pytest.mark.parametrize(
    "header", [b"", b"{", b"[" * 5000, [], "HS256", None, {}, {"typ": "JWT"}], ids=lambda value: repr(value)[:20]
)
def test_header_that_is_no_object_is_refused(header: Any) -> None:
    assert refused(shared(), by_hand(header, claims(), hmac_sha256(SECRET.encode())))


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"\xff", b"[" * 5000, [], "ann", None, 5], ids=lambda value: repr(value)[:20]
)
def test_payload_that_is_no_object_is_refused(payload: Any) -> None:
    assert refused(shared(), by_hand({"alg": "HS256"}, payload, hmac_sha256(SECRET.encode())))


def test_token_whose_time_is_over_can_be_read_on_purpose() -> None:
    backend, past = shared(), int(time.time()) - 86_400
    token = backend.encode(claims(iat=past, exp=past + 900))
    assert backend.decode_expired(token)["sub"] == "ann"
    with pytest.raises(TokenBackendExpiredToken):
        backend.decode(token)


@pytest.mark.parametrize("changed", [{"iss": "https://evil.example"}, {"exp": None}], ids=str)
def test_47_claim_that_is_missing_or_wrong_refuses_a_token_of_the_past_too(changed: Claims) -> None:
    with pytest.raises(TokenError):
        shared().decode_expired(jwt.encode(claims(**changed), SECRET, "HS256"))


def test_45_missing_or_foreign_signature_refuses_a_token_of_the_past_too(keys: dict[str, Key]) -> None:
    backend = KeyringBackend(Keyring((keys["RS256"],), ISSUER))
    for token in (
        jwt.encode(claims(), "", "none"),
        jwt.encode(claims(), SECRET, "HS256"),
        KeyringBackend(Keyring((keys["EdDSA"],), ISSUER)).encode(claims()),
        "nonsense",
    ):
        with pytest.raises(TokenError):
            backend.decode_expired(token)
