"""Paths of custom claims: how they are read and what they find (configuration.md 3.2).

A path is a chain of names, relative to the user, each with brackets behind it where it stands for a list:
`profile.organisation.id`, `groups[].name`, `groups[0].name`, `groups[?(@.name == 'staff')].id`. As in Kubernetes'
JSONPath, each step turns the values found so far into the next ones. A path that ends in `[]` is read in an older
manner of Nhost's: lists on the way are mapped, so nested lists stay nested.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from nhost_auth.infra.claim_values import plain
from nhost_auth.infra.hasura import Selection

NAME = r"[^\s.,\[\](){}$@?*'\"\\!<>=]+"
_NAME = re.compile(NAME)
_EVERY = re.compile(r"\[\*?\]")
_INDEX = re.compile(r"\[(-?[0-9]{1,9})\]")
_FILTER = re.compile(
    rf"\[\?\(\s*@\.(?P<variable>{NAME}(?:\.{NAME})*)\s*(?P<operator>==|!=|<=|>=|<|>)\s*"
    r"(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,15})?)|(?P<boolean>true|false))\s*\)\]"
)
_GRAPHQL_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Read: TypeAlias = Callable[[Any, str], Any]
"""Reads a name of a value. Raises LookupError where the value has no such name."""


class UnreadablePath(ValueError):
    """A path that cannot be followed whatever the data; the message quotes the path and says why."""


@dataclass(frozen=True, slots=True)
class Name:
    name: str

    def follow(self, values: list[Any], read: Read) -> list[Any]:
        """The name of each value that has it. Raises LookupError if none has."""
        found = []
        for value in values:
            try:
                found.append(read(value, self.name))
            except LookupError:
                continue
        if values and not found:
            raise LookupError(self.name)
        return found


@dataclass(frozen=True, slots=True)
class Index:
    position: int

    def follow(self, values: list[Any], read: Read) -> list[Any]:
        return [found[self.position] for found in _lists(values)]


@dataclass(frozen=True, slots=True)
class Every:
    def follow(self, values: list[Any], read: Read) -> list[Any]:
        return [element for found in _lists(values) for element in found]


@dataclass(frozen=True, slots=True)
class Filter:
    variable: tuple[str, ...]
    operator: str
    literal: str | float | bool

    def follow(self, values: list[Any], read: Read) -> list[Any]:
        return [element for found in _lists(values) for element in found if self.matches(element, read)]

    def matches(self, element: Any, read: Read) -> bool:
        """Whether the element has the variable, of the literal's type, and they compare as asked."""
        try:
            for name in self.variable:
                element = read(element, name)
        except LookupError:
            return False
        (kind, value), (expected, literal) = _comparable(element), _comparable(self.literal)
        return kind == expected and _OPERATORS[self.operator](value, literal)


Step: TypeAlias = Name | Index | Every | Filter


@dataclass(frozen=True, slots=True)
class Path:
    text: str
    steps: tuple[Step, ...]
    nested: bool
    """Whether the path ends in `[]` and is read in the older manner."""

    def find(self, root: Any, read: Read) -> Any:
        """What the path leads to, None where it leads nowhere."""
        try:
            return self._find_nested(root, self.steps, read) if self.nested else self._find(root, read)
        except LookupError:
            return None

    def _find(self, root: Any, read: Read) -> Any:
        values = [root]
        for step in self.steps:
            values = step.follow(values, read)
        return values if any(isinstance(step, Every | Filter) for step in self.steps) else values[0]

    def _find_nested(self, value: Any, steps: tuple[Step, ...], read: Read) -> Any:
        if not steps or value is None:
            return value
        step, rest = steps[0], steps[1:]
        if isinstance(step, Name) and isinstance(value, list | tuple):
            return [self._find_nested(element, steps, read) for element in value]
        try:
            found = step.follow([value], read)
        except LookupError:
            return None
        return self._find_nested(found if isinstance(step, Filter) else found[0], rest, read)


def parse(text: Any) -> Path:
    """The path of a text. Raises UnreadablePath."""
    if not isinstance(text, str):
        raise UnreadablePath(f"{text!r} is no path: it has to be text")
    return _parse(text)


@lru_cache(maxsize=512)
def _parse(text: str) -> Path:
    steps: list[Step] = []
    at = 0
    while True:
        name = _NAME.match(text, at)
        if name is None:
            raise UnreadablePath(f"{text!r} cannot be read: a name is missing at character {at + 1}")
        steps.append(Name(name[0]))
        brackets, at = _parse_brackets(text, name.end())
        steps.extend(brackets)
        if at == len(text):
            nested = text.endswith("[]")
            # In the older manner lists are mapped with or without brackets.
            return Path(text, tuple(step for step in steps if not (nested and isinstance(step, Every))), nested)
        if text[at] != ".":
            raise UnreadablePath(f"{text!r} cannot be read from character {at + 1} on")
        at += 1


def _parse_brackets(text: str, at: int) -> tuple[list[Step], int]:
    """The brackets that begin at a position, and where they end."""
    steps: list[Step] = []
    while True:
        if found := _EVERY.match(text, at):
            steps.append(Every())
        elif found := _INDEX.match(text, at):
            steps.append(Index(int(found[1])))
        elif found := _FILTER.match(text, at):
            steps.append(Filter(tuple(found["variable"].split(".")), found["operator"], _literal(found)))
        else:
            return steps, at
        at = found.end()


def _literal(found: re.Match[str]) -> str | float | bool:
    if found["text"] is not None:
        return found["text"][1:-1]
    return float(found["number"]) if found["number"] is not None else found["boolean"] == "true"


def read_json(value: Any, name: str) -> Any:
    """Reads a name of a value of JSON."""
    if not isinstance(value, dict):
        raise LookupError(name)
    return value[name]


def select(paths: Iterable[Path]) -> Selection:
    """The GraphQL fields that paths and their filters need. Raises UnreadablePath where a name cannot be a field.

    A first part `metadata` is a JSON column, which is asked for as a whole.
    """
    selection: Selection = {}
    for path in paths:
        fields, steps = selection, path.steps[:1] if path.steps[0] == Name("metadata") else path.steps
        for step in steps:
            match step:
                case Name(name):
                    fields = _below(fields, (name,), path)
                case Filter(variable=variable):
                    _below(fields, variable, path)
    return selection


def _below(fields: Selection, names: tuple[str, ...], path: Path) -> Selection:
    for name in names:
        if not _GRAPHQL_NAME.fullmatch(name):
            raise UnreadablePath(f"{path.text!r} cannot be asked of GraphQL: {name!r} is no name of a field")
        fields = fields.setdefault(name, {})
    return fields


def _lists(values: list[Any]) -> list[Any]:
    """The values that are not null, all of them lists. Raises LookupError if one is not, or all are null."""
    found = [value for value in values if value is not None]
    if (values and not found) or not all(isinstance(value, list | tuple) for value in found):
        raise LookupError
    return found


def _comparable(value: Any) -> tuple[str, Any]:
    """A value with the kind of values that it can be compared to."""
    if isinstance(value, Decimal):
        return "number", float(value)
    value = plain(value)
    match value:
        case bool():
            return "boolean", value
        case int() | float():
            return "number", value
        case str():
            return "text", value
    return "none", None
