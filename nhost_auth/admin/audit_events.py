"""The audit trail, to be read."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.dispatch import Signal
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from nhost_auth import errors, oauth2_errors, signals
from nhost_auth.admin.account_search import as_uuid
from nhost_auth.admin.site import NOTHING, ModelAdmin
from nhost_auth.flows.audit import FAILED, NOT_WRITTEN, NOTED, REFUSED
from nhost_auth.models import AuditEvent
from nhost_auth.models.audit_events import SUCCESS


class EventFilter(admin.SimpleListFilter):
    """The names there can be: asking the table which there are would read all of it."""

    title, parameter_name = "event", "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        told = [name for name, value in vars(signals).items() if isinstance(value, Signal) and name not in NOT_WRITTEN]
        return [(name, name.replace("_", " ")) for name in sorted({*told, *NOTED})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(event=self.value()) if self.value() else queryset


class OutcomeFilter(admin.SimpleListFilter):
    title, parameter_name = "outcome", "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        members = (vars(errors) | vars(oauth2_errors)).values()
        codes = {error.code for error in members if getattr(error, "audited", False)}
        return [(code, code) for code in (SUCCESS, FAILED, *sorted(codes))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        outcome = self.value()
        if not outcome:
            return queryset
        # By the event too where one alone can have the outcome: that has an index.
        events = {SUCCESS: {}, FAILED: {"event": "mail_sent"}}.get(outcome, {"event": REFUSED})
        return queryset.filter(outcome=outcome, **events)


@admin.register(AuditEvent)
class AuditEventAdmin(ModelAdmin):
    list_display = ("number", "at", "event", "outcome", "account", "actor", "ip")
    list_display_links = ("number", "at")
    sortable_by = ()
    list_filter = (EventFilter, OutcomeFilter)
    search_fields = ("account_id",)
    search_help_text = "An account's id, an IP address or the name of an event"
    fields = ("number", "at", "event", "outcome", "account", "actor", "ip", "agent", "details", "erased_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        if (account_id := as_uuid(text)) is not None:
            return queryset.filter(account_id=account_id), False
        try:
            return queryset.filter(ip=str(ipaddress.ip_address(text))), False
        except ValueError:
            return queryset.filter(event=text.replace(" ", "_")), False

    @admin.display(description="account")
    def account(self, event: AuditEvent) -> str:
        if event.account_id is None:
            return NOTHING
        url = reverse(f"{self.admin_site.name}:nhost_auth_account_change", args=[event.account_id])
        return format_html('<a class="nhost-auth-link" href="{}">{}</a>', url, event.account_id)

    @admin.display(description="data")
    def details(self, event: AuditEvent) -> str:
        return json.dumps(event.data, indent=2, sort_keys=True) if event.data else NOTHING
