"""Refresh tokens of applications (identity.md 7.1, 7.5). They rotate in place; a spent one ends its family."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import digest
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.models.accounts import Account
from nhost_auth.models.locking_deletes import LockingDeletes
from nhost_auth.models.oauth2_clients import OAuth2Client
from nhost_auth.models.oauth2_requests import OAuth2Request


class OAuth2RefreshTokenQuerySet(LockingDeletes["OAuth2RefreshToken"]):
    def live(self) -> OAuth2RefreshTokenQuerySet:
        return self.filter(expires_at__gt=timezone.now())

    def issue(
        self,
        client: OAuth2Client,
        account_id: uuid.UUID,
        scopes: list[str],
        *,
        auth_time: datetime,
        request: OAuth2Request | None = None,
    ) -> tuple[OAuth2RefreshToken, str]:
        """A new family's row, and its secret; `request` is what a code was given for."""
        secret = str(uuid.uuid4())
        token = OAuth2RefreshToken(client=client, account_id=account_id, scopes=scopes, request=request)
        token.hash, token.expires_at, token.auth_time = digest(secret), token.next_expiry(), auth_time
        token.save(force_insert=True)
        return token, secret

    def find_with_client(self, secret: str) -> OAuth2RefreshToken | None:
        """The live token of a secret."""
        return self.live().filter(hash=digest(secret)).select_related("client").first()

    def find_spent(self, secret: str) -> OAuth2RefreshToken | None:
        """The token that has left a secret behind."""
        return self.filter(spent__hash=digest(secret)).select_related("client", "account").first()


class OAuth2RefreshToken(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hash = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(OAuth2Client, on_delete=models.CASCADE, related_name="refresh_tokens")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="oauth2_refresh_tokens")
    request = models.ForeignKey(OAuth2Request, null=True, on_delete=models.SET_NULL, related_name="refresh_tokens")
    scopes = models.JSONField()
    auth_time = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = models.Manager.from_queryset(OAuth2RefreshTokenQuerySet)()

    class Meta:
        verbose_name = "OAuth2 refresh token"

    def __str__(self) -> str:
        return f"{self.client_id} {self.pk}"

    def next_expiry(self) -> datetime:
        own = self.client.refresh_token_lifetime
        return timezone.now() + timedelta(seconds=own or conf.AUTH_OAUTH2_PROVIDER_REFRESH_TOKEN_TTL)

    @one_transaction
    def rotate(self, secret: str) -> str | None:
        """Replace `secret` by another, which is returned; None when another request was first.

        One filtered UPDATE decides. That the secret is spent is stored with it: what is shown again is found.
        """
        following, spent_hash = str(uuid.uuid4()), digest(secret)
        self.hash, self.expires_at, self.last_used_at = digest(following), self.next_expiry(), timezone.now()
        changes = {"hash": self.hash, "expires_at": self.expires_at, "last_used_at": self.last_used_at}
        if not OAuth2RefreshToken.objects.filter(pk=self.pk, hash=spent_hash).update(**changes):
            return None
        OAuth2SpentToken.objects.create(hash=spent_hash, token=self)
        return following


class OAuth2SpentToken(models.Model):
    """A secret that a refresh token has left behind."""

    hash = models.CharField(max_length=64, primary_key=True)
    token = models.ForeignKey(OAuth2RefreshToken, on_delete=models.CASCADE, related_name="spent")
    spent_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "spent OAuth2 refresh token"

    def __str__(self) -> str:
        return f"{self.token_id} until {self.spent_at:%Y-%m-%d %H:%M:%S}"
