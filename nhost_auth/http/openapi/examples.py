"""Examples of requests, answers and refusals: made from the schemas, so that they cannot fall behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nhost_auth.errors import (
    AuthError,
    BadRequest,
    BotCheckFailed,
    BotCheckUnavailable,
    RequestFault,
    RequestValidationError,
    SchemaValidationError,
    Unauthorized,
)
from nhost_auth.flows import elevation
from nhost_auth.http import exceptions, guards
from nhost_auth.http.endpoint import Story
from nhost_auth.http.json_schemas import PREFIX, Schema
from nhost_auth.http.openapi.sample_values import LATER, UUID, named
from nhost_auth.http.payloads import NO_SESSION
from nhost_auth.http.turnstile import HEADER

SESSION, SECOND_STEP, VERIFY_FIRST = "Signed in", "A second factor is asked for", "The address has to be verified first"
CASES: Final[dict[str, dict[str, str | None]]] = {
    "SessionPayload": {SESSION: "session", VERIFY_FIRST: None},
    "SignInResponse": {SESSION: "session", SECOND_STEP: "mfa"},
    "EnterResponse": {SESSION: "session", SECOND_STEP: "mfa", VERIFY_FIRST: None},
}
"""Answers that are one of several things: what it means, and the member that is there; None: a session of null."""
BY_TYPE: Final = {"string": "text", "integer": 1, "boolean": True, "object": {}}
BY_FORMAT: Final = {"uuid": UUID, "date-time": LATER}
REASONS: Final[dict[type[RequestFault], str]] = {
    BotCheckFailed: f"missing {HEADER} header",
    BotCheckUnavailable: "internal server error when attempting to pass turnstile",
    RequestValidationError: "failed to decode request body: it is not JSON",
    SchemaValidationError: "value must be a string",
}


class Examples:
    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        """`schemas`: those that references lead to, under their names."""
        self._schemas = schemas

    def request(self, schema: Schema) -> Schema:
        """What is needed alone and with everything else, for a media type."""
        least, whole = self.value(schema, whole=False), self.value(schema)
        if least == whole:
            return {"example": whole}
        return _several({"What is needed": least, "Everything": whole})

    def answer(self, schema: Schema) -> Schema:
        value = self.value(schema)
        cases = CASES.get(_name(schema))
        if cases is None:
            return {"example": value}
        return _several({told: {name: value[name]} if name else NO_SESSION for told, name in cases.items()})

    def value(self, schema: Schema, owner: str = "", name: str = "", *, whole: bool = True) -> Any:
        """Of a schema that is the member `name` of the shape `owner`, or stands alone; all of it or what is needed."""
        try:
            return named(owner, name)
        except KeyError:
            return self._made_up(schema, owner, name, whole=whole)

    def _made_up(self, schema: Schema, owner: str, name: str, *, whole: bool) -> Any:
        if "$ref" in schema:
            return self._made_up(self._schemas[PREFIX + _name(schema)], _name(schema), name, whole=whole)
        for some in (*schema.get("oneOf", ()), *schema.get("allOf", ())):
            return self._made_up(some, owner, name, whole=whole)
        if "enum" in schema:
            return schema["enum"][0]
        if "properties" in schema:
            return self._object(schema, owner, whole=whole)
        if schema["type"] == "array":
            return [self._made_up(schema["items"], owner, name, whole=whole)]
        return BY_FORMAT.get(schema.get("format", ""), BY_TYPE[schema["type"]])

    def _object(self, schema: Schema, owner: str, *, whole: bool) -> dict[str, Any]:
        """With every member, or else with those it needs; an object that needs none has its first."""
        properties = schema["properties"]
        shown = list(properties) if whole else schema.get("required", list(properties)[:1])
        return {name: self.value(part, owner, name, whole=whole) for name, part in properties.items() if name in shown}


def refusals(story: Story, status: int, errors: list[type[AuthError]]) -> Schema:
    """The body of each error, under its code, as the server renders it."""
    found = {error: exceptions.body(_raised(error, story)) for error in errors}
    return {
        "examples": {
            error.code: {
                "summary": ": ".join(filter(None, [error.code, error.message])),
                "value": body | ({"status": status} if "status" in body else {}),
            }
            for error, body in found.items()
        }
    }


def _raised(error: type[AuthError], story: Story) -> AuthError:
    if issubclass(error, Unauthorized):
        scheme = "BearerAuth" if story.guard is guards.bearer else elevation.SCHEME
        return error("invalid or expired token", scheme)
    if issubclass(error, BadRequest):
        return error(_unreadable(story))
    return error(REASONS[error]) if issubclass(error, RequestFault) else error()


def _unreadable(story: Story) -> str:
    """What BadRequest tells of a story: a query argument that is missing, or a value in the wrong syntax."""
    for query in filter(None, (story.query, story.form)):
        for name, field in query().fields.items():
            if field.required:
                return f"Query argument {name} is required, but not found"
    return "email: failed to pass regex validation"


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2].removeprefix(PREFIX)


def _several(found: dict[str, Any]) -> Schema:
    names = {told: told.lower().replace(" ", "-") for told in found}
    return {"examples": {names[told]: {"summary": told, "value": value} for told, value in found.items()}}
