"""What all pages have in common: they render, count to a cap, and write down who acted."""

from __future__ import annotations

from nhost_auth.flows import audit
from nhost_auth.models import AuditEvent, RefreshToken, SigningKey
from tests.admin.conftest import ACCOUNTS, EVENTS, KEYS, ROLES, SESSIONS, Browser, person


def test_every_page_renders(root: Browser) -> None:
    account = person()
    key = SigningKey.objects.generate("ES256")
    audit.note("x", account.pk, b="c")
    paths = [ACCOUNTS, SESSIONS, KEYS, ROLES, EVENTS, f"{ROLES}add/", f"{KEYS}rotate/"]
    paths += [f"{ACCOUNTS}{account.pk}/change/", f"{SESSIONS}{RefreshToken.objects.first().pk}/change/"]
    paths += [f"{KEYS}{key.pk}/change/", f"{EVENTS}{AuditEvent.objects.first().pk}/change/", f"{ROLES}user/change/"]
    for path in paths:
        root.page(path)
    root.form(f"{ACCOUNTS}{account.pk}/change/")
