"""Sessions and personal access tokens of everybody: whose they are, where from, until when. Deleting ends them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from nhost_auth.admin import account_search
from nhost_auth.admin.site import ModelAdmin, moment
from nhost_auth.errors import SessionNotFound
from nhost_auth.flows import sessions
from nhost_auth.models import RefreshToken

COLUMNS = ("account", "kind", "device", "ip", "last_used", "expires", "created")


@admin.register(RefreshToken)
class RefreshTokenAdmin(ModelAdmin):
    ordering = ("-expires_at", "-id")
    list_select_related = ("account",)
    list_display = COLUMNS
    sortable_by = ("expires",)
    list_filter = ("kind",)
    search_fields = ("account__email_normalized",)
    search_help_text = "The beginning of an e-mail address or phone number (+…), an account's id, a provider's user id"
    fields = ("id", *COLUMNS, "ends_at", "metadata")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: RefreshToken | None = None) -> bool:
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return account_search.narrowed(queryset, search_term, "account__"), False

    @admin.display(description="created")
    def created(self, token: RefreshToken) -> str:
        return moment(token.created_at)

    @admin.display(description="last used")
    def last_used(self, token: RefreshToken) -> str:
        return moment(token.last_used_at)

    @admin.display(description="expires", ordering="expires_at")
    def expires(self, token: RefreshToken) -> str:
        return moment(token.expires_at)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Django would list every token that each session has left behind."""
        lacking = set() if self.has_delete_permission(request) else {self.opts.verbose_name}
        names = [str(token) for token in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, lacking, []

    def delete_model(self, request: HttpRequest, obj: RefreshToken) -> None:
        if obj.kind == RefreshToken.Kind.PAT:
            sessions.revoke_pat(obj.account, obj.pk)
            return
        try:
            sessions.end_one(obj.account, obj.pk)
        except SessionNotFound:  # it has expired
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for token in queryset.select_related("account__user"):
            self.delete_model(request, token)
