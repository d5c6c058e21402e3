"""Mails as tasks.

Imported only where AUTH_EMAIL_DELIVERY says so. What waits in the queue holds links and codes in clear.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.infra import mail
from nhost_auth.infra.tasks import task


@task
def deliver(message: dict[str, Any]) -> None:
    """Send a mail that `enqueue` was given."""
    mail.send(**message)
