"""Recovery codes: ten secrets on paper that stand in for a lost second factor, each once.

The device is django-otp's static one in all but this: its tokens are stretched and salted, not kept in clear.
"""

from __future__ import annotations

import base64
import re
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django_otp.models import Device, DeviceManager

from nhost_auth.infra.crypto import stretched_digest
from nhost_auth.models.totp_devices import TotpDevice

CODES = 10
CODE_BYTES = 10
SALT_BYTES = 16
SET_UP = timedelta(minutes=10)
"""How long setting the factor up may take. Whoever had the session before must not keep a way past the factor."""
GROUPS = re.compile(".{4}")


def is_recovery_code(code: str) -> bool:
    """Whether a code has the form of one."""
    return re.fullmatch("[a-z2-7]{16}", _bare(code)) is not None


def _bare(code: str) -> str:
    """A code as it is hashed: people type capitals, blanks and dashes as they like."""
    return re.sub(r"[\s-]", "", code).lower()


class RecoveryDeviceManager(DeviceManager):  # type: ignore[misc]
    def issue(self, user: Any) -> list[str]:
        """Ten new codes, which are not kept, in the place of all earlier ones."""
        codes = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(CODES)]
        salt = secrets.token_hex(SALT_BYTES)
        hashes = [stretched_digest(code, salt) for code in codes]
        # Outside: its insert and the lock below in one transaction are a deadlock of two first requests on MariaDB.
        self.get_or_create(user=user, defaults={"name": "Recovery codes", "confirmed": False})
        with transaction.atomic():
            device = self.select_for_update().get(user=user)
            # Asked behind the lock, which whoever turns the factor on waits for or has let go of.
            device.confirmed = TotpDevice.objects.filter(user=user, confirmed=True).exists()
            device.salt, device.issued_at = salt, timezone.now()
            device.save()
            device.codes.all().delete()
            RecoveryCode.objects.bulk_create(RecoveryCode(device=device, hash=hashed) for hashed in hashes)
        return ["-".join(GROUPS.findall(code)) for code in codes]

    def confirm(self, user_id: Any) -> None:
        """The factor is on: codes asked for while it was set up are good, those from before that are gone."""
        self.filter(user=user_id, issued_at__lt=timezone.now() - SET_UP).delete()
        self.filter(user=user_id).update(confirmed=True)


class RecoveryDevice(Device):  # type: ignore[misc]
    """Confirmed: stands beside an active second factor. Not confirmed: waits for it to be turned on."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    salt = models.CharField(max_length=32, editable=False)
    issued_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecoveryDeviceManager()

    class Meta(Device.Meta):  # type: ignore[misc]
        verbose_name = "recovery codes"

    def verify_token(self, token: Any) -> bool:
        """Use a code up. The filtered DELETE decides, so of two uses one is right."""
        code = str(token)
        if not is_recovery_code(code):
            return False
        return bool(self.codes.filter(hash=stretched_digest(_bare(code), self.salt)).delete()[0])


class RecoveryCode(models.Model):
    device = models.ForeignKey(RecoveryDevice, on_delete=models.CASCADE, related_name="codes")
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "hash"], name="nhost_auth_recovery_code")]

    def __str__(self) -> str:
        return f"code of {self.device_id}"
