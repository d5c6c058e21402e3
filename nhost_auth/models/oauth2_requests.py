"""What an application asks of somebody, and the code that tells it the answer (identity.md 7.3-7.5, RFC 6749 4.1)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F
from django.utils import timezone

from nhost_auth.infra.crypto import digest
from nhost_auth.models.accounts import Account
from nhost_auth.models.locking_deletes import LockingDeletes
from nhost_auth.models.oauth2_clients import OAuth2Client

LIFETIME = timedelta(minutes=10)
CODE_LIFETIME = timedelta(minutes=5)
MAX_FAILURES = 5
"""Exchanges of a code that go wrong before it is good no more."""


def in_ten_minutes() -> datetime:
    return timezone.now() + LIFETIME


class OAuth2RequestQuerySet(LockingDeletes["OAuth2Request"]):
    def find_by_code(self, code: str) -> OAuth2Request | None:
        """The request that a code answers, used already or not; None for one that expired or failed too often."""
        live = self.filter(code_hash=digest(code), expires_at__gt=timezone.now(), failures__lt=MAX_FAILURES)
        return live.select_related("client").first()


class OAuth2Request(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(OAuth2Client, on_delete=models.CASCADE, related_name="requests")
    scopes = models.JSONField()
    redirect_uri = models.TextField()
    state = models.TextField(blank=True, default="")
    nonce = models.TextField(blank=True, default="")
    code_challenge = models.CharField(max_length=128, blank=True, default="")
    code_challenge_method = models.CharField(max_length=32, blank=True, default="")
    resource = models.TextField(blank=True, default="")
    prompt = models.CharField(max_length=64, blank=True, default="")
    max_age = models.PositiveIntegerField(null=True, blank=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="oauth2_requests")
    auth_time = models.DateTimeField(null=True)
    code_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - many have none yet
    code_used_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_ten_minutes, db_index=True)

    objects = models.Manager.from_queryset(OAuth2RequestQuerySet)()

    class Meta:
        verbose_name = "OAuth2 request"

    def __str__(self) -> str:
        return f"{self.client_id} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def prompts(self) -> list[str]:
        """What the sign-in page is asked to do (OpenID Connect Core 3.1.2.1)."""
        return self.prompt.split()

    def answer(self, account: Account, auth_time: datetime) -> str | None:
        """The code for the application, now that `account` has agreed; None where somebody was first, or refused."""
        code, now = str(uuid.uuid4()), timezone.now()
        waiting = OAuth2Request.objects.filter(pk=self.pk, account=None, expires_at__gt=now)
        answered = waiting.update(
            account=account, auth_time=auth_time, code_hash=digest(code), expires_at=now + CODE_LIFETIME
        )
        return code if answered else None

    def refuse(self) -> bool:
        """Somebody does not agree, and the request is over. False where it has been answered."""
        now = timezone.now()
        open_still = OAuth2Request.objects.filter(pk=self.pk, account=None, expires_at__gt=now)
        return bool(open_still.update(expires_at=now))

    def use_code(self) -> bool:
        """One filtered UPDATE decides: of any number of exchanges one wins. The row stays, to notice the others."""
        unused = OAuth2Request.objects.filter(pk=self.pk, code_used_at=None)
        return bool(unused.update(code_used_at=timezone.now()))

    def count_failure(self) -> None:
        OAuth2Request.objects.filter(pk=self.pk).update(failures=F("failures") + 1)
