"""Challenges: what a security key has to sign, once and within a minute (WebAuthn Level 3, section 13.4.3).

Each is bound to its ceremony and, where one is known, to its account. Only its hash is stored.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import digest
from nhost_auth.models.accounts import Account


class ChallengeManager(models.Manager["Challenge"]):
    def keep(self, text: str, purpose: str, account: Account | None = None, data: dict[str, Any] | None = None) -> None:
        """Store a challenge that is about to be sent out; those that were never answered go."""
        now = timezone.now()
        self.filter(expires_at__lte=now).delete()
        self.create(
            hash=digest(text),
            purpose=purpose,
            account=account,
            data=data or {},
            expires_at=now + timedelta(milliseconds=conf.AUTH_WEBAUTHN_ATTESTATION_TIMEOUT),
        )

    def consume(self, text: str, purpose: str, account: Account | None = None) -> Challenge | None:
        """The challenge, gone from now on; None if it is unknown, expired, used or of another purpose or account.

        Without an account that of anybody will do. Of two answers one wins: the DELETE decides.
        """
        live = self.filter(hash=digest(text), purpose=purpose, expires_at__gt=timezone.now())
        found = (live.filter(account=account) if account is not None else live).first()
        return found if found is not None and self.filter(pk=found.pk).delete()[0] else None


class Challenge(models.Model):
    class Purpose(models.TextChoices):
        SIGN_UP = "sign-up"
        SIGN_IN = "sign-in"
        ADD_KEY = "add-key"
        ELEVATE = "elevate"
        DECOY = "decoy"  # for an address without keys: no answer to it is ever right

    hash = models.CharField(max_length=64, primary_key=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="challenges")
    data: Any = models.JSONField(default=dict, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    objects = ChallengeManager()

    def __str__(self) -> str:
        return f"{self.purpose} challenge of {self.account_id}"
