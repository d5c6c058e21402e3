"""The storage of rate limits."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.management.doctor import rate_limits as subject
from tests.counters import NOWHERE, running_redis
from tests.counters import limits as limits
from tests.management.doctor.reading import errors, is_well, texts


def test_storage_that_answers_is_well(limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_STORAGE = running_redis()
    assert is_well(subject)
    assert texts(subject, "ok") == ["The redis storage answers."]


@pytest.mark.parametrize("uri", [NOWHERE, "redis://h:not-a-port"])
def test_storage_that_does_not_answer_is_an_error(limits: Any, uri: str) -> None:
    limits.AUTH_RATE_LIMIT_STORAGE = uri
    assert errors(subject) == ["The redis storage does not answer."]


def test_memory_and_no_limits_have_no_storage_to_ask(limits: Any) -> None:
    assert texts(subject, "ok") == ["Each process counts for itself."]
    limits.AUTH_RATE_LIMIT_STORAGE, limits.AUTH_RATE_LIMIT_ENABLE = NOWHERE, False
    assert texts(subject, "ok") == ["AUTH_RATE_LIMIT_ENABLE is off."]
