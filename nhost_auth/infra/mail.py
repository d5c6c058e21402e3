"""Sending one mail: through AUTH_SMTP_* where a host is named, else through the project's e-mail backend."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from nhost_auth.conf import conf

TIMEOUT_SECONDS = 30


class _StartTlsWhenOffered(smtplib.SMTP):
    """STARTTLS whenever the server offers it (configuration.md 5.5): Nhost has no setting that asks for it."""

    _negotiating = False

    def ehlo_or_helo_if_needed(self) -> None:
        super().ehlo_or_helo_if_needed()
        if self.has_extn("starttls") and not self._negotiating:
            self._negotiating = True  # starttls() comes back here before and after the handshake
            self.starttls(context=self._context)
            super().ehlo_or_helo_if_needed()

    _context: Any = None


class NhostSmtpBackend(EmailBackend):
    """Django's SMTP backend under the AUTH_SMTP_* settings."""

    def __init__(self) -> None:
        super().__init__(
            host=conf.AUTH_SMTP_HOST,
            port=conf.AUTH_SMTP_PORT,
            username=conf.AUTH_SMTP_USER,
            password=conf.AUTH_SMTP_PASS,
            use_ssl=conf.AUTH_SMTP_SECURE,
            use_tls=False,
            timeout=TIMEOUT_SECONDS,
        )

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        if self.use_ssl:
            return smtplib.SMTP_SSL
        return type("StartTlsWhenOffered", (_StartTlsWhenOffered,), {"_context": self.ssl_context})


def deliver(message: dict[str, Any]) -> None:
    """Send a mail now or leave it to a task, as AUTH_EMAIL_DELIVERY says; `message` are the arguments of `send`."""
    if conf.AUTH_EMAIL_DELIVERY == "task":
        from nhost_auth.infra import mail_tasks  # a package that only this setting needs

        mail_tasks.deliver.enqueue(message)
    else:
        send(**message)


def send(*, to: str, subject: str, text: str, html: str, headers: Mapping[str, str] | None = None) -> None:
    """Send one mail. `text` may be empty: then the mail is HTML alone. Raises what the backend raises."""
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text or html,
        from_email=conf.AUTH_SMTP_SENDER or settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers=dict(headers or {}),
        connection=_connection(),
    )
    if text:
        message.attach_alternative(html, "text/html")
    else:
        message.content_subtype = "html"
    message.send()


def _connection() -> BaseEmailBackend:
    return NhostSmtpBackend() if conf.AUTH_SMTP_HOST else get_connection()
