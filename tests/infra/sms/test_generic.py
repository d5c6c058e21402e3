"""A webhook of the host's choice (configuration.md 1.7, 5.7)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from nhost_auth.infra import outbound, sms
from tests.infra.loopback import reply
from tests.infra.sms.gateway import NUMBER, REFUSALS, SHORT_TIMEOUT, TEXT, Gateway, garbage, nobody

FORM = "application/x-www-form-urlencoded"
TEMPLATE = '{"to":"${to}","message":"${body}"}'
AWKWARD = 'Say "é\\n→"\n${to} & ${nobody} <b>\t123456'


@pytest.fixture(autouse=True)
def chosen(settings: Any, gateway: Gateway) -> None:
    settings.AUTH_SMS_PROVIDER = "generic"
    settings.AUTH_SMS_GENERIC_URL = f"{gateway.url}/send?k=hunter2"
    settings.AUTH_SMS_GENERIC_BODY_TEMPLATE = TEMPLATE


def test_message_is_json_unless_told_otherwise(gateway: Gateway) -> None:
    sms.send(NUMBER, AWKWARD)
    (posted,) = gateway.posted
    assert posted.path == "/send?k=hunter2"
    assert posted.headers["content-type"] == "application/json"
    assert "authorization" not in posted.headers
    assert json.loads(posted.body) == {"to": NUMBER, "message": AWKWARD}


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "application/vnd.gateway+json", "text/json"]
)
def test_values_are_escaped_in_every_kind_of_json(settings: Any, gateway: Gateway, content_type: str) -> None:
    settings.AUTH_SMS_GENERIC_CONTENT_TYPE = content_type
    sms.send(NUMBER, AWKWARD)
    assert gateway.posted[0].headers["content-type"] == content_type
    assert json.loads(gateway.posted[0].body) == {"to": NUMBER, "message": AWKWARD}


def test_names_may_have_blanks_around_them_and_come_often(settings: Any, gateway: Gateway) -> None:
    settings.AUTH_SMS_GENERIC_BODY_TEMPLATE = '["${ to }","${\tto}","$to","${body }"]'
    sms.send(NUMBER, TEXT)
    assert json.loads(gateway.posted[0].body) == [NUMBER, NUMBER, "$to", TEXT]


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=UTF-8"])
def test_form_has_the_fields_of_the_templates_object(settings: Any, gateway: Gateway, content_type: str) -> None:
    settings.AUTH_SMS_GENERIC_CONTENT_TYPE = content_type
    settings.AUTH_SMS_GENERIC_BODY_TEMPLATE = (
        '{"to": "${to}", "text": "A: ${body}", "ttl": 60, "flash": false, "more": {"a": ["${to}"]}}'
    )
    sms.send(NUMBER, AWKWARD)
    assert gateway.posted[0].headers["content-type"] == content_type
    assert parse_qsl(gateway.posted[0].body.decode(), strict_parsing=True) == [
        ("to", NUMBER),
        ("text", f"A: {AWKWARD}"),
        ("ttl", "60"),
        ("flash", "false"),
        ("more", json.dumps({"a": [NUMBER]})),
    ]


@pytest.mark.parametrize("template", ["", "to=${to}", '["${to}"]', '"${to}"', "null", '{"to":${to}'])
def test_form_out_of_anything_but_an_object_is_an_error(
    settings: Any, gateway: Gateway, failure: Callable[[], str], template: str
) -> None:
    settings.AUTH_SMS_GENERIC_CONTENT_TYPE = FORM
    settings.AUTH_SMS_GENERIC_BODY_TEMPLATE = template
    assert "has to be a JSON object" in failure()
    assert gateway.posted == []


def test_other_types_are_sent_as_they_are(settings: Any, gateway: Gateway) -> None:
    settings.AUTH_SMS_GENERIC_CONTENT_TYPE = "text/plain; charset=utf-8"
    settings.AUTH_SMS_GENERIC_BODY_TEMPLATE = "${to}|${body}|é"
    sms.send(NUMBER, AWKWARD)
    assert gateway.posted[0].headers["content-type"] == "text/plain; charset=utf-8"
    assert gateway.posted[0].body.decode() == f"{NUMBER}|{AWKWARD}|é"


@pytest.mark.parametrize("name", ["code", "", "To", "to.x", "body body"])
@pytest.mark.parametrize("content_type", ["application/json", FORM, "text/plain"])
def test_unknown_name_is_an_error_when_sending(
    settings: Any, gateway: Gateway, failure: Callable[[], str], name: str, content_type: str
) -> None:
    settings.AUTH_SMS_GENERIC_CONTENT_TYPE = content_type
    settings.AUTH_SMS_GENERIC_BODY_TEMPLATE = '{"to":"${to}","x":"${' + name + '}"}'
    assert "AUTH_SMS_GENERIC_BODY_TEMPLATE" in failure()
    assert gateway.posted == []


@pytest.mark.parametrize("as_text", [False, True])
def test_further_headers_go_along_and_win(settings: Any, gateway: Gateway, as_text: bool) -> None:
    headers = {"Authorization": "Bearer k", "X-Sender": "Shop", "content-type": "application/json; v=2"}
    settings.AUTH_SMS_GENERIC_HEADERS = json.dumps(headers) if as_text else headers
    sms.send(NUMBER, TEXT)
    sent = gateway.posted[0].headers
    assert {name: sent[name.lower()] for name in headers} == headers


@pytest.mark.parametrize("headers", [{"X-Key": 7}, {"X-Key": "hunter2\r\nX-More: 1"}, {"X-Key": "hunter2→"}])
def test_header_that_is_none_is_an_error(
    settings: Any, gateway: Gateway, failure: Callable[[], str], headers: dict[str, Any]
) -> None:
    settings.AUTH_SMS_GENERIC_HEADERS = headers
    failure()
    assert gateway.posted == []


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_status_alone_decides_about_success(gateway: Gateway, status: int) -> None:
    gateway.answers = [reply(status, b"" if status == 204 else b"\xffno json")]
    sms.send(NUMBER, TEXT)


@pytest.mark.parametrize("status", REFUSALS)
def test_refusal_is_an_error_after_one_try(gateway: Gateway, failure: Callable[[], str], status: int) -> None:
    gateway.answers = [reply(status, TEXT.encode(), location="/elsewhere")]
    assert failure() == f"status {status}"
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("timeout", [SHORT_TIMEOUT, timedelta(seconds=SHORT_TIMEOUT)])
def test_silent_gateway_is_waited_for_as_long_as_the_setting_says(
    settings: Any, gateway: Gateway, failure: Callable[[], str], timeout: Any
) -> None:
    settings.AUTH_SMS_GENERIC_TIMEOUT = timeout
    gateway.answers = [gateway.silence]
    began = time.monotonic()
    assert failure() == "ReadTimeout"
    assert time.monotonic() - began < outbound.TIMEOUT_SECONDS / 2
    assert len(gateway.posted) == 1


def test_time_out_of_zero_does_not_wait_for_ever(
    settings: Any, gateway: Gateway, failure: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", SHORT_TIMEOUT)
    settings.AUTH_SMS_GENERIC_TIMEOUT = 0
    gateway.answers = [gateway.silence]
    assert failure() == "ReadTimeout"


def test_answer_that_is_no_http_is_an_error(gateway: Gateway, failure: Callable[[], str]) -> None:
    gateway.answers = [garbage]
    assert failure() == "ConnectionError"


def test_answer_without_end_is_an_error(gateway: Gateway, failure: Callable[[], str]) -> None:
    gateway.answers = [reply(200, b"x" * (outbound.MAX_BYTES + 1))]
    assert "more than" in failure()


def test_refused_connection_is_an_error(settings: Any, failure: Callable[[], str]) -> None:
    with nobody() as url:
        settings.AUTH_SMS_GENERIC_URL = url
        assert failure() == "ConnectionError"


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://127.0.0.1/hunter2"])
def test_address_that_is_none_is_an_error(settings: Any, failure: Callable[[], str], url: str) -> None:
    settings.AUTH_SMS_GENERIC_URL = url
    failure()
