"""Requests that carry an ID token of a provider (identity.md section 5)."""

from __future__ import annotations

import json
from typing import Any

from nhost_auth.errors import SchemaValidationError
from nhost_auth.http.inputs import Input, SignUpOptions, Text
from nhost_auth.infra.id_tokens import BUILT_IN


class IssuerName(Text):
    """Apple, Google, or a provider of the project's own."""

    def read(self, value: Any) -> Any:
        name = super().read(value)
        if name not in BUILT_IN and not name.startswith("c:"):
            raise SchemaValidationError(f"value is not one of the allowed values {json.dumps(sorted(BUILT_IN))}")
        return name

    def describe(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^({'|'.join(sorted(BUILT_IN))}|c:.*)$"}


class IdTokenRequest(Input):
    provider = IssuerName()
    idToken = Text()
    nonce = Text(required=False)


class EnterRequest(IdTokenRequest):
    options = SignUpOptions(required=False)
