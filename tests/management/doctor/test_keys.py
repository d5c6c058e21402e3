"""Signing keys, pinned and stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from nhost_auth.infra.crypto import encrypt
from nhost_auth.management.doctor import keys as subject
from nhost_auth.models import SigningKey
from tests.management.doctor.reading import errors, findings, is_well, texts, warnings

pytestmark = pytest.mark.django_db


@pytest.fixture
def active(settings: Any) -> SigningKey:
    """The only key, in the database."""
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    SigningKey.objects.all().delete()
    return SigningKey.objects.generate("ES256")


def rsa_secret(bits: int) -> dict[str, str]:
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem, spki = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    pkcs8, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return {
        "type": "RS256",
        "key": private.public_key().public_bytes(pem, spki).decode(),
        "signing_key": private.private_bytes(pem, pkcs8, bare).decode(),
    }


def test_long_pinned_secret_is_well() -> None:
    assert is_well(subject)


@pytest.mark.parametrize(("algorithm", "least"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_pinned_secret_is_as_long_as_its_hash(settings: Any, algorithm: str, least: int) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": algorithm, "key": "k" * (least - 1)}
    (text,) = errors(subject)
    assert f"has {least * 8 - 8} bits, {algorithm} asks for {least * 8}" in text
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": algorithm, "key": "k" * least}
    assert is_well(subject)


def test_pinned_rsa_key_has_2048_bits(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = rsa_secret(1024)
    assert "has 1024 bits, RS256 asks for 2048" in errors(subject)[0]
    settings.HASURA_GRAPHQL_JWT_SECRET = rsa_secret(2048)
    assert is_well(subject)


def test_unusable_pinned_secret_is_an_error_that_does_not_quote_it(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": "RS256", "key": "not-a-pem", "signing_key": "neither-a-pem"}
    assert errors(subject) == ["HASURA_GRAPHQL_JWT_SECRET cannot be used: signing_key is not a private key in PEM."]


def test_one_key_that_signs_is_well(active: SigningKey) -> None:
    assert is_well(subject)
    assert f"{active} is active" in texts(subject, "ok")[0]


def test_no_key_is_a_warning(active: SigningKey) -> None:
    active.delete()
    assert warnings(subject) == ["There is no signing key: the first request will make one."]


def test_key_that_nothing_decrypts_is_an_error(active: SigningKey, settings: Any) -> None:
    settings.AUTH_ENCRYPTION_KEY = "f" * 64
    assert errors(subject) == [f"{active} is active, but no configured key decrypts it."]
    settings.AUTH_ENCRYPTION_KEY = ["f" * 64, "0123456789abcdef" * 4]
    assert is_well(subject)


def test_stored_text_that_is_no_key_is_an_error(active: SigningKey) -> None:
    SigningKey.objects.update(encrypted_key=encrypt("not a key"))
    assert errors(subject) == [f"{active} is active, but what was stored is no ES256 key."]


@pytest.mark.parametrize(
    ("setting", "longest"), [(0, timedelta(days=365)), (3600, timedelta(hours=1))], ids=["a year", "by setting"]
)
def test_key_that_signs_for_too_long_is_a_warning(
    active: SigningKey, settings: Any, setting: int, longest: timedelta
) -> None:
    settings.AUTH_SIGNING_KEY_MAX_AGE = setting
    minute = timedelta(minutes=1)
    SigningKey.objects.update(signs_from=timezone.now() - longest + minute)
    assert is_well(subject)
    SigningKey.objects.update(signs_from=timezone.now() - longest - minute)
    assert warnings(subject) == [f"{active} has been signing for {longest.days} days."]


def test_old_key_whose_successor_waits_is_well(active: SigningKey) -> None:
    SigningKey.objects.update(signs_from=timezone.now() - timedelta(days=400))
    following = SigningKey.objects.succeed(active, "EdDSA", signs_from=timezone.now() + timedelta(hours=1))
    assert is_well(subject)
    assert any(text.startswith(f"{following} is next, signs from") for text in texts(subject, "ok"))


def test_second_key_that_never_ends_is_a_warning(active: SigningKey) -> None:
    SigningKey.objects.generate("ES256", signs_from=timezone.now() + timedelta(microseconds=1))
    (finding,) = [finding for finding in findings(subject) if finding.level == "warning"]
    assert (finding.text, finding.hint) == (
        f"{active} does not sign, and would verify for ever.",
        f"auth_keys retire {active.kid}",
    )
    SigningKey.objects.retire(active)
    assert is_well(subject)


def test_retired_keys_wait_to_be_pruned_and_need_not_be_readable(active: SigningKey) -> None:
    old = SigningKey.objects.generate("ES256", signs_from=timezone.now() - timedelta(days=1))
    SigningKey.objects.retire(old)
    SigningKey.objects.filter(pk=old.pk).update(encrypted_key="unreadable")
    assert is_well(subject)
    assert (findings(subject)[-1].text, findings(subject)[-1].hint) == (
        "Retired and still stored: 1.",
        "auth_keys prune",
    )
