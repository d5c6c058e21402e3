"""Signing keys of the database: encrypted at rest, the newest signs (design.md 4)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import time_machine
from django.utils import timezone

from nhost_auth.infra.crypto import CannotDecrypt
from nhost_auth.models import SigningKey
from tests.conftest import Api

pytestmark = pytest.mark.django_db
OLD, NEW = "0123456789abcdef" * 4, "fedcba9876543210" * 4


@pytest.fixture(autouse=True)
def keys_of_the_database(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    settings.AUTH_SIGNING_ALGORITHM = "ES256"


def key_id(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def published(api: Api) -> list[str]:
    return [key["kid"] for key in api.get("/.well-known/jwks.json").json["keys"]]


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_generated_key_signs_what_its_public_half_verifies(algorithm: str) -> None:
    stored = SigningKey.objects.generate(algorithm)
    key = stored.load()
    assert (key.algorithm, key.kid) == (algorithm, str(stored.pk))
    token = jwt.encode({"sub": "ann"}, key.signing, algorithm=algorithm)
    assert jwt.decode(token, key.verifying, algorithms=[algorithm]) == {"sub": "ann"}


def test_private_half_is_unreadable_at_rest() -> None:
    SigningKey.objects.generate("ES256")
    stored = str(SigningKey.objects.values().get()["encrypted_key"])
    assert b"PRIVATE" not in bytes.fromhex(stored)


@pytest.mark.parametrize("keys", [NEW, [NEW], []])
def test_private_half_opens_under_no_other_key(settings: Any, keys: Any) -> None:
    stored = SigningKey.objects.generate("ES256")
    settings.AUTH_ENCRYPTION_KEY = keys
    with pytest.raises(CannotDecrypt):
        stored.load()


def test_older_encryption_keys_still_open_what_they_closed(settings: Any) -> None:
    settings.AUTH_ENCRYPTION_KEY = OLD
    older = SigningKey.objects.generate("ES256")
    settings.AUTH_ENCRYPTION_KEY = [NEW, OLD]
    newer = SigningKey.objects.generate("ES256")
    assert (older.load().kid, newer.load().kid) == (str(older.pk), str(newer.pk))
    settings.AUTH_ENCRYPTION_KEY = [NEW]
    assert newer.load().kid == str(newer.pk)


def test_altered_row_does_not_open() -> None:
    stored = SigningKey.objects.generate("ES256")
    text = stored.encrypted_key
    stored.encrypted_key = text[:-1] + ("0" if text[-1] != "0" else "1")
    with pytest.raises(CannotDecrypt):
        stored.load()


def test_first_key_is_made_once_with_the_configured_algorithm(settings: Any) -> None:
    settings.AUTH_SIGNING_ALGORITHM = "EdDSA"
    for _ in range(2):
        SigningKey.objects.ensure_one()
    assert SigningKey.objects.get().algorithm == "EdDSA"


def test_newest_key_signs_and_all_are_published_and_verify(api: Api) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        older = SigningKey.objects.generate("EdDSA")
        before = api.sign_up().token
        clock.shift(60)
        newer = SigningKey.objects.generate("ES256")
        after = api.sign_in().token
        assert [api.post("/token/verify", {"token": token}).status for token in (before, after)] == [200, 200]
    assert (key_id(before), key_id(after)) == (str(older.pk), str(newer.pk))
    assert published(api) == [str(newer.pk), str(older.pk)]


def test_token_of_a_deleted_key_is_refused(api: Api) -> None:
    SigningKey.objects.generate("ES256")
    token = api.sign_up().token
    SigningKey.objects.get().delete()
    SigningKey.objects.generate("ES256")
    assert api.post("/token/verify", {"token": token}).outcome == (400, "invalid-request")
