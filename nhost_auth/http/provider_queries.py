"""The query of a visit to a social provider (identity.md 4.1)."""

from __future__ import annotations

import json
import re
from typing import Any

from nhost_auth.errors import InvalidRequest, RequestValidationError, SchemaValidationError
from nhost_auth.http.bodies import parse
from nhost_auth.http.inputs import DisplayName, Metadata, Query, Text, Texts
from nhost_auth.infra import providers

UPSTREAM = re.compile(r"upstreamParams\[([^\[\]]{1,100})\]")
RESERVED = {
    "client_id",
    "client_secret",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "code",
    "code_challenge",
    "code_challenge_method",
    "nonce",
}
OPTIONS = ("allowed_roles", "default_role", "display_name", "locale", "metadata")


class CommaList(Text):
    """`a,b` as a list; nothing is no list."""

    def read(self, value: Any) -> Any:
        return Texts().read([item for item in super().read(value).split(",") if item])

    def describe(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}}


class MetadataText(Text):
    """Metadata as JSON text."""

    def read(self, value: Any) -> Any:
        try:
            found = parse(super().read(value).encode())
        except RequestValidationError:
            raise SchemaValidationError("value must be an object") from None
        return Metadata().read(found)

    def describe(self) -> dict[str, Any]:
        return {"type": "string", "description": "An object as JSON."}


class StartQuery(Query):
    allowedRoles = CommaList(required=False)
    defaultRole = Text(required=False)
    displayName = DisplayName(most=32, required=False)
    locale = Text(least=2, most=3, required=False)
    metadata = MetadataText(required=False)
    redirectTo = Text(required=False)
    state = Text(required=False)
    connection = Text(required=False)
    organization = Text(required=False)
    codeChallenge = Text(required=False)

    @classmethod
    def read(cls, value: Any) -> dict[str, Any]:
        """As Query.read, with the sign-up options in `options` and what goes to the provider in `extra`."""
        found, extra = super().read(value), dict[str, str]()
        for name, text in value.items():
            upstream = UPSTREAM.fullmatch(name)
            if upstream and upstream[1].lower() in RESERVED:
                raise InvalidRequest
            if upstream:
                extra[upstream[1]] = text
        options = {name: found.pop(name) for name in OPTIONS if name in found}
        return {**found, "options": options, "extra": extra}


class SignInQuery(StartQuery):
    connect = Text(required=False)


class CallbackQuery(Query):
    """What providers send the browser back with; whatever else comes is theirs."""

    state = Text()
    code = Text(required=False)
    id_token = Text(required=False)
    error = Text(required=False)
    error_description = Text(required=False)
    error_uri = Text(required=False)
    iss = Text(required=False)
    oauth_token = Text(required=False)
    oauth_verifier = Text(required=False)
    user = Text(required=False)


def ensure_provider(name: str) -> str:
    """Raises SchemaValidationError for a provider nobody knows."""
    if not providers.is_known(name):
        raise SchemaValidationError(f"value is not one of the allowed values {json.dumps(sorted(providers.PROVIDERS))}")
    return name
