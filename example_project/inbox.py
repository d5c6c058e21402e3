"""Where mails of the demo go when no SMTP server is named: into a table, shown on a page."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from example_project.models import InboxMail


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            InboxMail.objects.create(to=", ".join(message.recipients()), subject=message.subject, text=message.body)
        return len(email_messages)
