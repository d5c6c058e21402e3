"""The filters of the list of accounts that are more than a column."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

YES, NO = "yes", "no"


class YesNoFilter(admin.SimpleListFilter):
    """Two choices about `field`, which is a column or an annotation."""

    field: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(YES, "Yes"), (NO, "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.field: self.value() == YES}) if self.value() in (YES, NO) else queryset


class DisabledFilter(YesNoFilter):
    title, parameter_name, field = "disabled", "disabled", "user__is_active"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(user__is_active=self.value() == NO) if self.value() in (YES, NO) else queryset


class SecondFactorFilter(YesNoFilter):
    title, parameter_name, field = "second factor", "second_factor", "second_factor"
