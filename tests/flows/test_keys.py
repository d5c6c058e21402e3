"""Which keys are in force, and for how long a process keeps its copy of them (configuration.md 2).

What is published and what it verifies is proven in tests/endpoints/test_well_known_jwks.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nhost_auth.flows import keys
from nhost_auth.infra.crypto import encrypt
from nhost_auth.infra.keyring import InvalidSecret, generate_private_pem, load_key
from nhost_auth.models import SigningKey
from tests.conftest import Api

PATH = "/.well-known/jwks.json"
PINNED = {"type": "HS256", "key": "tests-only-" + "s" * 32}


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """No key of another test is remembered, and none of these by the next."""
    keys.forget()
    yield
    keys.forget()


@pytest.fixture
def database_keys(db: None, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    settings.AUTH_SIGNING_ALGORITHM = "EdDSA"


def put_from_elsewhere() -> SigningKey:
    """Store a key as another process would: nothing here hears of it."""
    pem = generate_private_pem("EdDSA")
    key = SigningKey(algorithm="EdDSA", encrypted_key=encrypt(pem), created_at=timezone.now())
    key.kid = str(key.pk)
    SigningKey.objects.bulk_create([key])
    return key


def published(api: Api) -> set[str]:
    return {key["kid"] for key in api.get(PATH).json["keys"]}


def stored() -> set[str]:
    return {str(key.pk) for key in SigningKey.objects.all()}


def reads_of_keys(api: Api) -> int:
    with CaptureQueriesContext(connection) as asked:
        api.get(PATH)
    return sum("signingkey" in query["sql"].lower() for query in asked.captured_queries)


def test_key_stored_elsewhere_is_seen_once_the_copy_is_too_old(api: Api, settings: Any, database_keys: None) -> None:
    settings.AUTH_KEYRING_TTL = 0
    for number in (1, 2, 3):
        assert published(api) == stored()
        assert len(stored()) == number
        put_from_elsewhere()


def test_key_deleted_elsewhere_is_no_longer_believed_once_the_copy_is_too_old(
    api: Api, settings: Any, database_keys: None
) -> None:
    settings.AUTH_KEYRING_TTL = 0
    token = api.sign_up().token
    put_from_elsewhere()
    assert api.get("/user", token=token).status == 200
    kid = jwt.get_unverified_header(token)["kid"]
    SigningKey.objects.filter(pk=kid)._raw_delete("default")
    assert api.get("/user", token=token).outcome == (401, "unauthorized")


def test_key_stored_or_deleted_here_is_seen_at_once(api: Api, settings: Any, database_keys: None) -> None:
    settings.AUTH_KEYRING_TTL = 3600
    published(api)
    newest = SigningKey.objects.generate("EdDSA")
    assert published(api) == stored()
    assert jwt.get_unverified_header(api.sign_up().token)["kid"] == str(newest.pk)
    newest.delete()
    assert published(api) == stored()
    assert len(stored()) == 1


def test_copy_saves_reading_the_keys_for_its_time(api: Api, settings: Any, database_keys: None) -> None:
    settings.AUTH_KEYRING_TTL = 3600
    assert [reads_of_keys(api) > 0 for _ in range(3)] == [True, False, False]
    known = published(api)
    put_from_elsewhere()
    assert published(api) == known != stored()
    settings.AUTH_KEYRING_TTL = 0
    keys.forget()
    assert [reads_of_keys(api) > 0 for _ in range(3)] == [True, True, True]


def test_keys_that_are_read_again_unchanged_are_parsed_once(settings: Any, database_keys: None) -> None:
    settings.AUTH_KEYRING_TTL = 0
    before = keys.backend()
    assert keys.backend() is before
    put_from_elsewhere()
    assert keys.backend() is not before


def test_pinned_secret_leaves_the_database_alone(api: Api, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET, settings.AUTH_KEYRING_TTL = PINNED, 0
    assert reads_of_keys(api) == 0
    assert api.get("/user", token=api.sign_up().token).status == 200
    assert not SigningKey.objects.exists()


def test_changed_secret_is_in_force_at_once(api: Api, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = PINNED
    token = api.sign_up().token
    settings.HASURA_GRAPHQL_JWT_SECRET = {**PINNED, "key": "another-key-" + "x" * 32}
    assert api.get("/user", token=token).outcome == (401, "unauthorized")
    settings.HASURA_GRAPHQL_JWT_SECRET = PINNED
    assert api.get("/user", token=token).status == 200


def test_changed_address_of_the_server_is_in_force_at_once(api: Api, settings: Any, database_keys: None) -> None:
    settings.AUTH_KEYRING_TTL = 3600
    assert api.sign_up().claims["iss"] == "https://auth.example.com/v1"
    settings.AUTH_SERVER_URL = "https://moved.example.com/v1"
    assert api.sign_in().claims["iss"] == "https://moved.example.com/v1"


def test_pinned_secret_and_keys_of_the_database_do_not_believe_each_other(
    api: Api, settings: Any, database_keys: None
) -> None:
    of_database = api.sign_up().token
    settings.HASURA_GRAPHQL_JWT_SECRET = PINNED
    pinned = api.sign_in().token
    assert api.get("/user", token=of_database).outcome == (401, "unauthorized")
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    assert api.get("/user", token=pinned).outcome == (401, "unauthorized")
    assert api.get("/user", token=of_database).status == 200


def test_secret_that_cannot_be_used_is_an_error_and_not_the_keys_of_the_database(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": "HS256"}
    with pytest.raises(InvalidSecret):
        keys.backend()


def test_token_of_a_key_that_was_made_elsewhere_is_believed_at_once(
    api: Api, settings: Any, database_keys: None
) -> None:
    settings.AUTH_KEYRING_TTL = 3600
    published(api)
    elsewhere = put_from_elsewhere().load()
    claims = {**api.sign_up().claims}
    token = jwt.encode(claims, elsewhere.signing, algorithm="EdDSA", headers={"kid": elsewhere.kid})
    assert api.get("/user", token=token).status == 200


def test_key_that_cannot_be_decrypted_stops_nobody_else(
    api: Api, settings: Any, database_keys: None, caplog: pytest.LogCaptureFixture
) -> None:
    settings.AUTH_KEYRING_TTL = 0
    old = SigningKey.objects.generate("EdDSA")
    SigningKey.objects.filter(pk=old.pk).update(encrypted_key="00")
    newest = SigningKey.objects.generate("EdDSA")
    assert published(api) == {newest.kid}
    assert api.get("/user", token=api.sign_up().token).status == 200
    assert f"{old.kid} cannot be decrypted" in caplog.text


def test_tokens_that_name_no_key_of_ours_do_not_make_us_read_all_the_time(
    api: Api, settings: Any, database_keys: None
) -> None:
    settings.AUTH_KEYRING_TTL = 3600
    signing = load_key(generate_private_pem("EdDSA"), "EdDSA", "").signing
    token = jwt.encode(api.sign_up().claims, signing, algorithm="EdDSA", headers={"kid": "nobody's"})
    with CaptureQueriesContext(connection) as asked:
        outcomes = {api.get("/user", token=token).outcome for _ in range(5)}
    assert outcomes == {(401, "unauthorized")}
    assert sum("signingkey" in query["sql"].lower() for query in asked.captured_queries) <= 1


@pytest.mark.parametrize("age", [0, 86400])
def test_key_is_replaced_once_it_is_as_old_as_the_setting_says(
    api: Api, settings: Any, database_keys: None, age: int
) -> None:
    settings.AUTH_KEYRING_TTL, settings.AUTH_SIGNING_KEY_MAX_AGE = 0, age
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = api.sign_up().token
        clock.shift(86401)
        for _ in range(3):
            assert len(published(api)) == (2 if age else 1)
        assert kid_of(api.sign_in().token) == kid_of(first)
        clock.shift(301)
        assert (kid_of(api.sign_in().token) == kid_of(first)) is not bool(age)
        clock.shift(2000)
        assert len(published(api)) == 1


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])
