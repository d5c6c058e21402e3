"""Tells drf-spectacular of our stories and authentication classes; loaded only where the host has installed it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from drf_spectacular.drainage import set_override
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.settings import spectacular_settings

from nhost_auth.errors import BotCheckFailed, BotCheckUnavailable
from nhost_auth.flows import elevation
from nhost_auth.http import answers, guards, refusals, turnstile
from nhost_auth.http.authentication import BearerAuthentication
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import Guard
from nhost_auth.http.inputs import Query
from nhost_auth.http.json_schemas import Schema, Shapes
from nhost_auth.http.payloads import Page, Redirect

JSON, HTML, FORM = "application/json", "text/html", "application/x-www-form-urlencoded"
BEARER_SCHEME = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
SCHEMES: dict[str, Schema] = {
    "BearerAuth": BEARER_SCHEME,
    elevation.SCHEME: {**BEARER_SCHEME, "description": "More proof than a sign-in, where the project asks for it."},
}
ANYBODY: Schema = {}
SECURITY: dict[Guard | None, list[Schema]] = {
    None: [],
    guards.optional_bearer: [ANYBODY, {"BearerAuth": []}],
    guards.optional_elevated: [ANYBODY, {elevation.SCHEME: []}],
    guards.bearer: [{"BearerAuth": []}],
    guards.elevated: [{elevation.SCHEME: []}],
    guards.elevated_unless_enrolling: [{elevation.SCHEME: []}],
    guards.proven_unless_enrolling: [{elevation.SCHEME: []}],
}
WAIT = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds.", "required": True}}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # its __init_subclass__
    """OpenAPI 3's `http` scheme, one for both classes; its name is the one that Nhost's own description has."""

    target_class = BearerAuthentication
    match_subclasses = True
    name = "BearerAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return BEARER_SCHEME


# Two classes under one name are no mistake: clients send the same token to either.
set_override(BearerAuthentication, "suppress_collision_warning", True)  # noqa: FBT003 - its signature


class StorySchema(AutoSchema):
    """The operation of a story, whole: nothing of an Endpoint is as drf-spectacular would guess it."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        view: Any = self.view
        story: Story = view.stories[view.action]
        if not story.operation:
            return None
        self._statuses, self._shapes = view.statuses, Shapes(null_is_type=spectacular_settings.OAS_VERSION >= "3.1")
        operation = {
            "operationId": story.operation,
            "tags": ["auth"],
            "parameters": [*_path_parameters(path, path_regex), *_parameters(story)],
            **self._request_body(story),
            "security": SECURITY[story.guard],
            "responses": self._answers(story) | self._refusals(story) | _limits(story),
        }
        self._register(registry, story)
        return operation

    def _request_body(self, story: Story) -> Schema:
        kind = story.request or story.form
        if kind is None:
            return {}
        schema = self._shapes.input(kind, f"{story.operation[0].upper()}{story.operation[1:]}Request")
        content = {JSON if story.request else FORM: {"schema": schema}}
        return {"requestBody": {"content": content, "required": not story.request_optional}}

    def _answers(self, story: Story) -> Schema:
        found: Schema = {}
        for kind in get_args(story.answer) if Redirect in get_args(story.answer) else [story.answer]:
            if kind is Redirect:
                found["302"] = {
                    "description": "Further on, with the result or an error in the query.",
                    "headers": {"Location": {"schema": {"type": "string"}, "required": True}},
                }
            elif kind is Page:
                found["200"] = {"description": "A page.", "content": {HTML: {"schema": {"type": "string"}}}}
            else:
                found["200"] = _as_json("Well.", self._shapes.answer(kind))
        return found

    def _refusals(self, story: Story) -> Schema:
        return {
            str(status): _as_json(", ".join(codes) or "Turnstile refuses.", self._refusal(story, status, codes))
            for status, codes in refusals.codes(story, self._statuses).items()
        }

    def _refusal(self, story: Story, status: int, codes: list[str]) -> Schema:
        shapes: list[Schema] = []
        if codes:
            error = {"type": "string", "enum": codes}
            refusal = self._shapes.answer(answers.ErrorResponse)
            shapes.append({"type": "object", "allOf": [refusal], "properties": {"error": error}})
        if story.turnstile and status in (BotCheckFailed.status, BotCheckUnavailable.status):
            shapes.append(self._shapes.answer(answers.BotCheckResponse))
        return shapes[0] if len(shapes) == 1 else {"anyOf": shapes}

    def _register(self, registry: ComponentRegistry, story: Story) -> None:
        for name, schema in self._shapes.components.items():
            _register(registry, name, ResolvedComponent.SCHEMA, schema, name)
        for name in (name for way in SECURITY[story.guard] for name in way):
            _register(registry, name, ResolvedComponent.SECURITY_SCHEMA, SCHEMES[name], BearerAuthentication)


def _register(registry: ComponentRegistry, name: str, kind: str, schema: Schema, owner: Any) -> None:
    registry.register_on_missing(ResolvedComponent(name, kind, schema, owner))  # type: ignore[no-untyped-call]


def _as_json(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {JSON: {"schema": schema}}}


def _limits(story: Story) -> Schema:
    """Answers without a body: to too many requests, and where they have to wait or cannot be counted."""
    found: Schema = {"429": {"description": "Too many requests.", "headers": WAIT}}
    if story.takes_code or story.hashes:
        found["503"] = {"description": "Too many passwords, or attempts cannot be counted now.", "headers": WAIT}
    if story.exists_with:
        found["404"] = {
            "description": f"Not without {story.exists_with}.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    return found


def _path_parameters(path: str, path_regex: str) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", **({"format": "uuid"} if f"<uuid:{name}>" in path_regex else {})},
        }
        for name in re.findall(r"{(\w+)}", path)
    ]


def _parameters(story: Story) -> list[Schema]:
    header = {"name": turnstile.HEADER, "in": "header", "schema": {"type": "string"}}
    return [*(_query_parameters(story.query) if story.query else ()), *([header] if story.turnstile else ())]


def _query_parameters(query: type[Query]) -> list[Schema]:
    found = []
    fields: Mapping[str, Any] = query().fields
    for name, field in fields.items():
        schema = field.describe()
        if field.required:
            schema["minLength"] = 1
        comma_list = {"style": "form", "explode": False} if schema["type"] == "array" else {}
        required = {"required": True} if field.required else {"allowEmptyValue": True}
        found.append({"name": name, "in": "query", **required, "schema": schema, **comma_list})
    return found


Endpoint.schema = StorySchema()
