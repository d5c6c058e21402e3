"""GET /version (accounts.md 3.21)."""

from __future__ import annotations

from typing import Any

from nhost_auth.http import answers
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.version import __version__


class Version(Endpoint):
    stories = {"show": Story(operation="getVersion", answer=answers.Version)}

    def show(self) -> Any:
        """Tell the server's version."""
        return {"version": __version__}
