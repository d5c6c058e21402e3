"""An operation of OpenAPI for each story: nothing of it is guessed, all is what the story says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from nhost_auth.errors import AuthError, BotCheckFailed
from nhost_auth.flows import elevation
from nhost_auth.http import answers, guards, refusals, turnstile
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import Guard
from nhost_auth.http.inputs import Query
from nhost_auth.http.json_schemas import Schema, Shapes
from nhost_auth.http.openapi import descriptions, examples
from nhost_auth.http.openapi.examples import Examples
from nhost_auth.http.payloads import Page, Redirect
from nhost_auth.oauth2_errors import OAuth2Error

JSON, HTML, FORM, PLAIN = "application/json", "text/html", "application/x-www-form-urlencoded", "text/plain"
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
    guards.application_bearer: [{"BearerAuth": []}],
    guards.application_bearer_or_form: [{"BearerAuth": []}],
    guards.elevated: [{elevation.SCHEME: []}],
    guards.elevated_unless_enrolling: [{elevation.SCHEME: []}],
    guards.proven_unless_enrolling: [{elevation.SCHEME: []}],
}
WAIT = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds.", "required": True}}


class Operations:
    """Describes stories and keeps what they refer to: `schemas` and `security_schemes`, each under its name."""

    def __init__(self, *, null_is_type: bool) -> None:
        """`null_is_type`: as since OpenAPI 3.1."""
        self._shapes = Shapes(null_is_type=null_is_type)
        self._examples = Examples(self._shapes.components)
        self.schemas = self._shapes.components
        self.security_schemes: dict[str, Schema] = {}

    def describe(self, endpoint: type[Endpoint], name: str, path: str, path_regex: str) -> Schema:
        """The operation of the story `name`; `path_regex` is the route that Django has for `path`."""
        story = endpoint.stories[name]
        self.security_schemes |= {scheme: SCHEMES[scheme] for way in SECURITY[story.guard] for scheme in way}
        return {
            "operationId": story.operation,
            "summary": descriptions.summary(endpoint, name),
            "description": descriptions.description(endpoint, name),
            "tags": [descriptions.family(endpoint).tag],
            "parameters": [*_path_parameters(path, path_regex), *_parameters(story)],
            **self._request_body(story),
            "security": SECURITY[story.guard],
            "responses": self._answers(story) | self._refusals(story, endpoint) | _limits(story),
        }

    def _request_body(self, story: Story) -> Schema:
        kind = story.request or story.form
        if kind is None:
            return {}
        schema = self._shapes.input(kind, f"{story.operation[0].upper()}{story.operation[1:]}Request")
        content = {JSON if story.request else FORM: {"schema": schema, **self._examples.request(schema)}}
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
                page = {"schema": {"type": "string"}, "example": "<!doctype html>…"}
                found["200"] = {"description": "A page.", "content": {HTML: page}}
            elif kind is None:
                found["200"] = {"description": "All is well."}
            else:
                schema = self._shapes.answer(kind)
                found[str(story.status)] = _as_json("All is well.", schema, self._examples.answer(schema))
        return found

    def _refusals(self, story: Story, endpoint: type[Endpoint]) -> Schema:
        found: Schema = {}
        for status, errors in refusals.by_status(story, endpoint).items():
            told = ", ".join(_codes(errors)) or "Turnstile refuses."
            shown = examples.refusals(story, status, errors)
            found[str(status)] = _as_json(told, self._refusal(errors), shown)
        return found

    def _refusal(self, errors: list[type[AuthError]]) -> Schema:
        shapes: list[Schema] = []
        oauth2: list[type[AuthError]] = [error for error in errors if issubclass(error, OAuth2Error)]
        nhost = [error for error in errors if not issubclass(error, OAuth2Error | BotCheckFailed)]
        for kind, some in ((answers.ErrorResponse, nhost), (answers.OAuth2ErrorResponse, oauth2)):
            if some:
                error = {"type": "string", "enum": _codes(some)}
                refusal = self._shapes.answer(kind)
                shapes.append({"type": "object", "allOf": [refusal], "properties": {"error": error}})
        if len(nhost) + len(oauth2) < len(errors):
            shapes.append(self._shapes.answer(answers.BotCheckResponse))
        return shapes[0] if len(shapes) == 1 else {"anyOf": shapes}


def _codes(errors: list[type[AuthError]]) -> list[str]:
    """Turnstile's refusals have none."""
    return list(dict.fromkeys(error.code for error in errors if not issubclass(error, BotCheckFailed)))


def _as_json(description: str, schema: Schema, shown: Schema) -> Schema:
    return {"description": description, "content": {JSON: {"schema": schema, **shown}}}


def _limits(story: Story) -> Schema:
    """Answers without a body: to too many requests, and where they have to wait or cannot be counted."""
    found: Schema = {"429": {"description": "Too many requests.", "headers": WAIT}}
    if story.takes_code or story.hashes:
        found["503"] = {"description": "Too many passwords, or attempts cannot be counted now.", "headers": WAIT}
    if story.exists_with:
        text = {"schema": {"type": "string"}, "example": "404 page not found"}
        found["404"] = {"description": f"Not without {story.exists_with}.", "content": {PLAIN: text}}
    return found


def _path_parameters(path: str, path_regex: str) -> list[Schema]:
    found = []
    for name in re.findall(r"{(\w+)}", path):
        schema = {"type": "string", **({"format": "uuid"} if f"<uuid:{name}>" in path_regex else {})}
        shown = Examples({}).value(schema, name=name)
        found.append({"name": name, "in": "path", "required": True, "schema": schema, "example": shown})
    return found


def _parameters(story: Story) -> list[Schema]:
    header = {"name": turnstile.HEADER, "in": "header", "schema": {"type": "string"}}
    return [*(_query_parameters(story.query) if story.query else ()), *([header] if story.turnstile else ())]


def _query_parameters(query: type[Query]) -> list[Schema]:
    found = []
    fields: Mapping[str, Any] = query().fields
    for name, field in fields.items():
        schema = field.describe()
        needed: Schema = {"allowEmptyValue": True}
        if field.required:
            needed = {"required": True, "example": Examples({}).value(schema, query.__name__, name)}
            schema["minLength"] = 1
        comma_list = {"style": "form", "explode": False} if schema["type"] == "array" else {}
        found.append({"name": name, "in": "query", **needed, "schema": schema, **comma_list})
    return found
