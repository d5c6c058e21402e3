"""The rows shown with an account, and the account shown with the host's user. No hash, secret or key is among them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from nhost_auth.admin.site import StackedInline, TabularInline, moment, without_links
from nhost_auth.errors import InvalidRequest, SessionNotFound
from nhost_auth.flows import applications, sessions, webauthn
from nhost_auth.models import Account, AccountRole, OAuth2Grant, RefreshToken, Role, SecurityKey
from nhost_auth.oauth2_errors import ApplicationNotFound

SHOWN = 50


class NewestFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The first rows alone: a client of somebody's may have opened thousands of sessions."""

    def get_queryset(self) -> Any:
        if not hasattr(self, "_newest"):
            self._newest = super().get_queryset()[:SHOWN]
        return self._newest


class SessionFormSet(NewestFormSet):
    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        with suppress(SessionNotFound):  # it has ended meanwhile
            sessions.end_one(self.instance, obj.pk)


class PersonalAccessTokenFormSet(NewestFormSet):
    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        sessions.revoke_pat(self.instance, obj.pk)


class SecurityKeyFormSet(NewestFormSet):
    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        with suppress(InvalidRequest):  # it was removed meanwhile
            webauthn.remove(self.instance, obj.pk)


class ApplicationFormSet(NewestFormSet):
    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        with suppress(ApplicationNotFound):  # it was taken back meanwhile
            applications.revoke(self.instance, obj.pk)


class RoleInline(TabularInline):
    model = AccountRole
    fields = ("role",)
    extra = 0
    verbose_name_plural = "roles (tokens carry a change after their next refresh, within minutes)"

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            # Read once, not again for each row.
            names = Role.objects.order_by("name").values_list("name", flat=True)
            field.choices = [("", "---------"), *((name, name) for name in names)]
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return without_links(field) if field is not None else None


class ReadOnlyInline(TabularInline):
    """Rows to look at, and to take away by who may delete them."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SessionInline(ReadOnlyInline):
    model = RefreshToken
    formset = SessionFormSet
    fields = readonly_fields = ("device", "ip", "created_at", "last_used_at", "expires_at")
    verbose_name = "session"
    verbose_name_plural = f"sessions (at most {SHOWN}, the one used last first; delete ends one)"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefreshToken]:
        return RefreshToken.objects.sessions()


class PersonalAccessTokenInline(ReadOnlyInline):
    model = RefreshToken
    formset = PersonalAccessTokenFormSet
    fields = readonly_fields = ("metadata", "created_at", "last_used_at", "expires_at")
    verbose_name = "personal access token"
    verbose_name_plural = "personal access tokens (delete revokes one)"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefreshToken]:
        live = RefreshToken.objects.filter(kind=RefreshToken.Kind.PAT, expires_at__gt=timezone.now())
        return live.order_by("-created_at", "pk")


class SecurityKeyInline(ReadOnlyInline):
    model = SecurityKey
    formset = SecurityKeyFormSet
    fields = readonly_fields = ("nickname", "aaguid", "backed_up", "created_at", "last_used_at")
    verbose_name_plural = "security keys (delete removes one)"


class ApplicationInline(ReadOnlyInline):
    model = OAuth2Grant
    formset = ApplicationFormSet
    fields = readonly_fields = ("client", "allowed", "created_at", "last_used")
    verbose_name = "application"
    verbose_name_plural = "applications let in (delete takes it back)"

    def get_queryset(self, request: HttpRequest) -> QuerySet[OAuth2Grant]:
        return applications.let_in()

    @admin.display(description="scopes")
    def allowed(self, grant: OAuth2Grant) -> str:
        return " ".join(grant.scopes)

    @admin.display(description="last used")
    def last_used(self, grant: Any) -> str:
        return moment(grant.last_used_at)


class AccountInline(StackedInline):
    """For the host's own user admin: `inlines = [AccountInline]`. What there is to do is on the account's own page."""

    model = Account
    fk_name = "user"
    can_delete = False
    max_num = 1
    verbose_name_plural = "account"
    fields = readonly_fields = (
        "page",
        "email",
        "email_verified",
        "phone_number",
        "phone_number_verified",
        "display_name",
        "default_role",
        "created_at",
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="account page")
    def page(self, account: Account) -> str:
        url = reverse(f"{self.admin_site.name}:nhost_auth_account_change", args=[account.pk])
        return format_html('<a class="nhost-auth-link" href="{}">Sessions, roles, keys and actions</a>', url)
