"""What an application asks from a device that has no browser, by a code that its user types in elsewhere (RFC 8628)."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone

from nhost_auth.infra.crypto import digest, keyed_digest
from nhost_auth.models.accounts import Account
from nhost_auth.models.oauth2_clients import OAuth2Client

LIFETIME = timedelta(minutes=10)
INTERVAL = 5
"""Seconds between two polls, and how many more each poll that came too early makes them."""
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628 section 6.1: they make no words and are not taken for digits. Eight of them are 34 bits."""
LENGTH = 8


class OAuth2DeviceRequestQuerySet(models.QuerySet["OAuth2DeviceRequest"]):
    def open(self, user_code: str) -> OAuth2DeviceRequestQuerySet:
        """The request of a code that nobody has answered and that has not expired: all others are none, at one cost."""
        return self.filter(
            user_code_hash=_hash(user_code), expires_at__gt=timezone.now(), account=None, refused_at=None
        )

    def approve(self, user_code: str, account: Account, auth_time: datetime) -> bool:
        """The account lets the device in. False where somebody was first: one filtered UPDATE decides."""
        return bool(self.open(user_code).update(account=account, auth_time=auth_time))

    def refuse(self, user_code: str) -> bool:
        """Somebody does not agree. False where it has been answered."""
        return bool(self.open(user_code).update(refused_at=timezone.now()))

    def find(self, device_code: str) -> OAuth2DeviceRequest | None:
        """The request of a device, expired or not, until it has its tokens."""
        return self.filter(device_code_hash=digest(device_code)).select_related("client").first()


class OAuth2DeviceRequestManager(models.Manager.from_queryset(OAuth2DeviceRequestQuerySet)):  # type: ignore[misc]
    def ask(self, client: OAuth2Client, scopes: list[str], *, ip: str | None, device: str) -> tuple[str, str]:
        """A new request; the device code, which is the device's secret, and the user code, which is shown."""
        while True:
            device_code, user_code = secrets.token_urlsafe(32), draw()
            hashes = {"device_code_hash": digest(device_code), "user_code_hash": _hash(user_code)}
            try:
                with transaction.atomic():
                    self.create(client=client, scopes=scopes, ip=ip, device=device, **hashes)
            except IntegrityError:
                if self.filter(user_code_hash=hashes["user_code_hash"]).exists():
                    continue  # drawn twice: a code must not stand for two devices
                raise
            return device_code, user_code


def in_ten_minutes() -> datetime:
    return timezone.now() + LIFETIME


def draw() -> str:
    """A user code, as it is shown."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return f"{letters[: LENGTH // 2]}-{letters[LENGTH // 2 :]}"


def _hash(user_code: str) -> str:
    """As people type it: neither case nor what stands between the letters matters (RFC 8628 section 6.1).

    Keyed, for 34 bits are no search at all: a stolen database must not tell codes that are still good.
    """
    return keyed_digest("device_user_code", "".join(filter(str.isalnum, user_code)).upper())


class OAuth2DeviceRequest(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device_code_hash = models.CharField(max_length=64, unique=True)
    user_code_hash = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(OAuth2Client, on_delete=models.CASCADE, related_name="device_requests")
    scopes = models.JSONField()
    ip = models.GenericIPAddressField(null=True, blank=True)
    device = models.CharField(max_length=255, blank=True, default="")
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="oauth2_device_requests")
    auth_time = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    interval = models.PositiveIntegerField(default=INTERVAL)
    next_poll_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_ten_minutes, db_index=True)

    objects = OAuth2DeviceRequestManager()

    class Meta:
        verbose_name = "OAuth2 device request"

    def __str__(self) -> str:
        return f"{self.client_id} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.expires_at <= timezone.now()

    def may_poll(self) -> bool:
        """Whether the device has waited for as long as it was told; if not, it has to wait for longer from now on.

        One filtered UPDATE decides: of polls at the same moment one is in time.
        """
        now = timezone.now()
        row = OAuth2DeviceRequest.objects.filter(pk=self.pk)
        if row.filter(next_poll_at__lte=now).update(next_poll_at=now + timedelta(seconds=self.interval)):
            return True
        longer = timedelta(seconds=self.interval + INTERVAL)
        row.update(interval=F("interval") + INTERVAL, next_poll_at=now + longer)
        return False

    def use(self) -> bool:
        """Its answer is fetched, once: of any number of requests one deletes the row."""
        return bool(OAuth2DeviceRequest.objects.filter(pk=self.pk, account=self.account_id).delete()[0])
