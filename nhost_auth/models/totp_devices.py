"""The second factor: a django-otp device, so that a host's own use of django-otp finds it; its secret is encrypted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django_otp.models import Device, DeviceManager, VerifyNotAllowed

from nhost_auth.infra import totp
from nhost_auth.infra.crypto import decrypt, encrypt

FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=15)


class TotpDevice(Device):  # type: ignore[misc]
    """Confirmed: the active second factor. Not confirmed: a secret that was shown and waits for its first code."""

    # No way back from the user: a host that has django-otp's own TOTPDevice has given the name away already.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    encrypted_secret = models.TextField(editable=False)
    last_step = models.BigIntegerField(default=-1, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeviceManager()

    class Meta(Device.Meta):  # type: ignore[misc]
        verbose_name = "TOTP device"

    @property
    def secret(self) -> str:
        """The secret in base32. Raises CannotDecrypt."""
        return decrypt(self.encrypted_secret)

    def set_secret(self, secret: str) -> None:
        """Take another secret, for which no code has been used yet."""
        self.encrypted_secret, self.last_step, self.failures, self.failed_at = encrypt(secret), -1, 0, None

    def verify_is_allowed(self) -> tuple[bool, dict[str, Any] | None]:
        """django-otp's question: after five wrong codes in a row each further one makes the wait longer."""
        if self.failures < FREE_FAILURES or self.failed_at is None:
            return True, None
        wait = min(timedelta(seconds=2 ** min(self.failures - FREE_FAILURES, 20)), LONGEST_WAIT)
        if timezone.now() >= self.failed_at + wait:
            return True, None
        reason = VerifyNotAllowed.N_FAILED_ATTEMPTS
        return False, {"reason": reason, "failure_count": self.failures, "locked_until": self.failed_at + wait}

    def verify_token(self, token: Any) -> bool:
        """Use a code up; a code is good once, and none of an earlier step after it (RFC 6238 section 5.2).

        Filtered UPDATEs decide. Each guess is counted before it is looked at, and of guesses made at the same moment
        one is looked at, so a burst of them cannot outrun the wait.
        """
        if not self.verify_is_allowed()[0]:
            return False
        same = TotpDevice.objects.filter(pk=self.pk)
        if not same.filter(failures=self.failures).update(failures=F("failures") + 1, failed_at=timezone.now()):
            return False
        self.failures += 1
        step = totp.matching_step(self.secret, str(token).strip(), after=self.last_step)
        if step is None or not same.filter(last_step__lt=step).update(last_step=step, failures=0, failed_at=None):
            return False
        self.failures, self.last_step = 0, step
        return True
