"""Deleting many rows while others use the table: a batch at a time, each in a short transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from nhost_auth.infra.deadlocks import one_transaction


def delete(rows: QuerySet[Any], size: int) -> Iterator[int]:
    """Delete `rows`, at most `size` at once; how many each batch deleted, rows that went with them not counted.

    A row that stops to belong to `rows` after it was chosen stays: it is asked for again behind a lock, for Django's
    DELETE of a model that others refer to names nothing but keys. Nothing but the batch itself is locked.
    """
    label, rest = rows.model._meta.label, rows.order_by("pk")
    while chosen := list(rest.values_list("pk", flat=True)[:size]):
        yield _delete(rows, chosen).get(label, 0)
        # Of `rows` each time: conditions of all batches before would pile up until the database refuses them.
        rest = rows.filter(pk__gt=chosen[-1]).order_by("pk")


@one_transaction
def _delete(rows: QuerySet[Any], chosen: list[Any]) -> dict[str, int]:
    same = rows.filter(pk__in=chosen).order_by("pk")
    locked = list(same.select_for_update().values_list("pk", flat=True))
    return rows.filter(pk__in=locked).delete()[1]
