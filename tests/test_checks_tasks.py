"""The system check of AUTH_EMAIL_DELIVERY = "task"."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from nhost_auth import infra
from nhost_auth.checks.settings import check_values


def found() -> set[str]:
    # Django 6.0 has checks that need its tasks; only ours is asked.
    return {str(message.id) for message in check_values()} & {"nhost_auth.E012"}


def test_mails_as_tasks_need_a_tasks_framework(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AUTH_EMAIL_DELIVERY = "task"
    assert found() == set()
    monkeypatch.delattr(infra, "mail_tasks", raising=False)
    monkeypatch.delitem(sys.modules, "nhost_auth.infra.mail_tasks", raising=False)
    for package in ("django.tasks", "django_tasks"):
        monkeypatch.setitem(sys.modules, package, None)
    assert found() == {"nhost_auth.E012"}
    settings.AUTH_EMAIL_DELIVERY = "now"
    assert found() == set()
