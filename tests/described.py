"""Our own OpenAPI schema, and whether an answer is one that it tells of."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs
from django.urls import Resolver404, include, path
from drf_spectacular.generators import SchemaGenerator

from nhost_auth.http.openapi import spectacular as spectacular

urlpatterns = [path("v1/", include("nhost_auth.urls")), path("api/auth/", include("nhost_auth.urls_mudbase"))]


@cache
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        json.dumps(SchemaGenerator(patterns=urlpatterns).get_schema(public=True), default=str)
    )
    return found


@cache
def operations() -> dict[str, dict[str, Any]]:
    """By operationId."""
    methods = [operation for path in schema()["paths"].values() for operation in path.values()]
    return {operation["operationId"]: operation for operation in methods}


def ensure_described(response: Any) -> None:
    """Every answer of a story has a status, a content type, headers and a body that the schema tells of."""
    try:
        match = response.resolver_match
        story = match.func.cls.stories[match.func.actions[response.wsgi_request.method.lower()]]
    except (AttributeError, KeyError, Resolver404):
        return  # not ours
    if story.operation not in operations():
        return
    status, content_type = str(response.status_code), response.headers["Content-Type"].partition(";")[0]
    where = f"{story.operation} {status} {response.content[:300]!r}"
    answer = operations()[story.operation]["responses"].get(status)
    assert answer is not None, where
    assert set(answer.get("headers", ())) <= set(response.headers), where
    if "content" not in answer:
        assert response.content == b"", where
        return
    assert content_type in answer["content"], where
    if content_type == "application/json":
        _validator(story.operation, status).validate(json.loads(response.content))


@cache
def _validator(operation: str, status: str) -> Any:
    body = operations()[operation]["responses"][status]["content"]["application/json"]["schema"]
    return jsonschema_rs.Draft202012Validator(
        {**body, "components": schema()["components"]},
        validate_formats=True,
        formats={"email": lambda text: "@" in text},  # providers and hosts have people with addresses beyond the RFC's
    )
