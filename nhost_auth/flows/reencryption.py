"""Moving stored secrets under the first key of AUTH_ENCRYPTION_KEY, so that older ones can go (identity.md 0.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from nhost_auth.infra.crypto import CannotDecrypt, reencrypted

PREFIX = "encrypted_"
"""Of the name of every column that holds what `crypto.encrypt` made."""


@dataclass(slots=True)
class Tally:
    """What became of the rows of a column. `unreadable` has the keys of those that no configured key opens."""

    current: int = 0
    moved: int = 0
    changed: int = 0
    unreadable: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Column:
    model: type[Model]
    name: str

    @property
    def rows(self) -> Any:
        return self.model._base_manager.order_by("pk")


def columns() -> list[Column]:
    """Every encrypted column of ours."""
    models = apps.get_app_config("nhost_auth").get_models()
    return [
        Column(model, column.name)
        for model in models
        for column in model._meta.concrete_fields
        if column.name.startswith(PREFIX)
    ]


def move(column: Column, size: int, tally: Tally, *, dry_run: bool) -> Iterator[int]:
    """Re-encrypt a column, at most `size` rows at once; how many each batch looked at. `tally` is kept meanwhile.

    Rows are read and decrypted outside of a transaction and replaced by their old value: one that was changed in
    between is left as it is.
    """
    rest = column.rows
    while batch := list(rest.values_list("pk", column.name)[:size]):
        replaced = _sort(batch, tally)
        if dry_run:
            tally.moved += len(replaced)
        else:
            _replace(column, replaced, tally)
        yield len(batch)
        rest = column.rows.filter(pk__gt=batch[-1][0])


def _sort(batch: list[tuple[Any, str]], tally: Tally) -> list[tuple[Any, str, str]]:
    """Key, old and new value of each row that is under an older key."""
    older = []
    for pk, stored in batch:
        try:
            renewed = reencrypted(stored)
        except CannotDecrypt:
            tally.unreadable.append(pk)
            continue
        if renewed is None:
            tally.current += 1
        else:
            older.append((pk, stored, renewed))
    return older


def _replace(column: Column, older: list[tuple[Any, str, str]], tally: Tally) -> None:
    with transaction.atomic():
        for pk, stored, renewed in older:
            same = column.model._base_manager.filter(pk=pk, **{column.name: stored})
            if same.update(**{column.name: renewed}):
                tally.moved += 1
            else:
                tally.changed += 1
