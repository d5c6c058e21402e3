"""Signing keys of the database, used where HASURA_GRAPHQL_JWT_SECRET pins none. What signs is encrypted.

The clock moves a key from state to state, so that all processes agree without talking to each other: it is next until
`signs_from`, then active until the next one is, then retiring until `verifies_until`, from then on retired.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import decrypt, encrypt
from nhost_auth.infra.keyring import HASURA_NAMESPACE, Key, generate_private_pem, load_key
from nhost_auth.models.oauth2_clients import OAuth2Client

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "EdDSA")
CLOCK_DIFFERENCE = timedelta(seconds=60)


def overlap() -> timedelta:
    """How long after its last signature a key still verifies: until that token has expired everywhere."""
    longest = conf.AUTH_ACCESS_TOKEN_EXPIRES_IN
    if conf.AUTH_OAUTH2_PROVIDER_ENABLED:
        longest = max(longest, OAuth2Client.objects.longest_access_token())
    return timedelta(seconds=longest + conf.AUTH_KEYRING_TTL) + CLOCK_DIFFERENCE


class SigningKeyManager(models.Manager["SigningKey"]):
    def generate(self, algorithm: str, **values: Any) -> SigningKey:
        """A new key for RS256, RS384, RS512, ES256 or EdDSA, stored; it signs at once unless `signs_from` is given."""
        key = SigningKey(algorithm=algorithm, encrypted_key=encrypt(generate_private_pem(algorithm)), **values)
        key.kid = str(key.pk)
        key.save(force_insert=True)
        return key

    def ensure_one(self) -> None:
        """Make the first key where there is none."""
        if not self.exists():
            self.generate(conf.AUTH_SIGNING_ALGORITHM)

    def in_force(self) -> list[SigningKey]:
        """The keys that verify; the one that signs comes first."""
        now = timezone.now()
        return sorted(self.exclude(verifies_until__lte=now), key=lambda key: key.signs_from > now)

    def with_states(self) -> list[SigningKey]:
        """Every key, with its `state`."""
        now, in_force = timezone.now(), self.in_force()
        keys = list(self.all())
        for key in keys:
            if key not in in_force:
                key.state = SigningKey.State.RETIRED
            elif key == in_force[0]:
                key.state = SigningKey.State.ACTIVE
            else:
                key.state = SigningKey.State.NEXT if key.signs_from > now else SigningKey.State.RETIRING
        return keys

    def succeed(self, active: SigningKey, algorithm: str, **values: Any) -> SigningKey | None:
        """A new key that takes over from `active` at its `signs_from`; issuer and namespace stay unless given.

        None when another has taken its place already: the filtered UPDATE decides.
        """
        signs_from = values.pop("signs_from")
        frame = {"issuer": active.issuer, "namespace": active.namespace}
        with transaction.atomic():
            if not self.filter(pk=active.pk, verifies_until=active.verifies_until).update(
                verifies_until=signs_from + overlap()
            ):
                return None
            return self.generate(algorithm, signs_from=signs_from, **(frame | values))

    def bring_forward(self, key: SigningKey) -> bool:
        """Let the next key sign from now on; False when it does already."""
        now = timezone.now()
        with transaction.atomic():
            moved = self.filter(pk=key.pk, signs_from__gt=now).update(signs_from=now)
            if moved:
                self._end_others(key, now)
        return bool(moved)

    def adopt(self, algorithm: str, material: str, *, kid: str, issuer: str, namespace: str) -> SigningKey:
        """Store a key that was made elsewhere; it signs from now on."""
        key = SigningKey(algorithm=algorithm, encrypted_key=encrypt(material))
        key.kid, key.issuer, key.namespace = kid, issuer, namespace
        with transaction.atomic():
            key.save(force_insert=True)
            # One that waited since before the pinning would take over, and end with the others.
            self.filter(signs_from__gt=key.signs_from).update(verifies_until=key.signs_from)
            self._end_others(key, key.signs_from)
        return key

    def retire(self, key: SigningKey) -> bool:
        """Believe a key that does not sign no more; False when nobody does already.

        Where it was the next, the one before it goes on.
        """
        now = timezone.now()
        with transaction.atomic():
            retired = self.filter(pk=key.pk).exclude(verifies_until__lte=now).update(verifies_until=now)
            if retired and key.signs_from > now:
                self.filter(pk=self.in_force()[0].pk).update(verifies_until=None)
        return bool(retired)

    def _end_others(self, key: SigningKey, at: datetime) -> None:
        end = at + overlap()
        later = models.Q(verifies_until=None) | models.Q(verifies_until__gt=end)
        self.filter(later).exclude(pk=key.pk).update(verifies_until=end)


class SigningKey(models.Model):
    class State(models.TextChoices):
        NEXT = "next"
        ACTIVE = "active"
        RETIRING = "retiring"
        RETIRED = "retired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kid = models.CharField(max_length=255, blank=True, default="")
    """Names the key in the header of its tokens; empty where tokens name none, as with some pinned secrets."""
    algorithm = models.CharField(max_length=8)
    encrypted_key = models.TextField(editable=False)
    """PKCS#8 PEM, or the shared secret of HS*."""
    issuer = models.CharField(max_length=255, blank=True, default="")
    """`iss` of its tokens; empty: AUTH_SERVER_URL."""
    namespace = models.CharField(max_length=255, blank=True, default="")
    """Where its tokens keep Hasura's claims; empty: Hasura's default."""
    created_at = models.DateTimeField(auto_now_add=True)
    signs_from = models.DateTimeField(default=timezone.now)
    verifies_until = models.DateTimeField(null=True, blank=True)

    objects = SigningKeyManager()

    state: SigningKey.State
    """Where the key was read by `with_states`."""

    class Meta:
        ordering = ["-signs_from", "-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid or self.pk}"

    def load(self, default_issuer: str = "") -> Key:
        """The parsed key. Raises CannotDecrypt."""
        key = load_key(decrypt(self.encrypted_key), self.algorithm, self.kid, published_kid=self.kid or str(self.pk))
        return replace(key, issuer=self.issuer or default_issuer, namespace=self.namespace or HASURA_NAMESPACE)
