"""Codes that a redirect carries instead of a refresh token (RFC 7636, accounts.md 2.7)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from nhost_auth.infra.crypto import digest
from nhost_auth.models.accounts import Account

LIFETIME = timedelta(minutes=5)


def s256(verifier: str) -> str:
    """RFC 7636 section 4.2: base64url of SHA-256, without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class PkceCodeManager(models.Manager["PkceCode"]):
    def issue(self, account: Account, challenge: str, redirect_to: str) -> str:
        code = secrets.token_urlsafe(32)
        self.create(
            account=account,
            hash=digest(code),
            challenge=challenge,
            redirect_to=redirect_to,
            expires_at=timezone.now() + LIFETIME,
        )
        return code

    def consume(self, code: str, verifier: str) -> PkceCode | None:
        """The code's row, gone from now on; None if unknown, used, expired or not of this verifier.

        A wrong verifier does not burn the code. Of two exchanges one wins: the DELETE decides.
        """
        found = self.filter(hash=digest(code), expires_at__gt=timezone.now()).first()
        # Compared here: MariaDB's text comparison ignores case, and base64url does not.
        if found is None or not constant_time_compare(found.challenge, s256(verifier)):
            return None
        return found if self.filter(pk=found.pk).delete()[0] else None


class PkceCode(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="pkce_codes")
    hash = models.CharField(max_length=64, unique=True)
    challenge = models.CharField(max_length=43)
    redirect_to = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    objects = PkceCodeManager()

    def __str__(self) -> str:
        return f"code of {self.account_id}"
