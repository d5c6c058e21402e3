"""System checks as findings."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import checks

from nhost_auth.management.doctor import settings as subject
from tests.management.doctor.reading import errors, findings, is_well, warnings
from tests.strict_settings import be_strict


@pytest.fixture(autouse=True)
def sound(settings: Any) -> None:
    be_strict(settings)


def test_sound_settings_are_well() -> None:
    assert is_well(subject)


def test_error_of_a_check_is_an_error_with_its_hint(settings: Any) -> None:
    settings.AUTH_MFA_REQUIRED_EVERYWHERE = True
    (finding,) = findings(subject)
    assert (finding.level, finding.text[:16], finding.hint) == ("error", "nhost_auth.E014:", "Set AUTH_MFA_ENABLED.")


def test_deployment_warnings_count_too(settings: Any) -> None:
    settings.AUTH_PASSWORD_MIN_LENGTH = 7
    assert [text.partition(":")[0] for text in warnings(subject)] == ["nhost_auth.W103"]
    assert not errors(subject)


def test_silenced_check_is_silent(settings: Any) -> None:
    settings.AUTH_PASSWORD_MIN_LENGTH, settings.SILENCED_SYSTEM_CHECKS = 7, ["nhost_auth.W103"]
    assert is_well(subject)


def test_checks_of_others_are_not_ours(settings: Any) -> None:
    settings.SECRET_KEY = "short"
    assert "security.W009" in {message.id for message in checks.run_checks(include_deployment_checks=True)}
    assert is_well(subject)
