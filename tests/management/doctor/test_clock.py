"""The database's clock against ours, which is set wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from nhost_auth.management.doctor import clock as subject
from tests.management.doctor.reading import errors, is_well, texts, warnings

pytestmark = pytest.mark.django_db


def wrong_by(seconds: int) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds))


def test_clocks_that_agree_are_well() -> None:
    assert is_well(subject)


@pytest.mark.parametrize(("seconds", "where"), [(10, "behind"), (-10, "ahead of")])
def test_some_seconds_are_a_warning(seconds: int, where: str) -> None:
    with wrong_by(seconds):
        (text,) = warnings(subject)
    assert text.startswith("The database's clock is ")
    assert text.endswith(f" seconds {where} ours.")
    assert 8 < float(text.split()[4]) < 12
    assert is_well(subject)


@pytest.mark.parametrize(("seconds", "where"), [(60, "behind"), (-60, "ahead of")])
def test_a_minute_is_an_error(seconds: int, where: str) -> None:
    with wrong_by(seconds):
        (text,) = errors(subject)
    assert text.endswith(f" seconds {where} ours.")
    assert is_well(subject)


def test_local_times_are_a_warning(settings: Any) -> None:
    settings.USE_TZ = False
    assert warnings(subject) == ["USE_TZ is off: times jump when summer time begins and ends."]


def test_database_that_we_do_not_know_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "oracle")
    assert texts(subject, "ok") == ["The clock of oracle was not asked."]
