"""BearerMiddleware has to stand above what judges a request by its user or its form."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks

BEARER = "nhost_auth.middleware.BearerMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"
LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"
USER = "django.contrib.auth.middleware.AuthenticationMiddleware"
SESSION = "django.contrib.sessions.middleware.SessionMiddleware"
MESSAGES = "django.contrib.messages.middleware.MessageMiddleware"


@pytest.mark.parametrize(
    ("middleware", "wrong"),
    [
        ([SESSION, BEARER, CSRF, USER, LOGIN, MESSAGES], []),
        ([BEARER, SESSION, USER, MESSAGES], []),
        ([SESSION, USER, BEARER, MESSAGES], []),
        ([SESSION, CSRF, USER, LOGIN, MESSAGES], []),
        ([SESSION, CSRF, BEARER, USER, LOGIN, MESSAGES], [CSRF]),
        ([SESSION, BEARER, CSRF, USER, LOGIN, MESSAGES, BEARER], []),
        ([SESSION, CSRF, USER, LOGIN, MESSAGES, BEARER], [CSRF, LOGIN]),
    ],
)
def test_order_of_middleware(settings: Any, middleware: list[str], wrong: list[str]) -> None:
    settings.MIDDLEWARE = middleware
    found = [message for message in run_checks() if message.id == "nhost_auth.E030"]
    assert [message.msg.split()[0] for message in found] == wrong
    assert all(BEARER in str(message.hint) for message in found)
