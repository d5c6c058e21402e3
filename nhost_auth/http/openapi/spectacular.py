"""Tells drf-spectacular of our stories and authentication classes; loaded only where the host has installed it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.drainage import set_override
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.settings import spectacular_settings

from nhost_auth.http.authentication import BearerAuthentication
from nhost_auth.http.endpoint import Endpoint
from nhost_auth.http.json_schemas import Schema
from nhost_auth.http.openapi.operations import BEARER_SCHEME, Operations


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
        if not view.stories[view.action].operation:
            return None
        operations = Operations(null_is_type=spectacular_settings.OAS_VERSION >= "3.1")
        operation = operations.describe(type(view), view.action, path, path_regex)
        for name, schema in operations.schemas.items():
            _register(registry, name, ResolvedComponent.SCHEMA, schema, name)
        for name, scheme in operations.security_schemes.items():
            _register(registry, name, ResolvedComponent.SECURITY_SCHEMA, scheme, BearerAuthentication)
        return operation


def _register(registry: ComponentRegistry, name: str, kind: str, schema: Schema, owner: Any) -> None:
    registry.register_on_missing(ResolvedComponent(name, kind, schema, owner))  # type: ignore[no-untyped-call]


Endpoint.schema = StorySchema()
