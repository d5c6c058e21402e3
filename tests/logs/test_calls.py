"""The line of each call, and the trace headers on its answer (configuration.md 6.7)."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.test import Client

from nhost_auth.logs import SecretFilter
from tests.conftest import PASSWORD, PREFIX, Api

UUID = "6f1c2d3e-4b5a-4c6d-8e7f-0123456789ab"
ANY_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TRACE = {"X-B3-TraceId": "463ac35c9f6413ad", "X-B3-SpanId": "a2fb4a1d1a96d312", "X-B3-ParentSpanId": "0020000000000001"}


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "nhost_auth")
    return caplog


def calls(lines: pytest.LogCaptureFixture) -> list[Any]:
    return [record for record in lines.records if record.name == "nhost_auth.calls"]


def test_call_is_one_line(api: Api, lines: pytest.LogCaptureFixture) -> None:
    api.get("/version", headers=TRACE)
    (record,) = calls(lines)
    assert (record.levelname, record.getMessage()) == ("INFO", "call completed")
    assert record.trace == {
        "trace_id": "463ac35c9f6413ad",
        "span_id": "a2fb4a1d1a96d312",
        "parent_span_id": "0020000000000001",
    }
    assert record.call_request == {"client_ip": "127.0.0.1", "method": "GET", "url": "/v1/version"}
    assert record.call_response.pop("latency_time") >= 0
    assert record.call_response == {"status_code": 200, "errors": []}


def test_url_is_told_with_its_query_and_without_its_secrets(api: Api, lines: pytest.LogCaptureFixture) -> None:
    api.get("/verify", query={"ticket": f"verifyEmail:{UUID}", "redirectTo": "https://app.example.com"})
    (record,) = calls(lines)
    assert record.call_request["url"] == "/v1/verify?ticket=********&redirectTo=https%3A%2F%2Fapp.example.com"


def test_refusal_is_told_by_its_code_also_when_the_client_is_not(
    api: Api, settings: Any, lines: pytest.LogCaptureFixture
) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    assert api.sign_in().error == "invalid-request"
    (record,) = calls(lines)
    assert record.levelname == "INFO"
    assert (record.call_response["status_code"], record.call_response["errors"]) == (400, ["invalid-email-password"])


def test_crash_is_an_error(transactional_db: None, settings: Any, lines: pytest.LogCaptureFixture) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    body = {"email": "ann@example.com", "password": PASSWORD}
    client = Client(raise_request_exception=False)
    assert client.post(PREFIX + "/signup/email-password", body, "application/json").status_code == 500
    (record,) = calls(lines)
    assert (record.levelname, record.getMessage()) == ("ERROR", "call completed with errors")
    assert record.call_response["errors"] == ["ModuleNotFoundError"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/version"), ("GET", "/user"), ("OPTIONS", "/token"), ("PUT", "/token")]
)
def test_trace_is_written_back(api: Api, method: str, path: str) -> None:
    answer = api.call(method, path, headers=TRACE)
    assert {name: answer.headers[name] for name in TRACE} == TRACE
    assert answer.headers["X-Request-Id"] == TRACE["X-B3-TraceId"]


def test_trace_that_is_not_given_is_a_new_id(api: Api) -> None:
    first, second = (Client().get(PREFIX + "/version").headers for _ in range(2))
    assert ANY_UUID.fullmatch(first["X-B3-TraceId"])
    assert first["X-B3-TraceId"] != second["X-B3-TraceId"]
    assert not {"X-B3-SpanId", "X-B3-ParentSpanId"} & set(first)


def test_request_id_serves_where_there_is_no_trace(api: Api) -> None:
    assert api.get("/version", headers={"X-Request-Id": "r-1.2_3"}).headers["X-B3-TraceId"] == "r-1.2_3"
    assert (
        api.get("/version", headers={"X-Request-Id": "r-1", **TRACE}).headers["X-Request-Id"] == TRACE["X-B3-TraceId"]
    )


@pytest.mark.parametrize("value", ["", "a b", 'a"}', "a\tb", "x" * 65, "é", "a;b=c", "<b>"])
def test_malformed_id_is_as_none(api: Api, value: str) -> None:
    answer = api.get("/version", headers={"X-B3-TraceId": value, "X-B3-SpanId": value, "X-Request-Id": value})
    assert ANY_UUID.fullmatch(answer.headers["X-B3-TraceId"])
    assert "X-B3-SpanId" not in answer.headers


def test_lines_of_django_about_a_call_have_its_id_and_later_ones_have_not(
    api: Api, lines: pytest.LogCaptureFixture
) -> None:
    api.get("/user", headers={"X-Request-Id": "r-1"})
    (django,) = [record for record in lines.records if record.name == "django.request"]
    later = logging.makeLogRecord({"msg": "x"})
    for record in (django, later):
        SecretFilter().filter(record)
    assert (django.trace_id, vars(later)["trace_id"]) == ("r-1", "")
