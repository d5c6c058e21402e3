"""What requests may hold: strict DRF serializers that report the first fault in Nhost's words (accounts.md 1.2).

Field names are the wire's; `read` answers with the values under their snake_case names. DRF's own validation is not
used: it coerces types, collects faults and counts code points.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar

from rest_framework import serializers

from nhost_auth.conf import conf
from nhost_auth.errors import BadRequest, SchemaValidationError

EMAIL = re.compile(
    r"(?=.{3,254}$)[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII | re.IGNORECASE
)
UUID_PATTERN = r"\b[0-9a-f]{8}\b-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-\b[0-9a-f]{12}\b"
CHALLENGE_PATTERN = r"^[A-Za-z0-9_-]{43}$"
DISPLAY_NAME_PATTERN = r"^[\p{L}\p{N}\p{S} ,.'-]+$"

NOT_NULLABLE = "Value is not nullable"


@lru_cache(maxsize=512)
def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


class Text(serializers.CharField):
    """A string. Lengths are UTF-16 units: JavaScript counts so, and the contract's bounds are its."""

    most: int | None = None
    most_by: ClassVar[str] = ""
    """A setting that says so, in the place of `most`."""
    pattern: ClassVar[str] = ""
    syntax: ClassVar[re.Pattern[str] | None] = None
    """Looked at once the whole object has the right shape; what does not fit raises BadRequest."""

    def __init__(self, *, least: int = 0, most: int | None = None, enum: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.enum = least, enum
        if most is not None:
            self.most = most

    def read(self, value: Any) -> Any:
        """The value. Raises SchemaValidationError."""
        if not isinstance(value, str):
            raise SchemaValidationError("value must be a string")
        if self.enum and value not in self.enum:
            raise SchemaValidationError(f"value is not one of the allowed values {json.dumps(self.enum)}")
        length, most = len(value.encode("utf-16-le")) // 2, getattr(conf, self.most_by) if self.most_by else self.most
        if length < self.least:
            raise SchemaValidationError(f"minimum string length is {self.least}")
        if most is not None and length > most:
            raise SchemaValidationError(f"maximum string length is {most}")
        if self.pattern and not self.fits(value):
            raise SchemaValidationError(f'string doesn\'t match the regular expression "{self.pattern}"')
        return value

    def fits(self, value: str) -> bool:
        return re.search(self.pattern, value, re.ASCII) is not None and not value.endswith("\n")

    def describe(self) -> dict[str, Any]:
        """What `read` takes, as a JSON Schema; that of the other fields too."""
        bounds = {
            "minLength": self.least,
            "maxLength": getattr(conf, self.most_by) if self.most_by else self.most,
            "pattern": self.pattern,
            "enum": list(self.enum),
        }
        return {"type": "string", **{name: bound for name, bound in bounds.items() if bound}}


class Email(Text):
    """An address that both Nhost's syntax check and its data store would take."""

    syntax = EMAIL

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "format": "email"}


class PhoneNumber(Text):
    """A number as the client writes it (accounts.md 3.10); bounded by what the store holds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=64, **kwargs)


class Password(Text):
    most_by = "AUTH_PASSWORD_MAX_LENGTH"


class UuidText(Text):
    pattern = UUID_PATTERN


class CodeChallenge(Text):
    """RFC 7636: base64url of a SHA-256."""

    pattern = CHALLENGE_PATTERN


class DisplayName(Text):
    pattern = DISPLAY_NAME_PATTERN

    def fits(self, value: str) -> bool:
        return bool(value) and all(unicodedata.category(c)[0] in "LNS" or c in " ,.'-" for c in value)


class Moment(serializers.DateTimeField):
    """RFC 3339 with a zone, as an aware datetime."""

    def read(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise SchemaValidationError("value must be a string")
        try:
            if not RFC3339.fullmatch(value):
                raise ValueError(value)
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise SchemaValidationError('string doesn\'t match the format "date-time"') from None

    def describe(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


class Flag(serializers.BooleanField):
    def read(self, value: Any) -> Any:
        if not isinstance(value, bool):
            raise SchemaValidationError("value must be a boolean")
        return value

    def describe(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Texts(serializers.ListField):
    child = Text()

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise SchemaValidationError("value must be an array")
        if len(value) > conf.AUTH_REQUEST_MAX_ITEMS:
            raise SchemaValidationError(f"maximum number of items is {conf.AUTH_REQUEST_MAX_ITEMS}")
        if None in value:
            raise SchemaValidationError(NOT_NULLABLE)
        return [self.child.read(item) for item in value]

    def describe(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}}


class FreeObject(serializers.DictField):
    """An object of any content."""

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise SchemaValidationError("value must be an object")
        return value

    def describe(self) -> dict[str, Any]:
        return {"type": "object"}


class Metadata(FreeObject):
    """What a client wants to be kept; each access token may carry parts of it."""

    def read(self, value: Any) -> Any:
        if len(json.dumps(super().read(value), ensure_ascii=False).encode()) > conf.AUTH_METADATA_MAX_BYTES:
            raise SchemaValidationError(f"maximum size is {conf.AUTH_METADATA_MAX_BYTES} bytes")
        return value


class Input(serializers.Serializer[Any]):
    """An object with the declared fields and no others."""

    tolerates_unknown: ClassVar[bool] = False

    @classmethod
    def read(cls, value: Any) -> dict[str, Any]:
        """The validated values under their snake_case names. Raises SchemaValidationError, BadRequest."""
        fields: Mapping[str, Any] = cls._declared_fields
        if not isinstance(value, dict):
            raise SchemaValidationError("value must be an object")
        values = {}
        for name in sorted(value):
            if name in fields:
                if value[name] is None:
                    raise SchemaValidationError(NOT_NULLABLE)
                values[name] = fields[name].read(value[name])
            elif not cls.tolerates_unknown:
                raise SchemaValidationError(f'property "{name[:100]}" is unsupported')
        for name, field in fields.items():
            if field.required and name not in values:
                raise SchemaValidationError(f'property "{name}" is missing')
        for name, text in values.items():
            syntax = getattr(fields[name], "syntax", None)
            if syntax and not syntax.fullmatch(text):
                raise BadRequest(f"{name}: failed to pass regex validation")
        return {snake_case(name): text for name, text in values.items()}


class Query(Input):
    """Query parameters; unknown ones are ignored."""

    tolerates_unknown = True

    @classmethod
    def read(cls, value: Any) -> dict[str, Any]:
        """As Input.read; a required parameter that is missing or empty raises BadRequest."""
        for name, field in cls._declared_fields.items():
            if field.required and not value.get(name):
                raise BadRequest(f"Query argument {name} is required, but not found")
        return super().read({name: text for name, text in value.items() if text})


class Target(Text):
    """Where a link is to lead; the policy says whether it may."""

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "format": "uri"}


class RedirectOptions(Input):
    redirectTo = Target(required=False)


class SignUpOptions(Input):
    """What a new account begins with, and where its mails lead; an account that exists is not changed by it."""

    # accounts.md 1.11; what the values mean is the policy's matter.

    allowedRoles = Texts(required=False)
    defaultRole = Text(required=False)
    displayName = DisplayName(most=32, required=False)
    locale = Text(least=2, most=3, required=False)
    metadata = Metadata(required=False)
    redirectTo = Target(required=False)
