"""The keys that sign: their states, letting another take over, giving one up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from nhost_auth.models import AuditEvent, SigningKey
from tests.admin.conftest import KEYS, Browser

Browse = Callable[..., Browser]


@pytest.fixture
def key(db: None, settings: Any) -> SigningKey:
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    SigningKey.objects.all().delete()
    return SigningKey.objects.generate("ES256", signs_from=timezone.now() - timedelta(days=40))


def rotate(root: Browser, **data: Any) -> list[str]:
    return root.told(f"{KEYS}rotate/", {"confirmed": "yes", "algorithm": "EdDSA", "publish_ahead": "0", **data})


def states(root: Browser) -> list[tuple[str, str]]:
    found = [(key.algorithm, key.state.value) for key in root.get(KEYS).context["cl"].result_list]
    page = root.page(KEYS)
    assert all(f'field-state">{state}<' in page for _, state in found)
    return found


def test_key_is_rotated_when_it_is_confirmed(root: Browser, key: SigningKey) -> None:
    page = root.page(f"{KEYS}rotate/")
    assert 'value="300"' in page
    assert SigningKey.objects.count() == 1
    (told,) = rotate(root)
    assert told.startswith("EdDSA ")
    assert states(root) == [("EdDSA", "active"), ("ES256", "retiring")]
    assert AuditEvent.objects.filter(event="signing_key_rotated").count() == 1


def test_new_key_is_published_ahead(root: Browser, key: SigningKey) -> None:
    rotate(root, publish_ahead="600")
    assert states(root) == [("EdDSA", "next"), ("ES256", "active")]
    (told,) = rotate(root, publish_ahead="600")
    assert "signs from" in told
    assert SigningKey.objects.count() == 2


@pytest.mark.parametrize("data", [{"algorithm": "HS256"}, {"publish_ahead": "-1"}, {"publish_ahead": "9999999999"}])
def test_nonsense_is_refused(root: Browser, key: SigningKey, data: dict[str, str]) -> None:
    assert rotate(root, **data) == []
    assert SigningKey.objects.count() == 1


def test_nothing_happens_without_the_confirmation(root: Browser, key: SigningKey) -> None:
    root.get(f"{KEYS}rotate/", confirmed="yes", algorithm="EdDSA", publish_ahead="0")
    root.post(f"{KEYS}rotate/", {"algorithm": "EdDSA", "publish_ahead": "0"})
    root.get(f"{KEYS}{key.pk}/act/", action="retire", confirmed="yes")
    assert SigningKey.objects.count() == 1


def test_key_that_became_known_is_retired(root: Browser, key: SigningKey) -> None:
    rotate(root)
    path, retire = f"{KEYS}{key.pk}/act/", {"action": "retire"}
    assert "refused at once" in root.post(path, retire).content.decode()
    assert states(root)[1] == ("ES256", "retiring")
    assert root.told(path, {**retire, "confirmed": "yes"}) == [f"{key} is retired."]
    assert states(root)[1] == ("ES256", "retired")
    assert AuditEvent.objects.filter(event="signing_key_retired").count() == 1


def test_keys_are_retired_from_the_list(root: Browser, key: SigningKey) -> None:
    rotate(root)
    chosen = {"action": "retire", "_selected_action": [str(one.pk) for one in SigningKey.objects.all()]}
    assert "Retire?" in root.post(KEYS, {**chosen, "index": "0"}).content.decode()
    refused, retired = sorted(
        root.told(KEYS, {**chosen, "confirmed": "yes"}), key=lambda text: text.endswith("retired.")
    )
    assert "This key signs" in refused
    assert retired == f"{key} is retired."


def test_pinned_key_is_told_and_stays(root: Browser, key: SigningKey, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": "HS256", "key": "k" * 32}
    page = root.page(KEYS)
    assert "HASURA_GRAPHQL_JWT_SECRET pins" in page
    assert f"{KEYS}rotate/" not in page
    (told,) = rotate(root)
    assert "pins the key" in told
    assert SigningKey.objects.count() == 1


def test_states_and_age_are_told_on_the_key_s_page(root: Browser, key: SigningKey) -> None:
    SigningKey.objects.update(created_at=timezone.now() - timedelta(days=40))
    assert "1\xa0month" in root.page(KEYS)
    page = root.page(f"{KEYS}{key.pk}/change/")
    assert "active" in page
    assert str(key.kid) in page


@pytest.mark.parametrize("permission", ["view_signingkey", "view_account"])
def test_only_who_may_change_keys_rotates_or_retires(browse: Browse, key: SigningKey, permission: str) -> None:
    viewer = browse(permission)
    confirmed = {"confirmed": "yes", "algorithm": "EdDSA", "publish_ahead": "0"}
    assert viewer.get(f"{KEYS}rotate/").status_code == 403
    assert viewer.post(f"{KEYS}rotate/", confirmed).status_code == 403
    viewer.post(f"{KEYS}{key.pk}/act/", {"action": "retire", "confirmed": "yes"})
    viewer.post(KEYS, {"action": "retire", "confirmed": "yes", "_selected_action": [str(key.pk)]})
    assert [(one.pk, one.verifies_until) for one in SigningKey.objects.all()] == [(key.pk, None)]


def test_permission_to_change_keys_is_enough(browse: Browse, key: SigningKey) -> None:
    keeper = browse("change_signingkey")
    assert f"{KEYS}rotate/" in keeper.page(KEYS)
    rotate(keeper)
    assert SigningKey.objects.count() == 2
    assert keeper.post(f"{KEYS}{key.pk}/change/", {"algorithm": "EdDSA"}).status_code == 403
