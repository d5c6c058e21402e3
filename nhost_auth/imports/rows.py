"""Rows of a batch: all in one go where the database takes them, one by one where it refuses any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
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
        manager.bulk_update(objects, ["created_at"])


def stored_time(value: datetime | None) -> datetime | None:
    """A time with its zone, as the project's database takes it."""
    return value if value is None or settings.USE_TZ else timezone.make_naive(value)
