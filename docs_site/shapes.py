"""What requests hold and answers are, as tables: inputs describe themselves, answers are types of answers.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docs_site.writing import code, escaped, line, table
from nhost_auth.http.inputs import Input
from nhost_auth.http.json_schemas import PREFIX, Schema, Shapes


def inputs(kind: type[Input], before: str = "") -> Iterator[tuple[str, str, str]]:
    """A row for each member; those of an object within have its name before theirs."""
    fields: Mapping[str, Any] = kind().fields
    for name, field in fields.items():
        needed = "required" if field.required else ""
        if isinstance(field, Input):
            yield code(before + name), "object", needed
            yield from inputs(type(field), f"{before}{name}.")
        else:
            yield code(before + name), _described(field.describe()), needed


class Answers:
    """The shapes that answers refer to, kept until the page ends."""

    def __init__(self) -> None:
        self._shapes = Shapes(null_is_type=True)

    def refer(self, kind: Any) -> str:
        return self._named(self._shapes.answer(kind))

    def page(self) -> str:
        return "\n\n".join(self._section(name, schema) for name, schema in self._objects())

    def _objects(self) -> list[tuple[str, Schema]]:
        return sorted((name, schema) for name, schema in self._shapes.components.items() if "properties" in schema)

    def _section(self, name: str, schema: Schema) -> str:
        required = schema.get("required", ())
        rows = [
            (code(member if member in required else f"{member}?"), self._named(part))
            for member, part in schema["properties"].items()
        ]
        title = f"### {name.removeprefix(PREFIX)} {{ #shape-{name.removeprefix(PREFIX).lower()} }}"
        return "\n\n".join(filter(None, [title, line(schema.get("description")), table(("member", "kind"), rows)]))

    def _named(self, schema: Schema) -> str:
        """A link to an object's table, or in words what it is."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            kept = self._shapes.components[name]
            short = name.removeprefix(PREFIX)
            return f"[{code(short)}](#shape-{short.lower()})" if "properties" in kept else self._named(kept)
        if "items" in schema:
            return f"list of {self._named(schema['items'])}"
        if "oneOf" in schema:
            return " or ".join(map(self._named, schema["oneOf"]))
        return _described(schema)


def _described(schema: Schema) -> str:
    """A schema without parts of its own: `text, e-mail, 1 to 32 characters`."""
    if schema.get("enum"):
        return " or ".join(code(f'"{choice}"') for choice in schema["enum"])
    if "items" in schema:
        return f"list of {_described(schema['items'])}"
    words = {"string": "text", "integer": "number", "boolean": "true or false", "object": "object", "null": "null"}
    bounds = [
        (f"at least {schema.get('minLength')} long", "minLength" in schema),
        (f"at most {schema.get('maxLength')} long", "maxLength" in schema),
    ]
    told = [
        words[schema["type"]],
        *filter(None, [schema.get("format")]),
        *(text for text, holds in bounds if holds),
        *([f"as {code(schema['pattern'])}"] if "pattern" in schema else []),
    ]
    return ", ".join(told) + (f". {escaped(schema['description'])}" if "description" in schema else "")
