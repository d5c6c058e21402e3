"""Values of custom claims: as plain JSON, and as the text that stands in a token (configuration.md 3.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

# Go's JSON can stand in a script element; Hasura is used to read it so.
GO_ESCAPES = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})
GO_EXPONENT_FROM = 1e21


def plain(value: Any) -> Any:
    """A value as JSON has it: a row is its primary key, a UUID, Decimal, date or time is text.

    Raises TypeError for what JSON has no form for.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return int(value) if value.is_integer() and abs(value) < GO_EXPONENT_FROM else value
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case list() | tuple() | QuerySet():
            return [plain(inner) for inner in value]
        case Model():
            return plain(value.pk)
        case date() | time():
            return value.isoformat()
        case UUID() | Decimal() | Promise():
            return str(value)
    raise TypeError(f"{type(value).__name__} is no value of a claim")


def render(value: Any) -> str:
    """The text of a value. A list is an array literal of PostgreSQL: its JSON, the outermost brackets as braces.

    Raises TypeError and ValueError for what JSON has no form for.
    """
    value = plain(value)
    if isinstance(value, str):
        return str(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    if isinstance(value, list):
        text = "{" + text[1:-1] + "}"
    return text.translate(GO_ESCAPES)
