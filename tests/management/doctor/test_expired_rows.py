"""Rows that wait to be pruned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from nhost_auth.management.doctor import expired_rows as subject
from nhost_auth.models import Challenge
from tests.management.doctor.reading import is_well, texts, warnings

pytestmark = pytest.mark.django_db
TABLE = "nhost_auth_challenge"


def add(count: int, *, seconds: int, name: str) -> None:
    at = timezone.now() + timedelta(seconds=seconds)
    Challenge.objects.bulk_create(
        (Challenge(hash=f"{name}{number}", purpose="sign-in", expires_at=at) for number in range(count)), 500
    )


def test_what_has_not_expired_does_not_count() -> None:
    add(3, seconds=60, name="live")
    add(2, seconds=-1, name="over")
    assert is_well(subject)
    assert f"{TABLE} has 2." in texts(subject, "ok")


def test_more_than_ten_thousand_are_a_warning_until_they_are_pruned() -> None:
    add(10_000, seconds=-1, name="over")
    assert is_well(subject)
    add(1, seconds=-1, name="more")
    assert warnings(subject) == [f"{TABLE} has more than 10000."]
    Challenge.objects.all().delete()
    assert is_well(subject)
