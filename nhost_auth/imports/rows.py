"""Rows of a batch: all in one go where the database takes them, one by one where it refuses any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import DataError, IntegrityError, connections, router, transaction
from django.utils import timezone

T = TypeVar("T")


def write(rows: Sequence[T], store: Callable[[Sequence[T]], object], refuse: Callable[[T], object]) -> list[T]:
    """The rows that `store` has stored; each of the others, which broke a rule of the database, goes to `refuse`.

    `store` is called anew for single rows, so it has to build its objects itself.
    """
    if not rows:
        return []
    try:
        with transaction.atomic():
            store(rows)
    except (IntegrityError, DataError):
        if len(rows) > 1:
            return [stored for row in rows for stored in write([row], store, refuse)]
        # What the database says quotes the row, with all its secrets: it is told to nobody.
        refuse(rows[0])
        return []
    return list(rows)


def insert(objects: Sequence[Any], created: Sequence[datetime | None] = ()) -> None:
    """Store new objects of one model, with the times they came into being where the model keeps such a thing."""
    if not objects:
        return
    manager = type(objects[0])._base_manager
    manager.bulk_create(objects)
    if created:  # Django has just filled the column with the present
        for row, time in zip(objects, created, strict=True):
            row.created_at = time or row.created_at
        overwrite(objects, ["created_at"])


def overwrite(objects: Sequence[Any], names: Iterable[str]) -> None:
    """Write some columns of stored objects of one model: one statement, many rows.

    Not `bulk_update`, whose CASE for each row takes ten times as long. A model on top of another one has two tables.
    """
    if not objects:
        return
    meta, columns = objects[0]._meta, defaultdict[Any, list[Any]](list)
    for name in names:
        field = meta.get_field(name)
        columns[field.model].append(field)
    connection = connections[router.db_for_write(type(objects[0]))]
    quote = connection.ops.quote_name
    for model, fields in columns.items():
        key = model._meta.pk
        assigned = ", ".join(f"{quote(field.column)} = %s" for field in fields)
        statement = f"UPDATE {quote(model._meta.db_table)} SET {assigned} WHERE {quote(key.column)} = %s"  # noqa: S608
        values = [
            [field.get_db_prep_save(getattr(row, field.attname), connection) for field in (*fields, key)]
            for row in objects
        ]
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def stored_time(value: datetime | None) -> datetime | None:
    """A time with its zone, as the project's database takes it."""
    return value if value is None or settings.USE_TZ else timezone.make_naive(value)
