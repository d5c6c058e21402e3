"""Which applications somebody has let in, and to what: consent that is remembered, listed and taken back."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import models

from nhost_auth.models.accounts import Account
from nhost_auth.models.oauth2_clients import OAuth2Client


class OAuth2GrantManager(models.Manager["OAuth2Grant"]):
    def remember(self, account: Account, client: OAuth2Client, scopes: Collection[str]) -> OAuth2Grant:
        """The account lets the client in to these scopes, and to those of before; within a transaction.

        Behind a lock: of two consents at once neither may forget what the other was to.
        """
        locked, told = self.select_for_update(), {"scopes": sorted(scopes)}
        grant, is_new = locked.get_or_create(account=account, client=client, defaults=told)
        if not is_new:
            grant.scopes = sorted({*grant.scopes, *scopes})
            grant.save(update_fields=["scopes", "updated_at"])
        return grant

    def covers(self, account_id: uuid.UUID, client: OAuth2Client, scopes: Collection[str]) -> bool:
        """Whether the account has let the client in to all of these before."""
        grant = self.filter(account_id=account_id, client=client).first()
        return grant is not None and set(scopes) <= set(grant.scopes)


class OAuth2Grant(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="oauth2_grants")
    client = models.ForeignKey(OAuth2Client, on_delete=models.CASCADE, related_name="grants")
    scopes = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OAuth2GrantManager()

    class Meta:
        verbose_name = "OAuth2 grant"
        constraints = [models.UniqueConstraint(fields=["account", "client"], name="nhost_auth_one_grant_per_client")]

    def __str__(self) -> str:
        return f"{self.client_id} by {self.account_id}"
