"""Paths of custom claims over Django models: what a name stands for, and fetching all that paths pass through at once.

The first part of a path is looked up on the account and, where that has no such field or relation, on the host's user.
A name may be camelCase as Hasura has it. Methods, names with a leading underscore and secrets cannot be reached
(configuration.md 3.4).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import ForeignObjectRel, Model, QuerySet, prefetch_related_objects
from django.db.models.manager import BaseManager

from nhost_auth.flows.claim_paths import Every, Filter, Index, Name, Path, Step, UnreadablePath, read_json
from nhost_auth.models import Account, AccountRole, Role

SECRETS = frozenset(
    [
        "password",
        "hash",
        "secret",
        "totp_secret",
        "otp_hash",
        "ticket",
        "tickets",
        "one_time_code",
        "refresh_tokens",
        "pkce_codes",
        "encrypted_key",
        "auth_token",
        "totpdevice_set",
        "staticdevice_set",
        "social_auth",
    ]
)
OPEN_MODELS = (Account, AccountRole, Role)
"""The only models of this app that a path may pass through; the others hold secrets."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Member:
    """A field or relation of a model."""

    attribute: str
    column: str | None = None
    """The attribute that holds the value itself, also where a relation stands for it."""
    is_relation: bool = False
    many: bool = False
    model: type[Model] | None = None
    """The other end of a relation; None where it differs from row to row."""


def find(account: Account, paths: Mapping[str, Path]) -> dict[str, Any]:
    """What the paths lead to, under the same names, None for nothing. One query for each relation they pass through.

    Raises UnreadablePath, and what properties of the host's models raise.
    """
    bound = {name: bind(path, get_user_model()) for name, path in paths.items()}
    # What is fetched here must not be what a receiver of our signals finds cached on its account later.
    root = copy.copy(account)
    root.user = copy.copy(account.user)
    if lookups := sorted({lookup for path in bound.values() for lookup in path.lookups}):
        prefetch_related_objects([root], *lookups)
    return {name: found.path.find(root, read) for name, found in bound.items()}


@dataclass(frozen=True, slots=True)
class BoundPath:
    """A path in the names that the models have, and the relations to fetch for it."""

    path: Path
    lookups: tuple[str, ...]


@lru_cache(maxsize=512)
def bind(path: Path, users: type[Model]) -> BoundPath:
    """The path over the models, from the account on. Raises UnreadablePath."""
    steps, place = path.steps, _Place(path)
    if isinstance(steps[0], Name) and _is_of_user(steps[0].name, users):
        steps = (Name("user"), *steps)
    bound: list[Step] = []
    for step, following in zip_longest(steps, steps[1:]):
        match step:
            case Name(name):
                many = isinstance(following, Every | Index | Filter)
                bound.append(Name(place.enter(name, many=many, last=following is None)))
            case Filter(variable=variable):
                # It ends elsewhere than the path goes on; what it passes through is fetched too.
                inner, names = replace(place), zip_longest(variable, variable[1:])
                variable = tuple(inner.enter(name, last=after is None) for name, after in names)
                bound.append(replace(step, variable=variable))
            case _:
                bound.append(step)
    return BoundPath(replace(path, steps=tuple(bound)), tuple(place.lookups))


@dataclass
class _Place:
    """How far a path has come over the models."""

    path: Path
    model: type[Model] | None = Account
    """None where the values are no rows, or rows of a model that is not known beforehand."""
    lookup: tuple[str, ...] = ()
    lookups: list[str] = field(default_factory=list)

    def enter(self, name: str, *, last: bool, many: bool = False) -> str:
        """Go to where `name` leads; the name the model has for it. `many` says that brackets stand behind it.

        Raises UnreadablePath.
        """
        member = find_member(self.model, name) if self.model else None
        self.model = None
        if member is None:
            return name
        if not member.is_relation:
            return member.attribute
        if last and member.column:
            return member.column
        if member.many and not many and not self.path.nested:
            raise UnreadablePath(f"{self.path.text!r} has to have brackets behind {name!r}, which leads to many")
        self.model = member.model
        self.lookup += (member.attribute,)
        self.lookups.append("__".join(self.lookup))
        return member.attribute


def _is_of_user(name: str, users: type[Model]) -> bool:
    """Whether the first part of a path is looked up on the host's user."""
    if find_member(Account, name):
        return False
    return find_member(users, name) is not None or not any(hasattr(Account, each) for each in _spellings(name))


@lru_cache(maxsize=1024)
def find_member(model: type[Model], name: str) -> Member | None:
    """The field or relation of a name. Raises UnreadablePath where it may not be reached."""
    for spelling in _spellings(name):
        _ensure_open(model, spelling)
        if (found := _find_field(model, spelling)) is None:
            continue
        column = getattr(found, "attname", found.name)
        if not found.is_relation or spelling == column != found.name:
            return Member(spelling)
        attribute: Any = found.get_accessor_name() if isinstance(found, ForeignObjectRel) else found.name
        _ensure_open(model, attribute, found.related_model)
        return Member(
            attribute,
            column=column if column != found.name else None,
            is_relation=True,
            many=bool(found.one_to_many or found.many_to_many),
            model=found.related_model,
        )
    return None


def _find_field(model: type[Model], name: str) -> Any:
    for relation in model._meta.related_objects:
        if relation.get_accessor_name() == name:
            return relation
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return None if isinstance(found, ForeignObjectRel) and found.hidden else found


def read(value: Any, name: str) -> Any:
    """Reads a name of a row, or of JSON. Raises LookupError, UnreadablePath, and what the host's properties raise."""
    if not isinstance(value, Model):
        return read_json(value, name)
    member = find_member(type(value), name)
    if member is None:
        return _read_property(value, name)
    try:
        found = getattr(value, member.attribute)
    except ObjectDoesNotExist:
        return None
    return list(found.all()) if member.many else found


def _read_property(row: Model, name: str) -> Any:
    for spelling in _spellings(name):
        try:
            found = getattr(row, spelling)
        except (AttributeError, ObjectDoesNotExist):
            continue
        if isinstance(found, BaseManager):
            found = found.all()
        if isinstance(found, QuerySet):
            return list(found)
        if not callable(found):
            return found
    raise LookupError(name)


def _ensure_open(model: type[Model], name: str, target: type[Model] | None = None) -> None:
    ours = target is not None and target._meta.app_label == Account._meta.app_label
    if name.startswith("_") or name in SECRETS or (ours and target not in OPEN_MODELS):
        raise UnreadablePath(f"{name!r} of {model._meta.label} may not be reached by a path")


def _spellings(name: str) -> tuple[str, ...]:
    """A name as it is, and in snake_case where that differs."""
    snake = _HUMP.sub("_", name).lower()
    return (name,) if snake == name else (name, snake)
