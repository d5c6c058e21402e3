"""docs/backups.md: what it has people write is code that works. Its commands are run by tests/live/test_backups.py."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nhost_auth.flows import personal_data
from nhost_auth.signals import account_erased

PAGE = (Path(__file__).parents[2] / "docs/backups.md").read_text()


def test_list_of_the_erased_gets_their_ids(
    nhost_account: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    (source,) = re.findall(r"(?ms)^```python\n(# erasures\.py\n.*?)^```$", PAGE)
    module: dict[str, Any] = {}
    exec(source, module)
    account = nhost_account("ann@example.com")
    try:
        with caplog.at_level(logging.WARNING, "erasures"), django_capture_on_commit_callbacks(execute=True):
            personal_data.erase(account)
    finally:
        account_erased.disconnect(module["write_down"])
    assert [record.getMessage() for record in caplog.records if record.name == "erasures"] == [str(account.pk)]
