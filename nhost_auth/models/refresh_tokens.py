"""Refresh tokens: a row is a session, or a personal access token; only the hash of its live secret is stored.

Rotation changes the hash in place, so the row's id, which clients know as refreshTokenId, stays. What was rotated
away is remembered as spent, so that a lost answer can be given again and theft is seen (RFC 9700 section 4.14.2).
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import cache
from secrets import token_bytes
from typing import Any

from django.db import IntegrityError, models, router
from django.db.models import F
from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import digest, keyed_digest
from nhost_auth.models.accounts import Account
from nhost_auth.models.compiled import CompiledSelect, CompiledUpdate, Slot, insert
from nhost_auth.models.locking_deletes import LockingDeletes


def successor(secret: str, token_id: uuid.UUID) -> str:
    """The secret that follows `secret`: always the same, yet known only to who holds `secret` and SECRET_KEY."""
    return str(uuid.UUID(hex=keyed_digest("refresh_token_successor", str(token_id), secret)[:32]))


class RefreshTokenQuerySet(LockingDeletes["RefreshToken"]):
    def issue(self, account: Account, *, ip: str | None, device: str) -> tuple[RefreshToken, str]:
        """A new session's row and its secret."""
        # All 128 bits are random; version 4 would fix six of them (OWASP ASVS 5.0, 7.2.3).
        secret, limit = str(uuid.UUID(bytes=token_bytes(16))), conf.AUTH_REFRESH_TOKEN_MAX_LIFETIME
        token = RefreshToken(account=account, hash=digest(secret), ip=ip, device=device)
        token.ends_at = timezone.now() + timedelta(seconds=limit) if limit else None
        token.expires_at = token.next_expiry()
        insert(self.db, [token])
        return token, secret

    def issue_pat(
        self, account: Account, *, expires_at: datetime, metadata: dict[str, Any] | None
    ) -> tuple[RefreshToken, str]:
        """A new personal access token's row and its secret."""
        secret = str(uuid.UUID(bytes=token_bytes(16)))
        token = RefreshToken(account=account, kind=RefreshToken.Kind.PAT, hash=digest(secret), metadata=metadata)
        token.expires_at = expires_at
        token.save(force_insert=True)
        return token, secret

    def find_with_account(self, secret: str, *, kind: str = "regular") -> RefreshToken | None:
        """The live token of a secret with its account, user and roles, in one statement."""
        token, roles = _live().joined(self.db, "role_name", hash=digest(secret), kind=kind, now=timezone.now())
        if token is not None:
            token.account.role_names = [role for role in roles if role is not None]
        return token  # type: ignore[no-any-return]

    def sessions(self) -> RefreshTokenQuerySet:
        """Those that are sessions and have not expired, the one used last first."""
        live = self.filter(kind=RefreshToken.Kind.REGULAR, expires_at__gt=timezone.now())
        return live.order_by("-last_used_at", "pk")

    def end(self, secret: str) -> Account | None:
        """End the session, or revoke the personal access token, that a secret is or was good for; its account."""
        hashed = digest(secret)
        token = (
            self.filter(hash=hashed).select_related("account").first()
            # A client may sign out while its refresh is under way: what it holds is spent by then.
            or self.filter(spent__hash=hashed).select_related("account").first()
        )
        if token is None or not self.filter(pk=token.pk).delete()[0]:
            return None
        return token.account


class RefreshToken(models.Model):
    class Kind(models.TextChoices):
        REGULAR = "regular"
        PAT = "pat"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="refresh_tokens")
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.REGULAR)
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    device = models.CharField(max_length=255, blank=True, default="")
    metadata = models.JSONField(null=True, blank=True)

    objects = models.Manager.from_queryset(RefreshTokenQuerySet)()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def next_expiry(self) -> datetime:
        """When the session ends if it is not refreshed again."""
        sliding = timezone.now() + timedelta(seconds=conf.AUTH_REFRESH_TOKEN_EXPIRES_IN)
        return min(sliding, self.ends_at) if self.ends_at else sliding

    def rotate(self, secret: str, *, ip: str | None, device: str) -> str | None:
        """Replace `secret` by its successor, which is returned; None when another request was first.

        One filtered UPDATE decides: of any number of requests with the same secret exactly one rotates. That the secret
        is spent stands there before, so that whoever comes next finds it live or spent; no transaction is needed.
        """
        following = successor(secret, self.pk)
        spent_hash, self.hash = digest(secret), digest(following)
        self.expires_at = self.next_expiry()
        using, now = router.db_for_write(RefreshToken, instance=self), timezone.now()
        if not self._remember(spent_hash, using):
            return None
        changes = {"hash": self.hash, "expires_at": self.expires_at, "now": now, "ip": ip, "device": device}
        return following if _rotation().run(using, pk=self.pk, spent=spent_hash, **changes) else None

    def _remember(self, spent_hash: str, using: str) -> bool:
        """Note that a secret is spent, where somebody may ask; False if the session has just ended."""
        if conf.AUTH_REFRESH_TOKEN_REUSE_WINDOW or conf.AUTH_REFRESH_TOKEN_REUSE_DETECTION:
            try:
                insert(using, [SpentRefreshToken(hash=spent_hash, token=self)], ignore_conflicts=True)
            except IntegrityError:
                return False
        return True


@cache
def _live() -> CompiledSelect:
    return CompiledSelect(
        lambda: (
            RefreshToken.objects.filter(
                hash=_slot("hash"), kind=_slot("kind"), expires_at__gt=_slot("expires_at", "now")
            )
            .select_related("account__user")
            .annotate(role_name=F("account__account_roles__role_id"))
            .order_by("role_name")
        )
    )


@cache
def _rotation() -> CompiledUpdate:
    return CompiledUpdate(
        lambda: RefreshToken.objects.filter(pk=_slot("id", "pk"), hash=_slot("hash", "spent")),
        **{name: _slot(name) for name in ("hash", "expires_at", "ip", "device")},
        last_used_at=_slot("last_used_at", "now"),
    )


def _slot(field: str, name: str = "") -> Slot:
    return Slot(RefreshToken._meta.get_field(field), name)  # type: ignore[arg-type] # none of them is a relation


class SpentRefreshToken(models.Model):
    """A secret that a session has left behind."""

    hash = models.CharField(max_length=64, primary_key=True)
    token = models.ForeignKey(RefreshToken, on_delete=models.CASCADE, related_name="spent")
    spent_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.token_id} until {self.spent_at:%Y-%m-%d %H:%M:%S}"
