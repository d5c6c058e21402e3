"""Without django.contrib.admin nobody reads our pages; `test_projects.py` runs it."""

from __future__ import annotations

import sys


def test_pages_are_not_read() -> None:
    assert "nhost_auth.admin" not in sys.modules
