"""The default cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache

from nhost_auth.management.doctor import cache as subject
from tests.management.doctor.reading import errors, is_well, texts, warnings

KEPT: dict[str, Any] = {}


class SharedCache(BaseCache):
    """As a server that all processes ask."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def set(self, key: str, value: Any, *_: Any, **_options: Any) -> None:
        KEPT[key] = value

    def get(self, key: str, default: Any = None, version: Any = None) -> Any:
        return KEPT.get(key, default)

    def delete(self, key: str, version: Any = None) -> bool:
        return KEPT.pop(key, None) is not None


class UnreachableCache(SharedCache):
    """As Memcached whose server is down: its client says nothing."""

    def set(self, key: str, value: Any, *_: Any, **_options: Any) -> None:
        return None


def use(settings: Any, backend: str, location: str = "") -> None:
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": location}}


def test_shared_cache_that_works_is_well_and_left_clean(settings: Any) -> None:
    use(settings, f"{__name__}.SharedCache")
    assert is_well(subject)
    assert texts(subject, "ok") == ["SharedCache works, and all processes share it."]
    assert not KEPT


def test_cache_that_forgets_is_an_error(settings: Any) -> None:
    use(settings, f"{__name__}.UnreachableCache")
    assert errors(subject) == ["UnreachableCache does not give back what it was given."]


@pytest.mark.parametrize(
    ("backend", "text"),
    [
        ("locmem.LocMemCache", "LocMemCache is another one in every process."),
        ("dummy.DummyCache", "DummyCache keeps nothing."),
        ("filebased.FileBasedCache", "FileBasedCache is another one on every machine."),
    ],
    ids=["locmem", "dummy", "files"],
)
def test_cache_that_is_not_shared_is_a_warning(settings: Any, tmp_path: Path, backend: str, text: str) -> None:
    use(settings, f"django.core.cache.backends.{backend}", str(tmp_path))
    assert warnings(subject) == [text]
    assert not errors(subject)
    cache.clear()
