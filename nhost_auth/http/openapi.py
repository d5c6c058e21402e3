"""Tells drf-spectacular of our authentication classes; loaded only where the host has it in INSTALLED_APPS."""

from __future__ import annotations

from typing import Any

from drf_spectacular.drainage import set_override
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from nhost_auth.http.authentication import BearerAuthentication


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # its __init_subclass__
    """OpenAPI 3's `http` scheme, one for both classes; its name is the one that Nhost's own description has."""

    target_class = BearerAuthentication
    match_subclasses = True
    name = "BearerAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


# Two classes under one name are no mistake: clients send the same token to either.
set_override(BearerAuthentication, "suppress_collision_warning", True)  # noqa: FBT003 - its signature
