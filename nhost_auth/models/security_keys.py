"""Security keys: the public halves of passkeys and hardware tokens (WebAuthn Level 3, section 4, credential record)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from nhost_auth.infra.crypto import digest
from nhost_auth.infra.webauthn import Assertion, NewKey
from nhost_auth.models.accounts import Account


class SecurityKeyManager(models.Manager["SecurityKey"]):
    def add(self, account: Account, new: NewKey, nickname: str | None) -> SecurityKey:
        """Store a verified key. Raises IntegrityError for one that is registered already, whoever has it."""
        return self.create(
            account=account,
            credential_id=new.credential_id,
            credential_hash=digest(new.credential_id),
            public_key=new.public_key,
            counter=new.counter,
            transports=",".join(new.transports),
            backup_eligible=new.backup_eligible,
            backed_up=new.backed_up,
            aaguid=new.aaguid,
            nickname=nickname,
        )

    def find(self, credential_id: str) -> SecurityKey | None:
        """The key a browser names."""
        return self.filter(credential_hash=digest(credential_id)).first()


class SecurityKey(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="security_keys")
    credential_id = models.TextField(editable=False)
    credential_hash = models.CharField(max_length=64, unique=True, editable=False)
    """Stands for the id in the index: up to 1,023 bytes are too long for one, and MariaDB would ignore their case."""
    public_key = models.BinaryField()
    counter = models.BigIntegerField(default=0, editable=False)
    transports = models.CharField(max_length=255, blank=True, default="")
    backup_eligible = models.BooleanField(default=False)
    backed_up = models.BooleanField(default=False)
    aaguid = models.CharField(max_length=36, blank=True, default="")
    nickname = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - none was given, not an empty one
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SecurityKeyManager()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.nickname or str(self.pk)

    def advance(self, use: Assertion) -> bool:
        """Note a use; False, and nothing is noted, if its counter did not move on (WebAuthn Level 3, section 6.1.1).

        Keys that do not count say zero for ever. One filtered UPDATE compares and sets.
        """
        moved_on = Q(counter__lt=use.counter) if use.counter else Q(counter=0)
        same = SecurityKey.objects.filter(moved_on, pk=self.pk)
        return bool(same.update(counter=use.counter, backed_up=use.backed_up, last_used_at=timezone.now()))
