"""What every page of ours stands on: Django's classes, or django-unfold's where the host has it; the audit trail; size.

Lists stay quick however many rows there are: counts stop at a cap, nothing is counted twice, searches use an index.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminIntegerFieldWidget, AdminTextareaWidget, AdminTextInputWidget
from django.core.paginator import Paginator
from django.db import connections, transaction
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import is_aware, localtime

from nhost_auth.flows import audit
from nhost_auth.http.client_address import client_address

if TYPE_CHECKING:
    HouseAdmin = admin.ModelAdmin[Any]
    StackedInline = admin.StackedInline[Any, Any]
    TabularInline = admin.TabularInline[Any, Any]
    Select, TextInput, Textarea, Number = (
        forms.Select,
        AdminTextInputWidget,
        AdminTextareaWidget,
        AdminIntegerFieldWidget,
    )
    Radios = forms.RadioSelect
elif apps.is_installed("unfold"):
    from unfold.admin import ModelAdmin as HouseAdmin
    from unfold.admin import StackedInline, TabularInline
    from unfold.widgets import UnfoldAdminIntegerFieldWidget as Number
    from unfold.widgets import UnfoldAdminRadioSelectWidget as Radios
    from unfold.widgets import UnfoldAdminSelectWidget as Select
    from unfold.widgets import UnfoldAdminTextareaWidget as Textarea
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput
else:
    HouseAdmin, StackedInline, TabularInline = admin.ModelAdmin, admin.StackedInline, admin.TabularInline
    Select, TextInput, Textarea, Number = (
        forms.Select,
        AdminTextInputWidget,
        AdminTextareaWidget,
        AdminIntegerFieldWidget,
    )
    Radios = forms.RadioSelect

__all__ = [
    "CAP",
    "NOTHING",
    "ModelAdmin",
    "Number",
    "Radios",
    "Select",
    "StackedInline",
    "TabularInline",
    "TextInput",
    "Textarea",
    "is_own_page",
    "moment",
    "without_links",
]

CAP = 10_000
NOTHING = "-"
"""As Django writes where there is no value."""
AGENT_LENGTH = 255
View = Callable[..., Any]


class AtLeast(int):
    """A count that was given up."""

    def __str__(self) -> str:
        # Django would put its separators into our text.
        return f"{int(self)}" if settings.USE_THOUSAND_SEPARATOR else f"{int(self):,}+"


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than CAP: a count of everything reads everything."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by().values("pk")[: CAP + 1].count()
        return found if found <= CAP else AtLeast(CAP)


class ModelAdmin(HouseAdmin):
    """A page whose visitors are named in the audit trail, and whose lists ask a fixed number of cheap questions."""

    list_per_page = 100
    list_max_show_all = 100
    paginator = CappedPaginator
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    class Media:
        css = {"all": ["nhost_auth/admin.css"]}

    @property
    def urls(self) -> list[Any]:
        """All of them, those that heirs add to `get_urls` too."""
        rows: list[Any] = self.get_urls()
        for row in rows:
            row.callback = _recorded(row.callback)
        return rows


def _recorded(view: View) -> View:
    """The view, and whatever it brings about written down as done by its visitor."""

    @wraps(view)
    def recorded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        agent = request.headers.get("User-Agent", "").replace("\0", "")[:AGENT_LENGTH]
        with audit.acting(actor=f"admin {request.user.pk}", ip=client_address(request), agent=agent):
            return view(request, *args, **kwargs)

    # With a host's ATOMIC_REQUESTS the commit, which events wait for, would come when nobody acts any more. Django's
    # views that write and our flows have transactions of their own.
    for alias in connections:
        transaction.non_atomic_requests(using=alias)(recorded)
    return recorded


def moment(at: datetime | None, form: str = "Y-m-d H:i") -> str:
    """A time as short as it can be read, in the zone of the project."""
    if at is None:
        return NOTHING
    return date_format(localtime(at) if is_aware(at) else at, form)


def without_links(field: Any) -> Any:
    """A choice of another model's rows without the buttons that would add, change or delete those."""
    for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
        if hasattr(field.widget, name):
            setattr(field.widget, name, False)
    return field


def is_own_page(page: HouseAdmin, request: HttpRequest) -> bool:
    """Whether a permission is asked for by a page of this model, and not by that of a user it hangs on."""
    match = request.resolver_match
    name = f"{page.opts.app_label}_{page.opts.model_name}_"
    return match is not None and (match.url_name or "").startswith(name)
