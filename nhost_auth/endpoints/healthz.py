"""GET and HEAD /healthz (accounts.md 3.21)."""

from __future__ import annotations

from typing import Any

from nhost_auth.http import payloads
from nhost_auth.http.endpoint import Endpoint, Story


class Healthz(Endpoint):
    stories = {
        "check": Story(operation="healthCheckGet"),
        "head": Story(operation="healthCheckHead", answer=None),
        "root": Story(),
    }

    def check(self) -> Any:
        """Tell that the server is up.

        Asks no database.
        """
        return payloads.OK

    def head(self) -> Any:
        """Tell that the server is up, without a body."""
        return None

    def root(self) -> Any:
        """For load balancers that ask at the root of a server whose API is below a prefix."""
        return {"status": "ok"}
