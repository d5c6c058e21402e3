"""Roles: which there are. How many accounts have one is not counted; who has it is asked of the accounts."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from nhost_auth.admin.site import ModelAdmin
from nhost_auth.flows import audit
from nhost_auth.models import Account, AccountRole, Role


@admin.register(Role)
class RoleAdmin(ModelAdmin):
    ordering = ("name",)
    search_fields = ("^name",)

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        return False  # the name is all there is, and tokens carry it

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(partial(audit.note, "role_added", role=obj.name))

    def delete_model(self, request: HttpRequest, obj: Role) -> None:
        self.delete_queryset(request, Role.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Role]) -> None:
        names = sorted(queryset.values_list("name", flat=True))
        queryset.delete()
        for name in names:
            transaction.on_commit(partial(audit.note, "role_deleted", role=name))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Django would list every account that has the role."""
        names = [role.name for role in objs]
        used = set(Account.objects.filter(default_role__in=names).values_list("default_role", flat=True).distinct())
        used |= {name for name in names if AccountRole.objects.filter(role=name).exists()}
        lacking = set() if self.has_delete_permission(request) else {self.opts.verbose_name}
        return (
            names,
            {str(self.opts.verbose_name_plural): len(names)},
            lacking,
            [f"Accounts have the role {name}" for name in sorted(used)],
        )
