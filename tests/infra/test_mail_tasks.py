"""Mails as tasks, and what a mail server that fails does to a request (AUTH_EMAIL_DELIVERY; configuration.md 5.5)."""

from __future__ import annotations

import importlib
import json
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

import django
import pytest
from django.core import mail as django_mail
from django.test import Client

from nhost_auth.infra import mail
from nhost_auth.models import Account, Ticket
from tests.conftest import PREFIX, Api, Inbox, Mail, Reply
from tests.infra.mail_server import MailServer

# Django 6 has the framework in itself; before, the package serves.
FRAMEWORK = "django.tasks" if django.VERSION >= (6,) else "django_tasks"
RESET, LINK = "/user/password/reset", "/signin/passwordless/email"
# An address that the mail server of the tests takes no mail for.
REFUSED = {"email": "refused@example.com"}


@pytest.fixture
def as_tasks(settings: Any) -> Callable[[str], Any]:
    """Delivers mails as tasks of a backend, which is returned."""

    def use(backend: str) -> Any:
        settings.AUTH_EMAIL_DELIVERY = "task"
        path = f"{FRAMEWORK}.backends.{backend.lower()}.{backend}Backend"
        settings.TASKS = {"default": {"BACKEND": path}}
        return importlib.import_module(FRAMEWORK).default_task_backend

    return use


@pytest.fixture
def refusing_server(settings: Any) -> Iterator[None]:
    server = MailServer()
    server.start()
    settings.AUTH_SMTP_HOST, settings.AUTH_SMTP_PORT = "127.0.0.1", server.port
    yield
    server.stop()


@pytest.fixture
def absent_server(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.AUTH_SMTP_HOST, settings.AUTH_SMTP_PORT = "127.0.0.1", port


def ask_for_reset(account: dict[str, str]) -> Reply:
    """A request outside of any transaction, as in production; a crash comes back as the answer it is."""
    client = Client(raise_request_exception=False)
    body = {**account, "password": "Correct-horse-7"}
    assert client.post(f"{PREFIX}/signup/email-password", body, "application/json").status_code == 200
    return Reply(client.post(PREFIX + RESET, account, "application/json"))


def test_task_sends_what_would_have_been_sent_now(
    api: Api, inbox: Inbox, as_tasks: Callable[[str], Any], settings: Any
) -> None:
    settings.AUTH_SMTP_X_SMTPAPI_HEADER = '{"category": "auth"}'
    api.sign_up(displayName="Zoë", locale="fr")
    api.post(RESET, {"email": "ann@example.com"})
    as_tasks("Immediate")
    api.post(RESET, {"email": "ann@example.com"})
    now, task = (Mail(message) for message in django_mail.outbox)
    assert (task.message.to, task.message.subject) == (now.message.to, now.message.subject)
    assert task.message.from_email == now.message.from_email
    assert task.message.body.replace(task.link, now.link) == now.message.body
    assert list(task.message.extra_headers) == list(now.message.extra_headers)
    assert "refreshToken" in api.get("/verify", query=task.query).query


def test_mail_waits_in_the_queue_until_a_worker_takes_it(
    api: Api, inbox: Inbox, as_tasks: Callable[[str], Any], settings: Any
) -> None:
    queue = as_tasks("Dummy")
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    api.sign_up(displayName="Zoë", locale="fr")
    assert api.post(LINK, {"email": "ann@example.com"}).status == 200
    (waiting,) = queue.results
    assert len(inbox) == 0
    # A queue keeps its arguments as JSON.
    arguments = json.loads(json.dumps(waiting.args))
    waiting.task.call(*arguments, **waiting.kwargs)
    assert inbox.last().template == "signin-passwordless"
    assert "Zoë" in inbox.last().message.body


def test_task_is_put_into_the_queue_once_the_change_is_committed(
    api: Api, as_tasks: Callable[[str], Any], settings: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    queue = as_tasks("Dummy")
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    api.sign_up()
    with django_capture_on_commit_callbacks() as callbacks:
        Client().post(PREFIX + LINK, {"email": "ann@example.com"}, "application/json")
        assert queue.results == []
    for callback in callbacks:
        callback()
    assert len(queue.results) == 1


@pytest.mark.parametrize("delivery", ["now", "task"])
def test_nothing_is_put_into_the_queue_where_nothing_is_mailed(
    api: Api, inbox: Inbox, as_tasks: Callable[[str], Any], settings: Any, delivery: str
) -> None:
    queue = as_tasks("Dummy")
    settings.AUTH_EMAIL_DELIVERY, settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = delivery, True
    api.sign_up()
    assert (queue.results, len(inbox)) == ([], 0)
    api.post(LINK, {"email": "ann@example.com"})
    assert (len(queue.results), len(inbox)) == ((0, 1) if delivery == "now" else (1, 0))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("server", ["refusing_server", "absent_server"])
def test_server_that_fails_does_not_fail_the_request_where_mails_are_tasks(
    request: pytest.FixtureRequest, as_tasks: Callable[[str], Any], server: str
) -> None:
    request.getfixturevalue(server)
    as_tasks("Immediate")
    reply = ask_for_reset(REFUSED)
    assert (reply.status, reply.text) == (200, '"OK"\n')
    assert Ticket.objects.get().kind == "passwordReset"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("server", ["refusing_server", "absent_server"])
def test_server_that_fails_is_a_500_where_mails_leave_at_once_and_what_was_stored_stays(
    request: pytest.FixtureRequest, server: str
) -> None:
    request.getfixturevalue(server)
    assert ask_for_reset(REFUSED).outcome == (500, "internal-server-error")
    assert Account.objects.get().email == "refused@example.com"
    assert Ticket.objects.get().kind == "passwordReset"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("server", ["refusing_server", "absent_server"])
def test_failure_is_logged_with_the_mails_kind_and_neither_address_nor_link(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, server: str
) -> None:
    request.getfixturevalue(server)
    with caplog.at_level(logging.DEBUG):
        ask_for_reset(REFUSED)
    # The mail server of the tests, which runs in this process, logs for itself.
    ours = [record for record in caplog.records if record.name.startswith(("nhost_auth", "django"))]
    (record,) = [each for each in ours if each.name == "nhost_auth.mail"]
    error = {"refusing_server": "SMTPRecipientsRefused", "absent_server": "ConnectionRefusedError"}[server]
    assert (record.levelname, record.getMessage()) == ("ERROR", f"A mail password-reset could not be sent: {error}")
    for secret in ("refused@example.com", "passwordReset:", "passwordReset%3A", "verify?"):
        assert not any(secret in caplog.handler.format(each) for each in ours)


@pytest.mark.django_db(transaction=True)
def test_user_may_ask_again_once_the_server_is_back(settings: Any, absent_server: None, inbox: Inbox) -> None:
    assert ask_for_reset(REFUSED).status == 500
    settings.AUTH_SMTP_HOST = ""
    assert Client().post(PREFIX + RESET, REFUSED, "application/json").status_code == 200
    assert Client().get(f"{PREFIX}/verify", query_params=inbox.last().query)["Location"].count("refreshToken") == 1


def test_delivery_is_read_for_every_mail(as_tasks: Callable[[str], Any], settings: Any, inbox: Inbox) -> None:
    queue = as_tasks("Dummy")
    message = {"to": "ann@example.com", "subject": "s", "text": "t", "html": "h", "headers": {}}
    for delivery in ("task", "now", "task"):
        settings.AUTH_EMAIL_DELIVERY = delivery
        mail.deliver(message)
    assert (len(queue.results), len(inbox)) == (2, 1)
