"""Where messages of the demo go when no SMTP server and no SMS gateway are named: into a table, shown on a page."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from example_project.models import InboxMessage


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            InboxMessage.objects.create(to=", ".join(message.recipients()), subject=message.subject, text=message.body)
        return len(email_messages)


def send_sms(to: str, text: str) -> None:
    """An SMS gateway for AUTH_SMS_PROVIDER."""
    InboxMessage.objects.create(to=to, subject="SMS", text=text)
