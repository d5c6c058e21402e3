"""Setting up custom claims and reading them from tokens."""

from __future__ import annotations

from typing import Any

from tests.conftest import Reply

BASE = {
    "x-hasura-allowed-roles",
    "x-hasura-default-role",
    "x-hasura-user-id",
    "x-hasura-user-is-anonymous",
}
METADATA = {"plan": "pro", "seats": 5, "trial": False, "tags": ["a", "<b>"], "none": None, "blank": "", "empty": []}


def configure(settings: Any, claims: Any, defaults: Any = None, source: str = "django") -> None:
    settings.AUTH_JWT_CUSTOM_CLAIMS = claims
    settings.AUTH_JWT_CUSTOM_CLAIMS_DEFAULTS = defaults
    settings.AUTH_JWT_CUSTOM_CLAIMS_SOURCE = source


def custom(found: Reply) -> dict[str, str]:
    """What a token says beside Nhost's own claims."""
    assert found.status == 200, found.text
    return {name: value for name, value in found.hasura.items() if name not in BASE}
