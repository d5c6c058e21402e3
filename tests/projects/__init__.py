"""Host projects of every make, each a package with its settings; `journey.py` has to pass under all of them."""

from __future__ import annotations

from typing import Any

from tests import settings as base


def databases(project: str) -> dict[str, Any]:
    """The tests' database; on a server under a test name of its own, as the suite around this one holds the usual."""
    default = dict(base.DATABASES["default"])
    if not default["ENGINE"].endswith("sqlite3"):
        default["TEST"] = {"NAME": f"test_{default['NAME']}_{project}"}
    return {"default": default}
