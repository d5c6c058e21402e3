"""Requests and exceptions in reports (security.md line 66)."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from nhost_auth.logs.masking import MASK
from nhost_auth.logs.redaction import redact_crash, redacted

SECRET = "hunter2-" + "x" * 8


def request_with_secrets() -> HttpRequest:
    factory = RequestFactory()
    factory.cookies["nhost-auth-visit-1"] = SECRET
    factory.cookies["theme"] = "dark"
    headers = {"Authorization": f"Bearer {SECRET}"}
    request = factory.post(f"/x?ticket={SECRET}&a=b", {"code": SECRET, "c": "d"}, headers=headers)
    assert request.POST["code"] == SECRET
    return request


def crash(message: str) -> BaseException:
    password = message  # a variable of a frame that a report would show
    try:
        try:
            raise KeyError(password)
        except KeyError as error:
            raise ValueError(7, password) from error
    except ValueError as error:
        error.add_note(password)
        return error


def shown(request: Any) -> str:
    return f"{request!r} {request.META} {request.GET} {request.POST} {request.COOKIES} {request.body!r} {request.FILES}"


def test_copy_has_no_secrets_and_leaves_the_request_alone() -> None:
    request = request_with_secrets()
    copied = redacted(request)
    assert SECRET not in shown(copied)
    assert (copied.GET["a"], copied.POST["c"], copied.COOKIES["theme"]) == ("b", "d", "dark")
    assert (request.GET["ticket"], request.POST["code"]) == (SECRET, SECRET)
    assert request.COOKIES["nhost-auth-visit-1"] == SECRET
    assert request.META["HTTP_AUTHORIZATION"].endswith(SECRET)


def test_report_does_not_read_a_form_that_nobody_has_read() -> None:
    request = RequestFactory().post("/x", {"code": SECRET})
    assert (dict(redacted(request).POST), dict(redacted(request).FILES)) == ({}, {})
    assert request.POST["code"] == SECRET


@pytest.mark.parametrize("html", [True, False])
def test_report_of_a_crash_shows_no_secret_and_where_it_happened(settings: Any, html: bool) -> None:
    settings.DEBUG = True  # Django's own cleansing is off then
    request, error = request_with_secrets(), crash(f"no {SECRET} here")
    redact_crash(request, error)
    reporter = ExceptionReporter(request, type(error), error, error.__traceback__)
    report = reporter.get_traceback_html() if html else reporter.get_traceback_text()
    assert SECRET not in report
    assert "test_redaction.py" in report
    assert f"no {MASK} here" in report


def test_secret_of_the_body_is_known_in_messages() -> None:
    body = f'{{"password": "{SECRET}", "options": {{"ticket": ["s3cr3t"]}}, "email": "ann@example.com", "otp": "1"}}'
    request = RequestFactory().post("/x", body, "application/json")
    assert request.body
    error = ValueError(f"{SECRET} s3cr3t ann@example.com 1", 7)
    redact_crash(request, error)
    assert error.args == (f"{MASK} {MASK} ann@example.com 1", 7)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"7", b'["a"]'])
def test_body_that_is_no_object_is_no_obstacle(body: bytes) -> None:
    request = RequestFactory().post("/x", body, "application/json")
    assert request.body == body
    redact_crash(request, ValueError("x"))
    assert request.body == b""


def test_exceptions_in_a_circle_are_no_obstacle() -> None:
    first, second = ValueError("password=x"), ValueError("ticket=y")
    first.__context__, second.__context__ = second, first
    redact_crash(HttpRequest(), first)
    assert (first.args, second.args) == ((f"password={MASK}",), (f"ticket={MASK}",))
