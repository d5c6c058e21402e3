"""The API as an OpenAPI document of its own: what of some URLs is ours, whatever a host tells drf-spectacular."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver
from rest_framework.schemas.generators import EndpointEnumerator

from nhost_auth.http.endpoint import NO_SUCH_METHOD, Endpoint
from nhost_auth.http.json_schemas import Schema
from nhost_auth.http.openapi.descriptions import FAMILIES
from nhost_auth.http.openapi.operations import Operations
from nhost_auth.version import __version__

OPENAPI = "3.0.3"  # what every generator of clients reads
INFO: Schema = {
    "title": "Nhost Auth",
    "version": __version__,
    "description": "Accounts and sessions: the HTTP API of Nhost Auth, as `@nhost/nhost-js` calls it.",
}


class Row(NamedTuple):
    """A method of a path: who answers it, and where; `route` is Django's own spelling of the path."""

    route: str
    method: str
    endpoint: type[Endpoint]
    story: str

    @property
    def operation(self) -> str:
        return self.endpoint.stories[self.story].operation


def document(patterns: Iterable[URLPattern | URLResolver], *, server: str = "") -> Schema:
    """Every operation below these URLs, at the first path that leads to it. `server`: the URL before them."""
    operations, paths = Operations(null_is_type=False), dict[str, Schema]()
    seen = set[str]()
    for row in rows(patterns):
        if row.operation and row.operation not in seen:
            seen.add(row.operation)
            path = "/" + EndpointEnumerator(patterns=[]).get_path_from_regex(row.route).removeprefix("/")
            told = operations.describe(row.endpoint, row.story, path, row.route)
            paths.setdefault(path, {})[row.method] = told
    return {
        "openapi": OPENAPI,
        "info": INFO,
        **({"servers": [{"url": server}]} if server else {}),
        "tags": _tags(paths),
        "paths": paths,
        "components": {
            "schemas": dict(sorted(operations.schemas.items())),
            "securitySchemes": dict(sorted(operations.security_schemes.items())),
        },
    }


def rows(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[Row]:
    """The stories below these URLs, in their order."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        view: Any = pattern.callback
        if isinstance(pattern, URLResolver):
            yield from rows(pattern.url_patterns, route)
        elif issubclass(getattr(view, "cls", object), Endpoint):
            for method, story in view.actions.items():
                if story != NO_SUCH_METHOD:
                    yield Row(route, method, view.cls, story)


def _tags(paths: dict[str, Schema]) -> list[Schema]:
    """In the order of the families, those that are there."""
    used = {tag for methods in paths.values() for told in methods.values() for tag in told["tags"]}
    families = dict.fromkeys(FAMILIES.values())
    return [{"name": tag, "description": description} for tag, description in families if tag in used]
