"""The page of models: each with its columns, in the order of models/__init__.py."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.text import capfirst

from docs_site.writing import code, docstrings, line, prose, table
from nhost_auth import models as nouns

INTRODUCTION = """# Models

What the app stores, in tables `nhost_auth_…` beside your own. Of secrets there are hashes alone; what has to be read
again is encrypted. Reading them is fine; to change something call the API, the admin or a [command](commands.md),
which send the signals too. The password, whether somebody is active, and the last sign-in are columns of your own
user model. Links to social providers are rows of social-auth-app-django.
"""
HEAD = ("column", "kind", "notes")


def page() -> str:
    return "\n".join([INTRODUCTION, *map(_section, all_models())])


def all_models() -> list[type[models.Model]]:
    return [getattr(nouns, name) for name in nouns.__all__]


def _section(model: type[models.Model]) -> str:
    return f"## {model.__name__}\n\n{_about(model)}\n\n{table(HEAD, _rows(model))}\n"


def _about(model: type[models.Model]) -> str:
    """What the class says, else what the file says, which holds one noun; Django's list of columns is neither."""
    own = vars(model).get("__doc__") or ""
    written = "" if own.startswith(f"{model.__name__}(") else own
    return prose(inspect.cleandoc(written or sys.modules[model.__module__].__doc__ or ""))


def _rows(model: type[models.Model]) -> Iterator[tuple[str, str, str]]:
    told = docstrings(inspect.getsource(sys.modules[model.__module__]), model.__name__)
    fields: list[Any] = [*model._meta.fields, *model._meta.many_to_many]
    for field in fields:
        yield code(field.name), _kind(field), _notes(field, told.get(field.name, ""))


def _kind(field: Any) -> str:
    kind = type(field).__name__.removesuffix("Field")
    if not field.is_relation:
        return f"{kind}, {field.max_length} at most" if field.max_length and kind != "UUID" else kind
    other = field.related_model
    # The host's own user, whichever model that is.
    name = code(other.__name__) if other.__module__.startswith("nhost_auth.") else "your user model"
    return f"{kind} to {name}"


def _notes(field: Any, told: str) -> str:
    facts = [
        ("primary key", field.primary_key),
        ("unique", field.unique and not field.primary_key),
        ("indexed", field.db_index and not field.unique and not field.is_relation),
        ("may be null", field.null),
    ]
    choices = (
        f"one of {', '.join(code(value) for value, _ in field.choices)}" if getattr(field, "choices", None) else ""
    )
    noted = ", ".join(filter(None, [*(name for name, holds in facts if holds), choices]))
    return ". ".join(filter(None, [capfirst(noted), line(told)]))
