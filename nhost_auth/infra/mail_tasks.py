"""Mails as tasks.

Imported only where AUTH_EMAIL_DELIVERY says so. What waits in the queue holds links and codes in clear.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import router
from django.utils import timezone

from nhost_auth.infra import mail
from nhost_auth.infra.tasks import task

OURS = "nhost_auth."
"""What the names of our tasks begin with: one sends a mail, one looks who gets a link to set a password."""
ATTEMPTS = 6
"""How often a mail is tried, each time twice as many minutes after the last: for an hour, as most links live."""


@task
def deliver(message: dict[str, Any]) -> None:
    """Send a mail that `enqueue` was given."""
    mail.send(**message)


def wait_in_database() -> bool:
    """Whether the queue is a table of the database that has the users: then a transaction may hold both."""
    try:
        from django_tasks_db import DatabaseBackend
    except ImportError:
        return False
    if not isinstance(deliver.get_backend(), DatabaseBackend):
        return False
    from django_tasks_db.models import DBTaskResult

    return router.db_for_write(DBTaskResult) == router.db_for_write(get_user_model())


def requeue(*, abandoned_after: timedelta) -> tuple[int, int]:
    """Put mails back that failed, or whose worker has not ended them for so long; how many, and how many are given up.

    A worker that dies between sending and saying so leaves a mail that is sent twice.
    """
    from django_tasks_db.models import DBTaskResult

    now, count, given_up = timezone.now(), 0, 0
    mails = DBTaskResult.objects.filter(task_path__startswith=OURS)
    for row in (mails.failed() | mails.running().filter(started_at__lte=now - abandoned_after)).iterator():
        tried = len(row.worker_ids)
        if tried >= ATTEMPTS:
            given_up += 1
            continue
        same = mails.filter(pk=row.pk, status=row.status, started_at=row.started_at)
        pause = timedelta(minutes=2 ** (tried - 1)) if row.finished_at else timedelta()
        count += same.update(status="READY", run_after=now + pause, finished_at=None)
    return count, given_up
