"""Deleting many rows while others use the table: a batch at a time, each in a short transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet


def delete(rows: QuerySet[Any], size: int) -> Iterator[int]:
    """Delete `rows`, at most `size` at once; how many each batch deleted, rows that went with them not counted.

    A row that stops to belong to `rows` before its batch is deleted stays: the batch is locked and asked for again,
    for Django's DELETE of a model that others refer to names nothing but keys.
    """
    rest, label = rows.order_by("pk"), rows.model._meta.label
    while True:
        with transaction.atomic():
            keys = list(rest.select_for_update().values_list("pk", flat=True)[:size])
            deleted = rows.filter(pk__in=keys).delete()[1] if keys else {}
        if not keys:
            return
        yield deleted.get(label, 0)
        rest = rest.filter(pk__gt=keys[-1])
