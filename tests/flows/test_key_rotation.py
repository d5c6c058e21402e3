"""Changing signing keys without a token refused (configuration.md 2.5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from django.db import connections
from django.utils import timezone

from nhost_auth.flows import key_rotation, keys
from nhost_auth.flows.key_rotation import KeysStay
from nhost_auth.infra.keyring import generate_private_pem
from nhost_auth.models import SigningKey
from tests.conftest import Api, Reply

pytestmark = pytest.mark.django_db
PATH = "/.well-known/jwks.json"
HOUR = timedelta(hours=1)
NOW = timedelta()
HS = {"type": "HS256", "key": "pinned-" + "k" * 32, "issuer": "hasura-auth", "claims_namespace": "https://x.example/c"}


@pytest.fixture(autouse=True)
def database_keys(settings: Any) -> Iterator[None]:
    settings.HASURA_GRAPHQL_JWT_SECRET, settings.AUTH_SIGNING_ALGORITHM = None, "ES256"
    keys.forget()
    yield
    keys.forget()


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(timezone.now(), tick=False) as moving:
        yield moving


def published(api: Api) -> list[str]:
    return [key["kid"] for key in api.get(PATH).json["keys"]]


def kid(reply: Reply) -> str:
    return str(jwt.get_unverified_header(reply.token)["kid"])


def states() -> dict[str, str]:
    return {key.kid: str(key.state) for key in SigningKey.objects.with_states()}


def is_good(api: Api, reply: Reply) -> bool:
    return api.get("/user", token=reply.token).status == 200


def test_new_key_is_published_before_it_signs_and_the_old_one_verifies_until_its_last_token_expired(
    api: Api, clock: time_machine.Coordinates, settings: Any
) -> None:
    settings.AUTH_KEYRING_TTL = 0
    first = api.sign_up()
    made = key_rotation.rotate("EdDSA", publish_ahead=HOUR)
    old, new = kid(first), made.kid
    assert states() == {new: "next", old: "active"}
    assert set(published(api)) == {old, new}
    clock.shift(3599)
    last = api.sign_in()
    assert kid(last) == old
    clock.shift(1)
    assert states() == {new: "active", old: "retiring"}
    after = api.sign_in()
    assert kid(after) == new
    clock.shift(890)
    assert [is_good(api, reply) for reply in (last, after)] == [True, True]
    clock.shift(100)
    assert states() == {new: "active", old: "retired"}
    assert published(api) == [new]


def test_token_of_the_old_key_outlives_the_rotation_to_its_last_second(
    api: Api, clock: time_machine.Coordinates, settings: Any
) -> None:
    settings.AUTH_KEYRING_TTL = 0
    first = api.sign_up()
    clock.shift(1)
    key_rotation.rotate("RS256", publish_ahead=NOW)
    assert kid(api.sign_in()) != kid(first)
    clock.shift(898)
    assert is_good(api, first)


def test_rotation_without_a_wait_signs_at_once(api: Api) -> None:
    api.sign_up()
    made = key_rotation.rotate("EdDSA", publish_ahead=NOW)
    assert kid(api.sign_in()) == made.kid


def test_waiting_key_is_brought_forward_and_no_second_one_is_made(api: Api, clock: Any) -> None:
    first = api.sign_up()
    waiting = key_rotation.rotate("EdDSA", publish_ahead=HOUR)
    with pytest.raises(KeysStay, match="signs from"):
        key_rotation.rotate("ES256", publish_ahead=HOUR)
    clock.shift(1)
    assert key_rotation.rotate("ES256", publish_ahead=NOW).pk == waiting.pk
    assert states() == {waiting.kid: "active", kid(first): "retiring"}
    assert is_good(api, first)
    clock.shift(1200)
    assert states()[kid(first)] == "retired"


def test_rotations_begun_at_once_make_one_key(transactional_db: None) -> None:
    SigningKey.objects.ensure_one()
    barrier = threading.Barrier(8)

    def once(_: int) -> bool:
        barrier.wait()
        try:
            key_rotation.rotate("EdDSA", publish_ahead=HOUR)
        except KeysStay:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(once, range(8))) == 1
    assert sorted(states().values()) == ["active", "next"]


def test_rotation_makes_the_first_key_where_there_is_none() -> None:
    made = key_rotation.rotate("EdDSA", publish_ahead=NOW)
    assert states()[made.kid] == "active"


def test_retired_key_is_believed_no_more(api: Api) -> None:
    first = api.sign_up()
    key_rotation.rotate("EdDSA", publish_ahead=NOW)
    assert is_good(api, first)
    key_rotation.retire(SigningKey.objects.get(kid=kid(first)))
    keys.forget()  # what the commit does
    assert not is_good(api, first)
    assert kid(first) not in published(api)


def test_key_that_signs_cannot_be_retired(api: Api) -> None:
    first = api.sign_up()
    with pytest.raises(KeysStay, match="signs"):
        key_rotation.retire(SigningKey.objects.get(kid=kid(first)))
    assert is_good(api, first)


def test_waiting_key_that_is_retired_leaves_the_signing_one_signing(api: Api, clock: Any, settings: Any) -> None:
    settings.AUTH_KEYRING_TTL = 0
    first = api.sign_up()
    key_rotation.retire(key_rotation.rotate("EdDSA", publish_ahead=HOUR))
    clock.shift(100_000)
    assert states()[kid(first)] == "active"
    assert kid(api.sign_in()) == kid(first)


def test_key_is_retired_once(api: Api) -> None:
    """A second time would take the end from the key that the next one replaces."""
    first = api.sign_up()
    gone = key_rotation.rotate("EdDSA", publish_ahead=HOUR)
    key_rotation.retire(gone)
    key_rotation.rotate("ES256", publish_ahead=HOUR)
    with pytest.raises(KeysStay, match="retired already"):
        key_rotation.retire(SigningKey.objects.get(pk=gone.pk))
    assert SigningKey.objects.get(kid=kid(first)).verifies_until is not None


def test_rotation_goes_on_after_a_waiting_key_was_deleted_by_hand(api: Api) -> None:
    first = api.sign_up()
    SigningKey.objects.get(pk=key_rotation.rotate("EdDSA", publish_ahead=HOUR).pk).delete()
    made = key_rotation.rotate("EdDSA", publish_ahead=NOW)
    assert states() == {made.kid: "active", kid(first): "retiring"}


def test_prune_deletes_the_retired_alone(api: Api, clock: Any) -> None:
    first = api.sign_up()
    key_rotation.rotate("EdDSA", publish_ahead=NOW)
    assert key_rotation.prune() == 0
    clock.shift(2000)
    assert key_rotation.prune() == 1
    assert kid(first) not in states()


@pytest.mark.parametrize("act", ["rotate", "retire"])
def test_pinned_secret_keeps_the_keys_of_the_database_as_they_are(settings: Any, act: str) -> None:
    key = SigningKey.objects.generate("ES256")
    settings.HASURA_GRAPHQL_JWT_SECRET = HS
    with pytest.raises(KeysStay, match="pins"):
        key_rotation.rotate("ES256", publish_ahead=NOW) if act == "rotate" else key_rotation.retire(key)


def pem_pair() -> dict[str, str]:
    private = generate_private_pem("RS256")
    loaded = serialization.load_pem_private_key(private.encode(), None)
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    public = loaded.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()
    return {"type": "RS256", "key": public, "signing_key": private}


@pytest.mark.parametrize("pinned", ["HS256", "RS256", "RS256 with kid"])
def test_adopted_secret_goes_on_and_is_replaced_without_a_token_refused(api: Api, settings: Any, pinned: str) -> None:
    frame = {"issuer": "hasura-auth", "claims_namespace": "https://x.example/c"}
    secret = HS if pinned == "HS256" else {**pem_pair(), **frame}
    settings.HASURA_GRAPHQL_JWT_SECRET = secret | ({"kid": "k1"} if "kid" in pinned else {})
    SigningKey.objects.generate("ES256")  # from before the pinning
    before = api.sign_up()
    key_rotation.adopt_pinned()
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    assert is_good(api, before)
    between = api.sign_in()
    assert jwt.get_unverified_header(between.token) == jwt.get_unverified_header(before.token)
    key_rotation.rotate("EdDSA", publish_ahead=NOW)
    after = api.sign_in()
    assert [is_good(api, reply) for reply in (before, between, after)] == [True, True, True]
    assert {reply.claims["iss"] for reply in (before, between, after)} == {"hasura-auth"}
    assert all(reply.claims["https://x.example/c"]["x-hasura-default-role"] == "user" for reply in (between, after))
    key_rotation.rotate("ES256", publish_ahead=NOW, default_issuer=True)
    latest = api.sign_in()
    assert latest.claims["iss"] == "https://auth.example.com/v1"
    assert [is_good(api, reply) for reply in (before, after, latest)] == [True, True, True]


def test_key_that_waited_since_before_the_pinning_never_signs(api: Api, settings: Any, clock: Any) -> None:
    SigningKey.objects.ensure_one()
    waiting = key_rotation.rotate("EdDSA", publish_ahead=timedelta(minutes=5))
    clock.shift(1)
    settings.HASURA_GRAPHQL_JWT_SECRET = HS
    adopted = key_rotation.adopt_pinned()
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    clock.shift(301)
    found = states()
    assert (found[waiting.kid], found[adopted.kid]) == ("retired", "active")


def test_adopted_shared_secret_is_never_published(api: Api, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = HS
    key_rotation.adopt_pinned()
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    assert published(api) == []
    assert HS["key"] not in str(list(SigningKey.objects.values()))


def test_secret_is_adopted_once(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = HS
    key_rotation.adopt_pinned()
    with pytest.raises(KeysStay, match="already"):
        key_rotation.adopt_pinned()
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    with pytest.raises(KeysStay, match="not set"):
        key_rotation.adopt_pinned()
