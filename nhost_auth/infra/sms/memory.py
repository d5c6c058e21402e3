"""For tests of a host project: SMS stay in `outbox`, oldest first, as mails do in `django.core.mail.outbox`."""

from __future__ import annotations

from dataclasses import dataclass

MAX_KEPT = 1000


@dataclass(frozen=True)
class Sms:
    to: str
    text: str


outbox: list[Sms] = []


def send(to: str, text: str) -> None:
    """Keep the message; of more than MAX_KEPT the oldest go."""
    outbox.append(Sms(to, text))
    del outbox[:-MAX_KEPT]
