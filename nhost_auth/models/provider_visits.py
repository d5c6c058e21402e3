"""Visits to social providers under way: what the `state` parameter stands for, once and for a minute (identity.md 4.1).

The parameter itself is random; what Nhost writes into it is kept here, so that nobody reads it from a URL.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from nhost_auth.infra.crypto import decrypt, digest, encrypt

LIFETIME = timedelta(seconds=60)


def new_state() -> str:
    """Short enough for every provider."""
    return secrets.token_urlsafe(32)


class ProviderVisitManager(models.Manager["ProviderVisit"]):
    def keep(self, state: str, provider: str, browser: str, data: dict[str, Any]) -> None:
        """Store a visit that begins; `browser` is the secret its browser has been given. Those never finished go."""
        now = timezone.now()
        self.filter(expires_at__lte=now).delete()
        self.create(
            hash=digest(state),
            provider=provider,
            browser_hash=digest(browser) if browser else "",
            encrypted_data=encrypt(json.dumps(data)),
            expires_at=now + LIFETIME,
        )

    def consume(self, state: str, provider: str, browser: str) -> dict[str, Any] | None:
        """What a visit began with; it is over. None if unknown, expired, used, or begun elsewhere.

        Of two callbacks one wins: the DELETE decides.
        """
        live = self.filter(hash=digest(state), provider=provider, expires_at__gt=timezone.now())
        found = live.filter(browser_hash__in=["", digest(browser)]).first()
        if found is None or not self.filter(pk=found.pk).delete()[0]:
            return None
        data: dict[str, Any] = json.loads(decrypt(found.encrypted_data))
        return data


class ProviderVisit(models.Model):
    hash = models.CharField(max_length=64, primary_key=True)
    provider = models.CharField(max_length=42)
    browser_hash = models.CharField(max_length=64, blank=True, default="")
    encrypted_data = models.TextField(editable=False)
    expires_at = models.DateTimeField(db_index=True)

    objects = ProviderVisitManager()

    def __str__(self) -> str:
        return f"visit to {self.provider}"
