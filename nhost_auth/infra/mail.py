"""Sending one mail: through AUTH_SMTP_* where a host is named, else through the project's e-mail backend."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from nhost_auth.conf import conf

TIMEOUT_SECONDS = 30
REACH_TIMEOUT_SECONDS = 10
BARE_CHANNEL_HOSTS = ("mailhog", "localhost", "127.0.0.1", "::1")


class MailNotSent(Exception):
    """The mail did not leave. The message names the fault, never an address or what the mail says."""


class _StartTlsWhenOffered(smtplib.SMTP):
    """STARTTLS whenever the server offers it (configuration.md 5.5): Nhost has no setting that asks for it."""

    backend: EmailBackend
    """Whose TLS context is only asked for where it is needed: making one takes longer than sending the mail."""
    _negotiating = False

    def ehlo_or_helo_if_needed(self) -> None:
        super().ehlo_or_helo_if_needed()
        if self.has_extn("starttls") and not self._negotiating:
            self._negotiating = True  # starttls() comes back here before and after the handshake
            with self._closed_on_failure():
                self.starttls(context=self.backend.ssl_context)
            super().ehlo_or_helo_if_needed()

    def login(self, *arguments: Any, **options: Any) -> Any:
        with self._closed_on_failure():
            self.ehlo_or_helo_if_needed()
            if not isinstance(self.sock, ssl.SSLSocket) and self._host not in BARE_CHANNEL_HOSTS:  # type: ignore[attr-defined]
                raise smtplib.SMTPException("The mail server offers no TLS, so the password is not sent to it")
            return super().login(*arguments, **options)

    @contextmanager
    def _closed_on_failure(self) -> Iterator[None]:
        """Django forgets a connection that failed while it was opened."""
        try:
            yield
        except Exception:
            self.close()
            raise


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
        return type("StartTlsWhenOffered", (_StartTlsWhenOffered,), {"backend": self})


def wait_in_database() -> bool:
    """Whether mails are tasks that wait in a table beside the accounts."""
    if conf.AUTH_EMAIL_DELIVERY != "task":
        return False
    from nhost_auth.infra import mail_tasks  # a package that only this setting needs

    return mail_tasks.wait_in_database()


def deliver(message: dict[str, Any]) -> None:
    """Send a mail now or leave it to a task, as AUTH_EMAIL_DELIVERY says; `message` are the arguments of `send`."""
    if conf.AUTH_EMAIL_DELIVERY == "task":
        from nhost_auth.infra import mail_tasks

        mail_tasks.deliver.enqueue(message)
    else:
        send(**message)


def send(*, to: str, subject: str, text: str, html: str, headers: Mapping[str, str] | None = None) -> None:
    """Send one mail. `text` may be empty: then the mail is HTML alone.

    Raises MailNotSent for what an SMTP server refuses, and whatever else a backend raises.
    """
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text or html,
        from_email=sender(),
        to=[to],
        headers=dict(headers or {}),
        connection=_connection(),
    )
    if text:
        message.attach_alternative(html, "text/html")
    else:
        message.content_subtype = "html"
    try:
        message.send()
    except smtplib.SMTPException as error:
        # Its own text, and so a traceback of it in a log, quotes addresses.
        raise MailNotSent(type(error).__name__) from None


def sender() -> str:
    """Whom mails come from."""
    return conf.AUTH_SMTP_SENDER or settings.DEFAULT_FROM_EMAIL


def reach() -> None:
    """Open a connection to the mail server as far as TLS and login, and close it again. Raises OSError."""
    connection = _connection()
    if isinstance(connection, EmailBackend):
        connection.timeout = min(connection.timeout or REACH_TIMEOUT_SECONDS, REACH_TIMEOUT_SECONDS)
    try:
        connection.open()
        if isinstance(connection, EmailBackend) and connection.connection:
            connection.connection.ehlo_or_helo_if_needed()  # where the server offers TLS, it begins here
    finally:
        connection.close()


def _connection() -> BaseEmailBackend:
    return NhostSmtpBackend() if conf.AUTH_SMTP_HOST else get_connection()
