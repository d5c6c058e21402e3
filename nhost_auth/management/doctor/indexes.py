"""Whether every index and unique constraint that the models declare is in the database.

Without the unique ones two people can get one address, and a secret meant for one use can be used twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model

from nhost_auth.management.doctor.database import connection
from nhost_auth.management.doctor.finding import Finding, error, ok, warning

SUBJECT = "indexes"
LINKS = "social_django.UserSocialAuth"

Columns = tuple[str, ...]


def diagnose() -> Iterator[Finding]:
    database = connection()
    with database.cursor() as cursor:
        tables = set(database.introspection.table_names(cursor))
        absent = [model._meta.db_table for model in _models() if model._meta.db_table not in tables]
        found = [
            finding
            for model in _models()
            if model._meta.db_table in tables
            for finding in _missing(model, database.introspection.get_constraints(cursor, model._meta.db_table))
        ]
    if absent:
        yield error(SUBJECT, f"Tables are missing: {', '.join(absent)}.", "manage.py migrate")
    yield from found
    if not absent and not found:
        yield ok(SUBJECT, "Every index and unique constraint is in the database.")


def _models() -> Iterator[type[Model]]:
    yield from apps.get_app_config("nhost_auth").get_models()
    if apps.is_installed("social_django"):
        yield apps.get_model(LINKS)


def _missing(model: type[Model], constraints: Mapping[str, Any]) -> Iterator[Finding]:
    table, present = model._meta.db_table, [found for found in constraints.values() if found["columns"]]
    unique = [set(found["columns"]) for found in present if found["unique"] or found["primary_key"]]
    indexed = [tuple(found["columns"]) for found in present if found["index"] or found["unique"]]
    for columns in _unique(model):
        if set(columns) not in unique:
            text = f"{table} ({', '.join(columns)}) is not unique."
            yield error(SUBJECT, text, "Look for rows that are there twice, then create the constraint anew.")
    for columns in _indexes(model):
        # One that begins with these columns serves as well: MariaDB drops an index that another covers.
        if not any(index[: len(columns)] == columns for index in indexed):
            yield warning(SUBJECT, f"{table} ({', '.join(columns)}) has no index.", "Create it anew.")


def _unique(model: type[Model]) -> Iterator[Columns]:
    meta = model._meta
    yield from (_columns(model, [field.name]) for field in meta.local_concrete_fields if field.unique)
    groups = [*meta.unique_together, *(constraint.fields for constraint in meta.total_unique_constraints)]
    yield from (_columns(model, group) for group in groups)


def _indexes(model: type[Model]) -> Iterator[Columns]:
    fields: Iterable[Any] = model._meta.local_concrete_fields
    yield from (_columns(model, [field.name]) for field in fields if field.db_index and not field.unique)
    yield from (_columns(model, (name for name, _ in index.fields_orders)) for index in model._meta.indexes)


def _columns(model: type[Model], names: Iterable[str]) -> Columns:
    fields: Iterable[Any] = (model._meta.get_field(name) for name in names)
    return tuple(field.column for field in fields)
