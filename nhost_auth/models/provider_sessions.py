"""What a provider lets us do in a user's name: its tokens, encrypted, handed out once (identity.md 4.6)."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from nhost_auth.infra.crypto import decrypt, digest, encrypt
from nhost_auth.models.accounts import Account


class ProviderSessionManager(models.Manager["ProviderSession"]):
    def keep(self, account: Account, link: str, user_id: str, content: dict[str, Any]) -> None:
        """Store the tokens of the newest visit, in the place of any before."""
        sealed = encrypt(json.dumps(content))
        values = {"account": account, "encrypted_content": sealed, "updated_at": timezone.now()}
        same = self.filter(link=link, user_id_hash=digest(user_id))
        if not same.update(**values):
            try:
                with transaction.atomic():
                    self.create(link=link, user_id_hash=digest(user_id), **values)
            except IntegrityError:
                same.update(**values)

    def take(self, account: Account, link: str) -> dict[str, Any] | None:
        """The newest tokens of an account at a provider, gone from now on. Of two readers one gets them."""
        found = self.filter(account=account, link=link).order_by("-updated_at").first()
        if found is None or not self.filter(pk=found.pk, encrypted_content=found.encrypted_content).delete()[0]:
            return None
        content: dict[str, Any] = json.loads(decrypt(found.encrypted_content))
        return content


class ProviderSession(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="provider_sessions")
    link = models.CharField(max_length=32)
    user_id_hash = models.CharField(max_length=64)
    encrypted_content = models.TextField(editable=False)
    updated_at = models.DateTimeField()

    objects = ProviderSessionManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "user_id_hash"], name="nhost_auth_provider_session")]

    def __str__(self) -> str:
        return f"{self.link} of {self.account_id}"
