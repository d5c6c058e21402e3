"""The API as an OpenAPI document of its own: what of some URLs is ours, whatever a host tells drf-spectacular."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver

from nhost_auth.http.json_schemas import Schema
from nhost_auth.http.openapi.descriptions import FAMILIES
from nhost_auth.http.openapi.operations import Operations
from nhost_auth.http.url_map import rows
from nhost_auth.version import __version__

OPENAPI = "3.0.3"  # what every generator of clients reads
INFO: Schema = {
    "title": "Nhost Auth",
    "version": __version__,
    "description": "Accounts and sessions: the HTTP API of Nhost Auth, as `@nhost/nhost-js` calls it.",
}


def document(patterns: Iterable[URLPattern | URLResolver], *, server: str = "") -> Schema:
    """Every operation below these URLs, at the first path that leads to it. `server`: the URL before them."""
    operations, paths = Operations(null_is_type=False), dict[str, Schema]()
    seen = set[str]()
    for row in rows(patterns):
        operation = row.story.operation
        if operation and operation not in seen:
            seen.add(operation)
            told = operations.describe(row.endpoint, row.name, row.path, row.route)
            paths.setdefault(row.path, {})[row.method] = told
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


def _tags(paths: dict[str, Schema]) -> list[Schema]:
    """In the order of the families, those that are there."""
    used = {tag for methods in paths.values() for told in methods.values() for tag in told["tags"]}
    families = dict.fromkeys(FAMILIES.values())
    return [{"name": tag, "description": description} for tag, description in families if tag in used]
