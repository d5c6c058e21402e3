"""Accounts: finding them, looking at what they have, changing what is not proven by their owner."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

from nhost_auth.admin import account_actions, account_search
from nhost_auth.admin.account_filters import DisabledFilter, SecondFactorFilter
from nhost_auth.admin.account_form import EDITABLE, AccountForm, StorableJSON, locales
from nhost_auth.admin.inlines import (
    ApplicationInline,
    PersonalAccessTokenInline,
    RoleInline,
    SecurityKeyInline,
    SessionInline,
)
from nhost_auth.admin.page_actions import PageActions
from nhost_auth.admin.site import Select, TextInput, is_own_page, moment, without_links
from nhost_auth.flows import audit, host_users, mfa
from nhost_auth.models import Account, TotpDevice, provider_links

NAME_SHOWN = 24
DAY = "Y-m-d"


@admin.register(Account)
class AccountAdmin(PageActions):
    form = AccountForm
    inlines = [RoleInline, SessionInline, PersonalAccessTokenInline, SecurityKeyInline, ApplicationInline]
    actions = account_actions.ALL
    ordering = ("-created_at", "-id")
    list_select_related = ("user",)
    list_display = ("name", "phone", "called", "status", "role", "created", "seen")
    sortable_by = ("name", "phone", "created")
    search_fields = ("email_normalized",)
    search_help_text = "The beginning of an e-mail address or phone number (+…), an account's id, a provider's user id"
    readonly_fields = (
        "id",
        "user_page",
        "email",
        "status",
        "last_sign_in",
        "created_at",
        "updated_at",
        "factor",
        "providers",
        "trail",
    )
    fieldsets = (
        (None, {"fields": ("id", "email", "user_page", "status", "last_sign_in", "created_at", "updated_at", "trail")}),
        ("Ways in", {"fields": ("factor", "providers")}),
        ("Profile", {"fields": EDITABLE}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # accounts come with their users

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        # And go with them: the page that deletes a user asks here too.
        return not is_own_page(self, request) and super().has_delete_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        above = obj is not None and account_actions.is_above(obj, request)
        return not above and super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        confirmed = TotpDevice.objects.filter(user=OuterRef("user"), confirmed=True)
        accounts: QuerySet[Account] = super().get_queryset(request)
        return accounts.select_related("user").annotate(second_factor=Exists(confirmed))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return account_search.narrowed(queryset, search_term), False

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        disabled = [DisabledFilter] if host_users.can_be_disabled() else []
        return [*disabled, "email_verified", "is_anonymous", SecondFactorFilter, "default_role", "created_at"]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        needless = () if host_users.can_be_disabled() else ("disable", "enable")
        return {name: action for name, action in actions.items() if name not in needless}

    def is_of_use(self, action: str, found: Account) -> bool:
        return action != ("enable" if found.user.is_active else "disable")

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> tuple[str, ...]:
        # A default role is one of the account's: who may not give roles may not give one this way.
        may_give = request.user.has_perm("nhost_auth.change_accountrole")
        return self.readonly_fields if may_give else (*self.readonly_fields, "default_role")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None and "locale" in form.base_fields:
            form.base_fields["locale"] = forms.ChoiceField(choices=locales(obj), widget=Select())
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "display_name":
            kwargs["widget"] = TextInput()
        if db_field.name == "metadata":
            kwargs["decoder"] = StorableJSON
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return without_links(field) if field is not None else None

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        changed = sorted(form.changed_data)
        if changed:
            # These columns alone: what its owner changes at this moment stays.
            obj.save(update_fields=[*changed, "updated_at"])
            transaction.on_commit(partial(audit.note, "account_edited", obj.pk, fields=", ".join(changed)))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = _role_names(form.instance)
        super().save_related(request, form, formsets, change)
        after = _role_names(form.instance)
        if before != after:
            data = {"added": ", ".join(sorted(after - before)), "removed": ", ".join(sorted(before - after))}
            transaction.on_commit(partial(audit.note, "account_roles_changed", form.instance.pk, **data))

    @admin.display(description="account", ordering="email_normalized")
    def name(self, account: Account) -> str:
        return account.email or "(no e-mail address)"

    @admin.display(description="phone", ordering="phone_number")
    def phone(self, account: Account) -> str | None:
        return account.phone_number

    @admin.display(description="role")
    def role(self, account: Account) -> str:
        return str(account.default_role_id)

    @admin.display(description="last sign-in")
    def last_sign_in(self, account: Account) -> str:
        return moment(getattr(account.user, "last_login", None))

    @admin.display(description="last seen")
    def seen(self, account: Account) -> str:
        return moment(getattr(account.user, "last_login", None), DAY)

    @admin.display(description="created", ordering="created_at")
    def created(self, account: Account) -> str:
        return moment(account.created_at, DAY)

    @admin.display(description="display name")
    def called(self, account: Account) -> str:
        return Truncator(account.display_name).chars(NAME_SHOWN)

    @admin.display(description="status")
    def status(self, account: Any) -> str:
        found = ["disabled" if account.disabled else "active"]
        found += ["guest"] if account.is_anonymous else []
        found += ["unverified"] if account.email and not account.email_verified else []
        found += ["second factor"] if account.second_factor else []
        return ", ".join(found)

    @admin.display(description="user")
    def user_page(self, account: Account) -> str:
        model = get_user_model()
        if not self.admin_site.is_registered(model):
            return str(account.user)
        url = reverse(
            f"{self.admin_site.name}:{model._meta.app_label}_{model._meta.model_name}_change", args=[account.user_id]
        )
        return format_html(
            '<a class="nhost-auth-link" href="{}">{}</a> (the e-mail address is changed there)', url, account.user
        )

    @admin.display(description="second factor")
    def factor(self, account: Account) -> str:
        device = TotpDevice.objects.filter(user=account.user, confirmed=True).first()
        if device is None:
            return "none"
        return f"TOTP, set up {device.created_at:%Y-%m-%d}; {mfa.count_recovery_codes(account)} recovery codes left"

    @admin.display(description="providers")
    def providers(self, account: Account) -> str:
        try:
            links = provider_links.rows().filter(user=account.user).order_by("provider").values_list("provider", "uid")
        except LookupError:
            return "none"
        return format_html_join(", ", "{}: {}", links) or "none"

    @admin.display(description="audit trail")
    def trail(self, account: Account) -> str:
        url = reverse(f"{self.admin_site.name}:nhost_auth_auditevent_changelist")
        return format_html(
            '<a class="nhost-auth-link" href="{}?q={}">What happened to this account</a>', url, account.pk
        )


def _role_names(account: Account) -> set[str]:
    return set(account.account_roles.values_list("role_id", flat=True))
