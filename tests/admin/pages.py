"""The addresses of all pages of the admin that show something of an account."""

from __future__ import annotations

from nhost_auth.flows import audit
from nhost_auth.models import Account, AuditEvent, OAuth2Client, RefreshToken, Role, SigningKey
from tests.admin.conftest import ACCOUNTS, CLIENTS, EVENTS, KEYS, ROLES, SESSIONS


def every_page(account: Account) -> list[str]:
    """Lists, pages of an object of each kind, their histories, and those of ours."""
    audit.note("refused", account.pk, outcome="invalid-otp", endpoint="somewhere")
    objects = [
        f"{ACCOUNTS}{account.pk}",
        f"{CLIENTS}{OAuth2Client.objects.create(name='Bank').pk.replace('_', '_5F')}",
        f"{EVENTS}{AuditEvent.objects.latest('number').pk}",
        f"{KEYS}{SigningKey.objects.generate('ES256').pk}",
        f"{ROLES}{Role.objects.create(name=f'unused-{account.pk}').pk.replace('_', '_5F')}",
        *(f"{SESSIONS}{token.pk}" for token in RefreshToken.objects.filter(account=account)),
    ]
    pages = [ACCOUNTS, SESSIONS, KEYS, ROLES, CLIENTS, EVENTS, f"{ROLES}add/", f"{CLIENTS}add/", f"{KEYS}rotate/"]
    return pages + [f"{one}/{page}/" for one in objects for page in ("change", "history")]
