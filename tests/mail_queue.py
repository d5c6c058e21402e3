"""django-tasks-db for the time of a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin


@pytest.fixture
def tasks_db(settings: Any) -> Iterator[None]:
    """It is installed; the admin, which looks through new apps for models, forgets its own afterwards."""
    registered = dict(admin.site._registry)
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "django_tasks_db"]
    yield
    admin.site._registry = registered
