"""Times as operators type them."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.management.moments import from_now, moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-01T10:00:00Z", datetime(2026, 5, 1, 10, tzinfo=UTC)),
        ("2026-05-01T10:00:00+02:00", datetime(2026, 5, 1, 8, tzinfo=UTC)),
        ("2026-05-01 10:00", datetime(2026, 5, 1, 4, 15, tzinfo=UTC)),
        ("2026-05-01", datetime(2026, 4, 30, 18, 15, tzinfo=UTC)),
    ],
)
def test_moment_without_a_zone_is_in_that_of_the_project(settings: Any, text: str, expected: datetime) -> None:
    settings.TIME_ZONE = "Asia/Kathmandu"
    assert moment(text) == expected
    settings.USE_TZ = False
    assert moment(text) == timezone.make_naive(expected)


ENDS_OF_TIME = ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"]


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026-02-30T00:00", "1777777777", "2026", *ENDS_OF_TIME])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        moment(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90d", timedelta(days=90)),
        ("2w", timedelta(days=14)),
        ("1d12h", timedelta(hours=36)),
        ("30m", timedelta(minutes=30)),
        ("45s", timedelta(seconds=45)),
    ],
)
def test_stretch_begins_now(text: str, expected: timedelta) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        assert from_now(text) == timezone.now() + expected


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "1.5h", "90 d", "1y", "٣d", "999999999w", "1" * 20 + "d"])
def test_what_is_no_stretch_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        from_now(text)
