"""What tests of endpoints share: a social provider that is switched on and played."""

from __future__ import annotations

from typing import Any

import pytest

from tests.internet import Internet
from tests.played import ALL
from tests.played.provider import Played


@pytest.fixture
def provider(request: pytest.FixtureRequest, internet: Internet, settings: Any) -> Played:
    """GitHub, or the one that a test is parametrized with (tests.visits)."""
    slug = getattr(request, "param", "github")
    return next(played for played in ALL if played.slug == slug)(internet, settings)
