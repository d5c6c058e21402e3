"""No byte of what a key has signed may change (WebAuthn Level 3, sections 7.1 and 7.2).

Asked of the verifier itself, for there are thousands of bytes; that HTTP answers go through it, the vectors show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from nhost_auth.infra import webauthn
from nhost_auth.pytest_plugin.authenticator import ED25519, ES256, RS256, Algorithm, Authenticator, decode, flip
from tests.security.test_vectors import CREATED, FRAMED, USED
from tests.security.vectors import Vector, each, serve, vectors
from tests.webauthn_page import ORIGIN, enable

Credential = dict[str, Any]

PACKED = [name for name in CREATED if vectors()[name].attestation == "packed"]
CHALLENGE = webauthn.new_challenge()


def each_algorithm(*algorithms: Algorithm) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("algorithm", algorithms, ids=str)


def every_flip(credential: Credential, *members: str) -> Iterator[tuple[tuple[str, int], Credential]]:
    for member in members:
        for position in range(len(decode(credential["response"][member]))):
            yield (member, position), flip(credential, member, position)


def taken(verify: Callable[[Credential], Any], credential: Credential, *members: str) -> list[tuple[str, int]]:
    """Where a flipped bit goes unnoticed. The whole answer is good."""
    verify(credential)
    return [place for place, flipped in every_flip(credential, *members) if not _refused(verify, flipped)]


def _refused(verify: Callable[[Credential], Any], credential: Credential) -> bool:
    try:
        verify(credential)
    except webauthn.Refused:
        return True
    return False


def using(challenge: str, public_key: bytes) -> Callable[[Credential], Any]:
    return partial(webauthn.verify_assertion, challenge=challenge, public_key=public_key)


def creating(challenge: str) -> Callable[[Credential], Any]:
    return partial(webauthn.verify_creation, challenge=challenge)


@each(*USED, *FRAMED)
def test_33_no_byte_of_an_assertion_may_change(vector: Vector, settings: Any) -> None:
    serve(settings)
    settings.AUTH_WEBAUTHN_TOP_ORIGINS = ["*"]
    verify = using(vector.use_challenge(), vector.public_key())
    assert taken(verify, vector.used(), "clientDataJSON", "authenticatorData", "signature") == []


@each_algorithm(ES256, ED25519, RS256)
def test_33_no_byte_of_an_assertion_by_our_own_device_may_change(algorithm: Algorithm, settings: Any) -> None:
    enable(settings)
    device = Authenticator(ORIGIN, algorithm)
    device.create(webauthn.creation_options(CHALLENGE, user_id="ann1", user_name="Ann"))
    answer = device.get(webauthn.request_options(CHALLENGE))
    verify = using(CHALLENGE, device.credentials[0].public_key)
    assert taken(verify, answer, "clientDataJSON", "authenticatorData", "signature") == []


@each(*PACKED)
def test_33_no_byte_of_a_signed_registration_may_change(vector: Vector, settings: Any) -> None:
    serve(settings)
    found = taken(creating(vector.creation_challenge()), vector.created(), "clientDataJSON", "attestationObject")
    assert {at for member, at in found if member == "attestationObject"} <= indifferent(vector)
    assert not [at for member, at in found if member == "clientDataJSON"]


def indifferent(vector: Vector) -> set[int]:
    """Where the manufacturer's certificate stands, but for the key in it: who vouches is not asked, as at Nhost."""
    whole, certificate = vector.registration["attestationObject"], vector.certificate()
    if not certificate:
        return set()
    key = x509.load_der_x509_certificate(certificate).public_key()
    return _places(whole, certificate) - _places(
        whole, key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )


def _places(whole: bytes, part: bytes) -> set[int]:
    begin = whole.index(part)
    return set(range(begin, begin + len(part)))


@each_algorithm(ED25519, RS256)
def test_33_no_byte_of_a_registration_signed_by_our_own_device_may_change(algorithm: Algorithm, settings: Any) -> None:
    enable(settings)
    device = Authenticator(ORIGIN, algorithm, attestation="packed")
    answer = device.create(webauthn.creation_options(CHALLENGE, user_id="ann1", user_name="Ann"))
    assert taken(creating(CHALLENGE), answer, "clientDataJSON", "attestationObject") == []
