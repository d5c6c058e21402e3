"""The pages for operators. Django's autodiscover reads them, so only where django.contrib.admin is installed."""

from nhost_auth.admin import accounts, audit_events, oauth2_clients, roles, sessions, signing_keys
from nhost_auth.admin.inlines import AccountInline

__all__ = ["AccountInline", "accounts", "audit_events", "oauth2_clients", "roles", "sessions", "signing_keys"]
