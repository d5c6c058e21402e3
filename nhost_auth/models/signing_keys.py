"""Signing keys of the database, used where HASURA_GRAPHQL_JWT_SECRET pins none. Private halves are encrypted."""

from __future__ import annotations

import uuid

from django.db import models

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import decrypt, encrypt
from nhost_auth.infra.keyring import Key, from_private_pem, generate_private_pem


class SigningKeyManager(models.Manager["SigningKey"]):
    def generate(self, algorithm: str) -> SigningKey:
        """A new key for RS256, RS384, RS512, ES256 or EdDSA, stored."""
        return self.create(algorithm=algorithm, encrypted_private_pem=encrypt(generate_private_pem(algorithm)))

    def ensure_one(self) -> None:
        """Make the first key where there is none."""
        if not self.exists():
            self.generate(conf.AUTH_SIGNING_ALGORITHM)


class SigningKey(models.Model):
    """The newest one signs, every one verifies and is published."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    algorithm = models.CharField(max_length=8)
    encrypted_private_pem = models.TextField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = SigningKeyManager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.pk}"

    def load(self) -> Key:
        """The parsed key; its id is the `kid`. Raises CannotDecrypt."""
        return from_private_pem(decrypt(self.encrypted_private_pem), self.algorithm, kid=str(self.pk))
