"""The standard's own ceremonies verify, and what cannot be verified is refused (WebAuthn Level 3, section 16)."""

from __future__ import annotations

import logging
import uuid
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from nhost_auth.infra.crypto import digest
from nhost_auth.models import Account, Challenge, SecurityKey
from nhost_auth.pytest_plugin.authenticator import flip
from tests.conftest import Api, Reply, account
from tests.security.vectors import Vector, each, manufacturer, serve, vectors
from tests.webauthn_page import ADD_VERIFY, SIGN_IN_VERIFY, SIGN_UP_VERIFY

FRAMED = ("none.ES256.crossOrigin", "none.ES256.topOrigin")
"""Made in a frame of another site: refused unless that site may frame us."""
REFUSED = {
    "packed.ES384": "Unsupported credential public key alg",  # not offered: the library cannot verify it
    "packed.Ed448": "Unsupported credential public key alg",  # not offered
    "tpm.ES256": "TPM Manufacturer",  # the vector's is made up
    "android-key.ES256": "(Android Key)",  # a chain of one certificate, without its root
    "fido-u2f.ES256": "AAGUID",  # not zero, as those of U2F are
    "apple.ES256": "Certificate chain",  # not issued by Apple
}
"""Registrations that are refused, and what our log says of the reason."""
UNKNOWN_ALGORITHMS = ("packed.ES384", "packed.Ed448")
CREATED = [name for name in vectors() if name not in (*REFUSED, *FRAMED)]
USED = [name for name in vectors() if name not in (*UNKNOWN_ALGORITHMS, *FRAMED)]
LAST_LETTER_OF_A_NAME = -len('n":false}')
"""Of crossOrigin: what else the client data tell stays as it is, so that the signature alone can object."""
INVALID = (400, "invalid-request")


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    serve(settings)


def sign_up(api: Api, vector: Vector) -> Reply:
    begun = {"account_id": str(uuid.uuid4()), "email": "ann@example.com", "options": {}}
    Challenge.objects.keep(vector.creation_challenge(), Challenge.Purpose.SIGN_UP, data=begun)
    return api.post(SIGN_UP_VERIFY, {"credential": vector.created()})


def have_key(api: Api, vector: Vector) -> Account:
    """Somebody who has the vector's key, however it came to be."""
    ann = account(api.sign_up())
    name = vector.credential_id()
    SecurityKey.objects.create(
        account=ann, credential_id=name, credential_hash=digest(name), public_key=vector.public_key()
    )
    return ann


def sign_in(api: Api, vector: Vector, owner: Account, credential: dict[str, Any] | None = None) -> Reply:
    Challenge.objects.keep(vector.use_challenge(), Challenge.Purpose.SIGN_IN, owner)
    return api.post(SIGN_IN_VERIFY, {"credential": credential or vector.used()})


def test_33_every_vector_has_its_place() -> None:
    assert len(vectors()) == 15
    assert {*CREATED, *REFUSED, *FRAMED} == {*USED, *UNKNOWN_ALGORITHMS, *FRAMED} == set(vectors())


@each(*CREATED)
def test_33_the_key_that_a_registration_brings_signs_in(api: Api, vector: Vector) -> None:
    made = sign_up(api, vector)
    assert made.user["email"] == "ann@example.com"
    key = SecurityKey.objects.get()
    assert (key.credential_id, bytes(key.public_key)) == (vector.credential_id(), vector.public_key())
    assert sign_in(api, vector, account(made)).user["id"] == made.user["id"]


@each(*CREATED)
def test_33_registration_adds_a_key(api: Api, vector: Vector) -> None:
    ann = api.sign_up()
    Challenge.objects.keep(vector.creation_challenge(), Challenge.Purpose.ADD_KEY, account(ann))
    assert api.post(ADD_VERIFY, {"credential": vector.created()}, token=ann.token).status == 200


@each(*USED)
def test_33_assertion_signs_in(api: Api, vector: Vector) -> None:
    assert sign_in(api, vector, have_key(api, vector)).user["email"] == "ann@example.com"


@each(*REFUSED)
def test_33_registration_that_nobody_here_can_judge_is_refused(
    api: Api, vector: Vector, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "nhost_auth.webauthn"):
        assert sign_up(api, vector).outcome == INVALID
    assert REFUSED[vector.name] in caplog.text
    assert not Account.objects.exists()


@each(*UNKNOWN_ALGORITHMS)
def test_33_assertion_of_an_algorithm_that_is_not_offered_is_refused(api: Api, vector: Vector) -> None:
    assert sign_in(api, vector, have_key(api, vector)).outcome == INVALID


@each("apple.ES256")
def test_33_attestation_by_apple_is_verified_up_to_its_root(
    api: Api, vector: Vector, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = x509.load_der_x509_certificate(manufacturer()).public_bytes(Encoding.PEM)
    monkeypatch.setattr("webauthn.registration.formats.apple.apple_webauthn_root_ca", root)
    assert sign_up(api, vector).user["email"] == "ann@example.com"


@each(*FRAMED)
def test_33_answers_from_a_frame_are_refused_unless_its_site_is_listed(api: Api, vector: Vector, settings: Any) -> None:
    ann = have_key(api, vector)
    assert (sign_up(api, vector).outcome, sign_in(api, vector, ann).outcome) == (INVALID, INVALID)
    settings.AUTH_WEBAUTHN_TOP_ORIGINS = ["https://else.example.com"]
    assert sign_in(api, vector, ann).outcome == INVALID
    # The crossOrigin vector does not tell whose frame it was, so only "anybody's" covers it.
    settings.AUTH_WEBAUTHN_TOP_ORIGINS = ["https://example.com" if vector.name.endswith("topOrigin") else "*"]
    assert sign_in(api, vector, ann).status == 200


@pytest.mark.parametrize(
    ("member", "position"),
    [("clientDataJSON", LAST_LETTER_OF_A_NAME), ("authenticatorData", -1), ("signature", -1)],
)
@each("none.ES256", "packed.RS256", "packed.EdDSA")
def test_33_assertion_with_one_bit_flipped_does_not_sign_in(
    api: Api, vector: Vector, member: str, position: int
) -> None:
    ann = have_key(api, vector)
    assert sign_in(api, vector, ann, flip(vector.used(), member, position)).outcome == INVALID
    assert sign_in(api, vector, ann).status == 200
