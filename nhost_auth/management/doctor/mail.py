"""Whether mails can leave."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.conf import settings

from nhost_auth.conf import conf
from nhost_auth.flows import notify
from nhost_auth.infra import mail
from nhost_auth.management.doctor.finding import Diagnosis, Finding, describe, error, ok, warning

SUBJECT = "mail"
DJANGOS_SENDER = "webmaster@localhost"
BACKENDS_THAT_SEND_NOTHING = ("console", "dummy", "filebased", "locmem")


def diagnose() -> Iterator[Finding]:
    sends_nothing = settings.EMAIL_BACKEND.startswith("django.core.mail.") and any(
        f".{name}." in settings.EMAIL_BACKEND for name in BACKENDS_THAT_SEND_NOTHING
    )
    if sends_nothing and not conf.AUTH_SMTP_HOST:
        level = ok if settings.DEBUG else warning
        yield level(SUBJECT, f"{settings.EMAIL_BACKEND} sends nothing.", "EMAIL_BACKEND or AUTH_SMTP_HOST")
    else:
        yield from _reached()
    if mail.sender() == DJANGOS_SENDER:
        hint = "AUTH_SMTP_SENDER or DEFAULT_FROM_EMAIL"
        yield warning(SUBJECT, f"Mails come from {DJANGOS_SENDER}, which many servers refuse.", hint)


def _reached() -> Iterator[Finding]:
    where = f"{conf.AUTH_SMTP_HOST}:{conf.AUTH_SMTP_PORT}" if conf.AUTH_SMTP_HOST else settings.EMAIL_BACKEND
    try:
        mail.reach()
    except OSError as fault:
        yield error(SUBJECT, f"{where} cannot be used: {describe(fault)}.")
    else:
        yield ok(SUBJECT, f"{where} takes connections.")


def test_mail_to(address: str) -> Diagnosis:
    """Sends a mail through the door that all mails leave by."""
    return partial(_send_test_mail, address)


def _send_test_mail(address: str) -> Iterator[Finding]:
    try:
        notify.test_mail(to=address)
    except mail.MailNotSent as fault:
        yield error(SUBJECT, f"The test mail was not sent: {fault}.")
    except OSError as fault:
        yield error(SUBJECT, f"The test mail was not sent: {describe(fault)}.")
    else:
        task = conf.AUTH_EMAIL_DELIVERY == "task"
        yield ok(SUBJECT, "The test mail waits for a worker." if task else "The test mail was handed over.")
