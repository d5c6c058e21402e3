"""A host with an admin site of its own: its user page has our inline, our pages stand beside it."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.urls import include, path

from nhost_auth.admin import AccountInline
from nhost_auth.admin.accounts import AccountAdmin
from nhost_auth.admin.audit_events import AuditEventAdmin
from nhost_auth.models import Account, AuditEvent

site = admin.AdminSite()


@admin.register(User, site=site)
class HostUserAdmin(UserAdmin):
    inlines = [AccountInline]


site.register(Account, AccountAdmin)
site.register(AuditEvent, AuditEventAdmin)

urlpatterns = [path("v1/", include("nhost_auth.urls")), path("admin/", site.urls)]
