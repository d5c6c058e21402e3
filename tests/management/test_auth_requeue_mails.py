"""`auth_requeue_mails`: what failed, or was left by a worker that died, is sent again (docs/operating.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.mail_queue import tasks_db as tasks_db

NOW = timezone.now()


@pytest.fixture
def queue(transactional_db: None, settings: Any, tasks_db: None) -> Iterator[Any]:
    """The model of the table that mails wait in."""
    settings.AUTH_EMAIL_DELIVERY = "task"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    from django_tasks_db.models import DBTaskResult

    with connection.schema_editor() as editor:
        editor.create_model(DBTaskResult)
    yield DBTaskResult
    with connection.schema_editor() as editor:
        editor.delete_model(DBTaskResult)


@pytest.fixture
def mail(queue: Any) -> Callable[..., Any]:
    """Puts a mail into the table that was tried so often; what else is known of it comes by its name."""

    def make(tried: int, **values: Any) -> Any:
        path = values.pop("task_path", "nhost_auth.infra.mail_tasks.deliver")
        workers, state = [f"worker-{number}" for number in range(tried)], {"run_after": NOW, "started_at": NOW}
        return queue.objects.create(
            task_path=path, worker_ids=workers, backend_name="default", args_kwargs={}, **state | values
        )

    return make


def requeue(*arguments: str) -> str:
    out = StringIO()
    call_command("auth_requeue_mails", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(("tried", "minutes"), [(1, 1), (2, 2), (5, 16)])
def test_failed_mail_waits_longer_each_time(queue: Any, mail: Callable[..., Any], tried: int, minutes: int) -> None:
    row = mail(tried, status="FAILED", finished_at=NOW)
    before = timezone.now()
    assert requeue() == "Put 1 mails back. 0 were tried 6 times and are given up.\n"
    row.refresh_from_db()
    assert (row.status, row.finished_at) == ("READY", None)
    assert before <= row.run_after - timedelta(minutes=minutes) <= timezone.now()
    assert requeue().startswith("Put 0 mails back.")


def test_request_for_a_reset_that_no_worker_ended_is_put_back_too(queue: Any, mail: Callable[..., Any]) -> None:
    from nhost_auth.flows.password_reset_tasks import offer

    row = mail(1, status="FAILED", finished_at=NOW, task_path=offer.module_path)
    assert requeue().startswith("Put 1 mails back.")
    row.refresh_from_db()
    assert row.status == "READY"


def test_mail_is_given_up_after_an_hour(queue: Any, mail: Callable[..., Any]) -> None:
    row = mail(6, status="FAILED", finished_at=NOW)
    assert requeue() == "Put 0 mails back. 1 were tried 6 times and are given up.\n"
    row.refresh_from_db()
    assert row.status == "FAILED"


def test_mail_of_a_dead_worker_is_ready_at_once(queue: Any, mail: Callable[..., Any]) -> None:
    row = mail(1, status="RUNNING", started_at=NOW - timedelta(seconds=601))
    assert requeue().startswith("Put 1 mails back.")
    assert queue.objects.ready().get() == row


@pytest.mark.parametrize(
    ("tried", "values"),
    [
        (1, {"status": "RUNNING"}),
        (1, {"status": "SUCCESSFUL", "finished_at": NOW}),
        (0, {"status": "READY", "started_at": None}),
        (1, {"status": "FAILED", "finished_at": NOW, "task_path": "shop.tasks.charge"}),
    ],
    ids=["at work", "sent", "waiting", "of somebody else"],
)
def test_everything_else_stays_as_it_is(
    queue: Any, mail: Callable[..., Any], tried: int, values: dict[str, Any]
) -> None:
    mail(tried, **values)
    before = list(queue.objects.values())
    assert requeue().startswith("Put 0 mails back.")
    assert list(queue.objects.values()) == before


@pytest.mark.parametrize("delivery", ["now", "task"])
def test_says_so_where_there_is_no_table(db: None, settings: Any, delivery: str) -> None:
    settings.AUTH_EMAIL_DELIVERY = delivery
    with pytest.raises(CommandError, match="wait in no table"):
        requeue()
