"""Mails and SMS as tests want them: with the ticket, the link or the code picked out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from django.core import mail

from nhost_auth.infra.sms import memory


@dataclass(frozen=True)
class Message:
    """A mail or an SMS. What it does not carry is empty; `template` is e.g. `email-verify`, of a mail only."""

    to: str
    text: str
    subject: str = ""
    template: str = ""
    ticket: str = ""
    link: str = ""

    @property
    def code(self) -> str:
        """The six digits of a one-time code."""
        found = re.fullmatch(r"\d{6}", self.ticket) or re.search(r"(?<!\d)\d{6}(?!\d)", self.text)
        return found[0] if found else ""


class Messages:
    """What has left, oldest first."""

    @classmethod
    def capture(cls, settings: Any) -> Self:
        """Keep what leaves from now on, whatever the project's settings say about how it leaves."""
        settings.AUTH_SMTP_HOST, settings.AUTH_EMAIL_DELIVERY = "", "now"
        settings.AUTH_EMAIL_SECRET_HEADERS, settings.AUTH_SMS_PROVIDER = True, "memory"
        memory.outbox.clear()
        return cls()

    @property
    def mails(self) -> list[Message]:
        return [_read(sent) for sent in mail.outbox]

    @property
    def sms(self) -> list[Message]:
        return [Message(to=sent.to, text=sent.text) for sent in memory.outbox]

    def to(self, recipient: str) -> list[Message]:
        """Those to one address or phone number."""
        return [message for message in (*self.mails, *self.sms) if message.to == recipient]


def _read(sent: Any) -> Message:
    headers = sent.extra_headers
    return Message(
        to=", ".join(sent.to),
        text=sent.body,
        subject=sent.subject,
        template=headers.get("X-Email-Template", ""),
        ticket=headers.get("X-Ticket", ""),
        link=headers.get("X-Link", ""),
    )
