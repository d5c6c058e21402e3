"""Deleting rows that others, which come into being meanwhile, refer to."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

from nhost_auth.infra.deadlocks import one_transaction

M = TypeVar("M", bound=models.Model)


class LockingDeletes(models.QuerySet[M]):
    @one_transaction
    def delete(self) -> tuple[int, dict[str, int]]:
        """Behind locks, for what refers to a row may come into being while it goes.

        A refresh under way would add a spent secret after those are gone and before its token is, an exchange a token.
        """
        locked = self.order_by("pk").select_for_update()
        keys = list(locked.values_list("pk", flat=True))
        return models.QuerySet(self.model, using=locked.db).filter(pk__in=keys).delete()

    delete.queryset_only = True  # type: ignore[attr-defined]
    delete.alters_data = True  # type: ignore[attr-defined]
