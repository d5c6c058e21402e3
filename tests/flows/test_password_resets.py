"""Asking for a new password tells nobody whether there is an account (accounts.md 3.20, security.md 10 and 11)."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import django
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.models import Account, Ticket
from tests.conftest import Api, Inbox, Reply

FRAMEWORK = "django.tasks" if django.VERSION >= (6,) else "django_tasks"
ANN, NOBODY = "ann@example.com", "nobody@example.com"


@pytest.fixture
def ask(api: Api, settings: Any) -> Callable[[str], Reply]:
    """Asks for a reset."""
    api.sign_up()
    return lambda email: api.post("/user/password/reset", {"email": email})


@pytest.fixture
def queue(settings: Any, ask: Any) -> Any:
    """Tasks are kept and not run."""
    settings.AUTH_EMAIL_DELIVERY = "task"
    settings.TASKS = {"default": {"BACKEND": f"{FRAMEWORK}.backends.dummy.DummyBackend"}}
    return importlib.import_module(FRAMEWORK).default_task_backend


@pytest.fixture
def run(queue: Any, django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[[], None]:
    """Does what waits, and what comes to wait by that."""

    def work() -> None:
        while queue.results:
            waiting = queue.results.pop(0)
            with django_capture_on_commit_callbacks(execute=True):
                waiting.task.call(*waiting.args, **waiting.kwargs)

    return work


def test_11_as_a_task_it_is_the_same_work_for_somebody_and_for_nobody(ask: Callable[[str], Reply], queue: Any) -> None:
    with CaptureQueriesContext(connection) as statements:
        known, unknown = ask(ANN), ask(NOBODY)
    assert (known.status, known.text) == (unknown.status, unknown.text) == (200, '"OK"\n')
    assert list(statements) == []
    first, second = (result.kwargs for result in queue.results)
    assert first | {"email": NOBODY} == second


def test_task_mails_a_link_that_signs_in(
    api: Api, inbox: Inbox, ask: Callable[[str], Reply], run: Callable[[], None]
) -> None:
    ask(ANN)
    assert len(inbox) == 0
    run()
    assert (inbox.last().template, inbox.last().message.to) == ("password-reset", [ANN])
    assert "refreshToken" in api.get("/verify", query=inbox.last().query).query


@pytest.mark.parametrize("delivery", ["now", "task"])
@pytest.mark.parametrize("case", ["nobody", "disabled"])
def test_who_may_not_sign_in_gets_no_link(
    inbox: Inbox, ask: Callable[[str], Reply], run: Callable[[], None], settings: Any, case: str, delivery: str
) -> None:
    settings.AUTH_EMAIL_DELIVERY = delivery
    if case == "disabled":
        Account.objects.get().user._meta.model.objects.update(is_active=False)
    ask(ANN if case == "disabled" else NOBODY)
    run()
    assert len(inbox) == Ticket.objects.count() == 0
