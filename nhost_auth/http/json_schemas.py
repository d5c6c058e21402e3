"""JSON Schemas of what goes over the wire: of answers, which are types, and of inputs, which describe themselves."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from nhost_auth.http.inputs import Input

Schema = dict[str, Any]

PREFIX = "Nhost"
"""Of every name: a host project may have a `User` in the same schema."""
SCALARS = {str: "string", int: "integer", bool: "boolean"}


class Shapes:
    """Describes shapes and keeps those with a name in `components`, so that others can refer to them."""

    def __init__(self, *, null_is_type: bool) -> None:
        """`null_is_type`: as since OpenAPI 3.1; before, schemas were `nullable`."""
        self.components: dict[str, Schema] = {}
        self._null_is_type = null_is_type

    def answer(self, kind: Any) -> Schema:
        """The schema of a type of http/answers.py."""
        origin, parts = get_origin(kind), get_args(kind)
        if origin is NotRequired:
            return self.answer(parts[0])
        if origin is Annotated:
            return {**self.answer(parts[0]), **dict(parts[1:])}
        if origin is Literal:
            return {"type": "string", "enum": list(parts)}
        if origin in (UnionType, Union):
            (some,) = (part for part in parts if part is not NoneType)
            return self._or_null(self.answer(some))
        if origin is list:
            return {"type": "array", "items": self.answer(parts[0])}
        if origin is dict:
            return {"type": "object"}
        return self._typed_dict(kind) if is_typeddict(kind) else {"type": SCALARS[kind]}

    def input(self, kind: type[Input], name: str) -> Schema:
        """A reference to what an input takes, kept under `name`."""
        fields: Mapping[str, Any] = kind().fields
        properties = {
            name: self.input(type(field), type(field).__name__) if isinstance(field, Input) else field.describe()
            for name, field in fields.items()
        }
        required = [name for name, field in fields.items() if field.required]
        return self._keep(name, kind, properties, required, closed=not kind.tolerates_unknown)

    def _typed_dict(self, kind: Any) -> Schema:
        properties = {name: self.answer(part) for name, part in get_type_hints(kind, include_extras=True).items()}
        return self._keep(kind.__name__, kind, properties, sorted(kind.__required_keys__))

    def _keep(self, name: str, kind: type, properties: Schema, required: list[str], *, closed: bool = False) -> Schema:
        properties = {
            key: self._name_enum(f"{name}{key[0].upper()}{key[1:]}", part) for key, part in properties.items()
        }
        return self._refer(
            name,
            {
                "type": "object",
                **({"description": cleandoc(kind.__doc__)} if kind.__doc__ else {}),
                "properties": properties,
                **({"required": required} if required else {}),
                **({"additionalProperties": False} if closed else {}),
            },
        )

    def _name_enum(self, name: str, schema: Schema) -> Schema:
        """drf-spectacular would name it after its property, and warn of every other with the same choices."""
        if "items" in schema:
            return {**schema, "items": self._name_enum(name, schema["items"])}
        return self._refer(name, schema) if "enum" in schema else schema

    def _refer(self, name: str, schema: Schema) -> Schema:
        self.components[PREFIX + name] = schema
        return {"$ref": f"#/components/schemas/{PREFIX}{name}"}

    def _or_null(self, schema: Schema) -> Schema:
        if self._null_is_type:
            return {"oneOf": [schema, {"type": "null"}]}
        # A reference has no neighbours in OpenAPI 3.0, and `enum` has to list null itself.
        if "$ref" in schema:
            return {"allOf": [schema], "nullable": True}
        return {**schema, **({"enum": [*schema["enum"], None]} if "enum" in schema else {}), "nullable": True}
