"""Mails as tasks: Django's own tasks framework, or the django-tasks package before Django 6.

Imported only where AUTH_EMAIL_DELIVERY says so. What waits in the queue holds links and codes in clear.
"""

from __future__ import annotations

from typing import Any

try:
    from django.tasks import task
except ImportError:
    from django_tasks import task  # type: ignore[no-redef]

from nhost_auth.infra import mail


@task
def deliver(message: dict[str, Any]) -> None:
    """Send a mail that `enqueue` was given."""
    mail.send(**message)
