"""Deleting many rows while others use the table: a batch at a time, each in a short transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from nhost_auth.infra.deadlocks import one_transaction


def delete(rows: QuerySet[Any], size: int) -> Iterator[int]:
    """Delete `rows` in their order, at most `size` at once; how many each batch deleted, not counting what went along.

    The order is that of one column, ascending, by default of the key. A row that stops to belong to `rows` after it was
    chosen stays: it is asked for again behind a lock, for Django's DELETE of a model that others refer to names nothing
    but keys. Nothing but the batch itself is locked.
    """
    (column,) = rows.query.order_by or ("pk",)
    rest = rows.order_by(column)
    while chosen := list(rest.values_list("pk", column)[:size]):
        yield _delete(rows, [key for key, _ in chosen])
        # On from the last, not from the beginning: the index still holds what is gone, and more of it each time.
        rest = rows.filter(**{f"{column}__gte": chosen[-1][1]}).order_by(column)


@one_transaction
def _delete(rows: QuerySet[Any], chosen: list[Any]) -> int:
    locked = rows.filter(pk__in=chosen).order_by("pk").select_for_update().values_list("pk", flat=True)
    # A plain one: the model's own would lock them once more. Its keys are all that Django needs to know of a row.
    doomed: QuerySet[Any] = QuerySet(rows.model, using=locked.db).filter(pk__in=list(locked)).only("pk")
    return doomed.delete()[1].get(rows.model._meta.label, 0)
