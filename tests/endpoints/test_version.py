"""GET /version (accounts.md 3.21)."""

from __future__ import annotations

from nhost_auth.version import __version__
from tests.conftest import Api


def test_version_is_the_distributions(api: Api) -> None:
    reply = api.get("/version")
    assert (reply.status, reply.json) == (200, {"version": __version__})
