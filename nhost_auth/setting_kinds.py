"""The kinds of settings: how each is read from Django's settings, parsed from an environment and checked.

A kind is a descriptor, so `conf.AUTH_X` looks the value up in `django.conf.settings` at every read and
`override_settings` works. Parsing follows configuration.md section 0, which is what Nhost's own server does.
"""

from __future__ import annotations

import enum
import json
import re
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any, Generic, TypeVar

from django.conf import settings

T = TypeVar("T")


class Parsed(enum.Enum):
    KEEP_DEFAULT = "a variable that is set, but means that it is not"


KEEP_DEFAULT = Parsed.KEEP_DEFAULT

_DURATION_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)")
_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False", ""}


class Setting(ABC, Generic[T]):
    """One setting: its default and what it means."""

    expects = "a value"

    def __init__(self, default: T, meaning: str) -> None:
        self.default = default
        self.meaning = meaning
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type | None = None) -> T:
        return getattr(settings, self.name, self.default)

    @abstractmethod
    def parse(self, text: str) -> Any:
        """The value of an environment variable; KEEP_DEFAULT for none. Raises ValueError for bad text."""

    def accepts(self, value: object) -> bool:
        """Whether a value found in Django's settings has the right type."""
        return isinstance(value, type(self.default))


class Str(Setting[str]):
    expects = "a string"

    def parse(self, text: str) -> Any:
        return text


class List(Setting[list[str]]):
    expects = "a list of strings"

    def __get__(self, instance: object, owner: type | None = None) -> list[str]:
        return [item for item in super().__get__(instance, owner) if item]

    def parse(self, text: str) -> Any:
        return [item for item in text.split(",") if item] or KEEP_DEFAULT

    def accepts(self, value: object) -> bool:
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


class Int(Setting[int]):
    expects = "an integer"

    def parse(self, text: str) -> Any:
        if text and not re.fullmatch(r"[+-]?[0-9]+", text):
            raise ValueError(text)
        return int(text) if text else KEEP_DEFAULT

    def accepts(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)


class Uint(Int):
    expects = "an integer that is not negative"

    def parse(self, text: str) -> Any:
        if text.startswith("-"):
            raise ValueError(text)
        return super().parse(text)

    def accepts(self, value: object) -> bool:
        return super().accepts(value) and isinstance(value, int) and value >= 0


class Duration(Setting[float]):
    """Seconds; a `timedelta` serves too. In an environment a Go duration such as `1h30m`."""

    expects = "a number of seconds or a timedelta"

    def __get__(self, instance: object, owner: type | None = None) -> float:
        value: Any = super().__get__(instance, owner)
        return value.total_seconds() if isinstance(value, timedelta) else float(value)

    def parse(self, text: str) -> Any:
        if text in ("", "0"):
            return KEEP_DEFAULT if text == "" else 0.0
        parts = _DURATION_PART.findall(text)
        if "".join(number + unit for number, unit in parts) != text:
            raise ValueError(text)
        return sum(float(number) * _DURATION_UNITS[unit] for number, unit in parts)

    def accepts(self, value: object) -> bool:
        return isinstance(value, int | float | timedelta) and not isinstance(value, bool)


class Bool(Setting[bool]):
    expects = "True or False"

    def parse(self, text: str) -> Any:
        if text not in _TRUE | _FALSE:
            raise ValueError(text)
        return text in _TRUE


class Choice(Setting[str]):
    def __init__(self, default: str, choices: str, meaning: str) -> None:
        super().__init__(default, meaning)
        self.choices = choices.split()
        self.expects = f"one of {', '.join(self.choices)}"

    def parse(self, text: str) -> Any:
        if text and text not in self.choices:
            raise ValueError(text)
        return text or KEEP_DEFAULT

    def accepts(self, value: object) -> bool:
        return value in self.choices


class Json(Setting[Any]):
    """A Python object; text is read as JSON. None when not set."""

    expects = "a dict, or JSON text of an object"

    def __init__(self, meaning: str) -> None:
        super().__init__(None, meaning)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        value = getattr(settings, self.name, None)
        return (json.loads(value) if value else None) if isinstance(value, str) else value

    def parse(self, text: str) -> Any:
        return json.loads(text) if text else KEEP_DEFAULT

    def accepts(self, value: object) -> bool:
        if isinstance(value, str) and value:
            try:
                value = json.loads(value)
            except ValueError:
                return False
        return value in (None, "") or isinstance(value, dict)


class KeyList(Setting[list[str]]):
    """One key as text or a list of keys; the first is used to encrypt, all are tried to decrypt."""

    expects = "a string or a list of strings"

    def __get__(self, instance: object, owner: type | None = None) -> list[str]:
        value: Any = super().__get__(instance, owner)
        return [key for key in ([value] if isinstance(value, str) else value) if key]

    def parse(self, text: str) -> Any:
        return [key for key in text.split(",") if key] or KEEP_DEFAULT

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) or (
            isinstance(value, list | tuple) and all(isinstance(key, str) for key in value)
        )
