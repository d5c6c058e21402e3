"""Whether SMS can leave, where they are on. None is sent: they cost money."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from nhost_auth.checks.settings import sms_faults
from nhost_auth.conf import conf
from nhost_auth.management.doctor.finding import Finding, error, ok, warning

SUBJECT = "sms"
SEND_NOTHING = ("dev", "memory")


def diagnose() -> Iterator[Finding]:
    provider = conf.AUTH_SMS_PROVIDER.lower()
    faults = list(sms_faults(provider)) if conf.AUTH_SMS_PASSWORDLESS_ENABLED else []
    yield from (error(SUBJECT, f"{fault}.") for fault in faults)
    if not conf.AUTH_SMS_PASSWORDLESS_ENABLED:
        yield ok(SUBJECT, "AUTH_SMS_PASSWORDLESS_ENABLED is off.")
    elif provider in SEND_NOTHING and not settings.DEBUG:
        yield warning(SUBJECT, f"The provider {provider} sends nothing.", "AUTH_SMS_PROVIDER")
    elif not faults:
        yield ok(SUBJECT, f"{conf.AUTH_SMS_PROVIDER} is configured.")
