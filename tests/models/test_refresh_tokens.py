"""Refresh tokens: hashes at rest, rotation in place, ends (accounts.md 2.5; design.md 4)."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nhost_auth.infra.crypto import digest
from nhost_auth.models import Account, RefreshToken, SpentRefreshToken
from nhost_auth.models.refresh_tokens import successor

pytestmark = pytest.mark.django_db
DAY = 24 * 3600


@pytest.fixture
def ann() -> Account:
    account: Account = User.objects.create_user("ann").account
    return account


def issue(account: Account) -> tuple[RefreshToken, str]:
    return RefreshToken.objects.issue(account, ip="192.0.2.7", device="Firefox")


def rotate(token: RefreshToken, secret: str) -> str | None:
    return token.rotate(secret, ip="192.0.2.8", device="Safari")


def rotated(token: RefreshToken, secret: str) -> str:
    following = rotate(token, secret)
    assert following is not None
    return following


def found(secret: str) -> RefreshToken | None:
    return RefreshToken.objects.find_with_account(secret)


def everything_stored() -> str:
    return str([*RefreshToken.objects.values(), *SpentRefreshToken.objects.values()])


def test_secret_is_a_uuid_that_differs_from_the_id_and_is_found_again(ann: Account) -> None:
    token, secret = issue(ann)
    assert str(uuid.UUID(secret)) == secret
    assert secret != str(token.pk)
    assert found(secret) == token
    assert (token.kind, token.ip, token.device) == ("regular", "192.0.2.7", "Firefox")


def test_only_hashes_are_stored(ann: Account) -> None:
    token, secret = issue(ann)
    following = rotated(token, secret)
    assert hashlib.sha256(following.encode()).hexdigest() == RefreshToken.objects.get().hash
    assert hashlib.sha256(secret.encode()).hexdigest() == SpentRefreshToken.objects.get().hash
    for known in (secret, following):
        assert known not in everything_stored()
        assert uuid.UUID(known).hex not in everything_stored()


def test_session_lives_thirty_days_from_its_last_refresh(ann: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token, secret = issue(ann)
        clock.shift(30 * DAY - 1)
        secret = rotated(token, secret)
        clock.shift(30 * DAY - 1)
        assert found(secret) == token
        clock.shift(1)
        assert found(secret) is None


def test_life_is_what_the_setting_says(ann: Account, settings: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_EXPIRES_IN = 60
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token, secret = issue(ann)
        clock.shift(59)
        assert found(secret) == token
        clock.shift(1)
        assert found(secret) is None


def test_session_ends_at_its_greatest_age_however_often_refreshed(ann: Account, settings: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_MAX_LIFETIME = 3 * DAY
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token, secret = issue(ann)
        for _ in range(2):
            clock.shift(DAY)
            secret = rotated(token, secret)
        clock.shift(DAY - 1)
        assert found(secret) == token
        clock.shift(1)
        assert found(secret) is None


def test_rotation_keeps_the_row_and_leaves_the_former_secret_dead(ann: Account) -> None:
    token, secret = issue(ann)
    following = rotated(token, secret)
    assert found(secret) is None
    again = found(following)
    assert again == token
    assert again is not None
    assert (again.ip, again.device, again.created_at) == ("192.0.2.8", "Safari", token.created_at)


def test_secret_rotates_once(ann: Account) -> None:
    token, secret = issue(ann)
    stale = RefreshToken.objects.get()
    following = rotated(token, secret)
    assert rotate(stale, secret) is None
    assert found(following) == token
    assert SpentRefreshToken.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_session_that_has_just_ended_does_not_rotate(ann: Account) -> None:
    token, secret = issue(ann)
    RefreshToken.objects.filter(pk=token.pk).delete()
    assert rotate(token, secret) is None
    assert not SpentRefreshToken.objects.exists()


def test_rotation_that_was_cut_off_half_way_is_done_by_the_next_who_asks(ann: Account) -> None:
    token, secret = issue(ann)
    SpentRefreshToken.objects.create(hash=digest(secret), token=token)  # all that a killed process has left
    assert found(secret) == token
    assert found(rotated(token, secret)) == token
    assert found(secret) is None


def test_34_successor_is_random_to_all_who_lack_the_secret_or_the_key(ann: Account, settings: Any) -> None:
    token, secret = issue(ann)
    following = successor(secret, token.pk)
    assert rotated(token, secret) == following
    assert str(uuid.UUID(following)) == following
    assert successor(secret, uuid.uuid4()) != following
    assert successor(str(uuid.uuid4()), token.pk) != following
    settings.SECRET_KEY = "another-" + "k" * 40
    assert successor(secret, token.pk) != following


@pytest.mark.parametrize(("window", "detection", "kept"), [(0, False, 0), (10, False, 1), (0, True, 1)])
def test_spent_secrets_are_remembered_where_a_setting_needs_them(
    ann: Account, settings: Any, window: int, detection: bool, kept: int
) -> None:
    settings.AUTH_REFRESH_TOKEN_REUSE_WINDOW = window
    settings.AUTH_REFRESH_TOKEN_REUSE_DETECTION = detection
    rotated(*issue(ann))
    assert SpentRefreshToken.objects.count() == kept


def test_session_comes_with_account_user_and_roles_in_one_statement(ann: Account) -> None:
    _, secret = issue(ann)
    with CaptureQueriesContext(connection) as captured:
        token = found(secret)
        assert token is not None
        assert token.account.user.username == "ann"
    assert token.account.role_names == ["editor", "me", "user"]
    assert len(captured) == 1


def test_personal_access_token_is_hashed_lives_as_asked_for_and_is_found_as_such_alone(ann: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        until = timezone.now() + timedelta(hours=1)
        token, secret = RefreshToken.objects.issue_pat(ann, expires_at=until, metadata={"name": "CI"})
        assert secret not in everything_stored()
        assert RefreshToken.objects.get().metadata == {"name": "CI"}
        clock.shift(3599)
        assert RefreshToken.objects.find_with_account(secret, kind="pat") == token
        assert found(secret) is None
        clock.shift(1)
        assert RefreshToken.objects.find_with_account(secret, kind="pat") is None


def test_personal_access_token_is_revoked_as_a_session_is_ended(ann: Account) -> None:
    token, secret = RefreshToken.objects.issue_pat(ann, expires_at=timezone.now() + timedelta(hours=1), metadata=None)
    assert RefreshToken.objects.end(secret) == ann
    assert not RefreshToken.objects.filter(pk=token.pk).exists()


def test_live_and_spent_secrets_end_their_own_session_alone(ann: Account) -> None:
    other, _ = issue(ann)
    for use_spent in (False, True):
        token, secret = issue(ann)
        following = rotated(token, secret)
        assert RefreshToken.objects.end(secret if use_spent else following) == ann
        assert RefreshToken.objects.get() == other
    assert not SpentRefreshToken.objects.exists()


def test_unknown_secret_ends_nothing(ann: Account) -> None:
    token, secret = issue(ann)
    assert RefreshToken.objects.end(str(uuid.uuid4())) is None
    assert RefreshToken.objects.end(str(token.pk)) is None
    assert found(secret) == token


def test_sessions_go_with_their_account(ann: Account) -> None:
    rotated(*issue(ann))
    ann.user.delete()
    assert not RefreshToken.objects.exists()
    assert not SpentRefreshToken.objects.exists()
