"""Tickets: the secrets in mailed links. Each is good for its own kind, once, and only its hash is stored.

A newer ticket of a kind ends the older ones of that kind (design.md section 4).
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from nhost_auth.infra.crypto import digest
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.models.accounts import Account

HOUR = timedelta(hours=1)


class TicketManager(models.Manager["Ticket"]):
    @one_transaction
    def issue(
        self,
        account: Account,
        kind: str,
        data: dict[str, Any] | None = None,
        *,
        keep_for: timedelta = timedelta(),
    ) -> str:
        """A new ticket of `kind`, as it stands in the link: `<kind>:<uuid4>`.

        Older ones of the kind end, but for those issued within `keep_for`; the first use of one ends them all.
        """
        secret = f"{kind}:{uuid.uuid4()}"
        self.filter(account=account, kind=kind, created_at__lte=timezone.now() - keep_for).delete()
        self.create(
            account=account,
            kind=kind,
            hash=digest(secret),
            data=data or {},
            expires_at=timezone.now() + Ticket.LIFETIMES[Ticket.Kind(kind)],
        )
        return secret

    def consume(self, secret: str) -> Ticket | None:
        """The ticket, which is gone from now on; None if it is unknown, expired or used. Of two users one wins."""
        found = self.filter(hash=digest(secret), expires_at__gt=timezone.now()).first()
        return found if found is not None and self._spend(found) else None

    @one_transaction
    def _spend(self, found: Ticket) -> bool:
        # One filtered DELETE decides; `found` is but a copy of what it deletes.
        if not self.filter(pk=found.pk).delete()[0]:
            return False
        self.filter(account_id=found.account_id, kind=found.kind).delete()
        return True


class Ticket(models.Model):
    class Kind(models.TextChoices):
        VERIFY_EMAIL = "verifyEmail"
        PASSWORDLESS_EMAIL = "passwordlessEmail"
        EMAIL_CONFIRM_CHANGE = "emailConfirmChange"
        PASSWORD_RESET = "passwordReset"  # noqa: S105 - a kind, not a password
        MFA_TOTP = "mfaTotp"

    LIFETIMES = {
        Kind.VERIFY_EMAIL: timedelta(days=30),
        Kind.PASSWORDLESS_EMAIL: HOUR,
        Kind.EMAIL_CONFIRM_CHANGE: HOUR,
        Kind.PASSWORD_RESET: HOUR,
        Kind.MFA_TOTP: timedelta(minutes=5),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tickets")
    kind = models.CharField(max_length=32, choices=Kind.choices)
    hash = models.CharField(max_length=64, unique=True)
    data: Any = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    objects = TicketManager()

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"
