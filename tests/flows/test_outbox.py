"""Accounts and the mails they promise are stored together where mails wait in the database (security.md 68)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as django_mail
from django_tasks_db import DatabaseBackend

from nhost_auth.models import Account
from tests.conftest import Api
from tests.mail_queue import tasks_db as tasks_db
from tests.test_outages import CRASH, MAILS, MailCase, everything, everything_on, guest, nobody, post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures(everything_on.__name__)]

every_new_account = pytest.mark.parametrize(
    "case",
    [case for case in MAILS if case.who in (nobody, guest)],
    ids=lambda case: f"{case.path} {case.who.__name__}",
)


class FullQueue(DatabaseBackend):
    """A table that takes no more."""

    def enqueue(self, *_: Any) -> Any:
        raise OSError("no space left on device")


@pytest.fixture
def full_queue(settings: Any, tasks_db: None) -> None:
    settings.AUTH_EMAIL_DELIVERY = "task"
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.FullQueue"}}


@every_new_account
def test_68_nothing_is_stored_without_the_mail_it_promises(api: Api, request: Any, case: MailCase) -> None:
    token = case.who(api)
    stored = everything()
    request.getfixturevalue("full_queue")
    assert post(case.path, case.body, token).outcome == CRASH
    assert (everything(), len(django_mail.outbox)) == (stored, 0)


@pytest.mark.parametrize("path", ["/signup/email-password", "/signup/otp/email", "/signin/passwordless/email"])
def test_account_that_is_stored_disabled_stays(full_queue: None, settings: Any, path: str) -> None:
    """An answer that refuses is an answer: only a crash undoes."""
    settings.AUTH_DISABLE_NEW_USERS = True
    body = {"email": "ann@example.com"} | ({"password": "Correct-horse-7"} if "password" in path.split("-") else {})
    assert post(path, body).outcome == (401, "disabled-user")
    assert Account.objects.get().disabled
