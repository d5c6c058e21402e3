"""The filter and the formatters (security.md line 66, configuration.md 6.7)."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from nhost_auth.logs import JsonFormatter, SecretFilter, TextFormatter, logging_config, trace
from nhost_auth.logs.masking import MASK

UUID = "6f1c2d3e-4b5a-4c6d-8e7f-0123456789ab"
Log = Callable[..., str]


class Plain(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("{levelname} {trace_id} {message}", style="{")


@pytest.fixture(params=[Plain, TextFormatter, JsonFormatter])
def formatter(request: Any) -> logging.Formatter:
    found: logging.Formatter = request.param()
    return found


@pytest.fixture
def log(formatter: logging.Formatter) -> Iterator[Log]:
    """Logs one record and gives what is written of it."""
    stream, logger = io.StringIO(), logging.getLogger("tests.records")
    handler = logging.StreamHandler(stream)
    handler.addFilter(SecretFilter())
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)

    def write(message: Any, *args: Any, **more: Any) -> str:
        logger.error(message, *args, **more)
        return stream.getvalue()

    yield write
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("message", "args"),
    [
        (f"GET /verify?ticket={UUID}", ()),
        ("GET %s", (f"/verify?ticket={UUID}",)),
        ("ticket=%s", (UUID,)),
        ("%(a)s", ({"a": f"refreshToken={UUID}"},)),
        ("said %r", ({"password": UUID},)),
        ("%s", (ValueError(f'{{"otp": "{UUID}"}}'),)),
        (ValueError(f"password={UUID}"), ()),
        ("%d ticket=%s", ("no number", UUID)),
        ("too few ticket=%s %s", (UUID,)),
    ],
    ids=str,
)
def test_secret_of_the_message_is_not_written(log: Log, message: Any, args: tuple[Any, ...]) -> None:
    text = log(message, *args)
    assert UUID not in text
    assert MASK in text


def test_what_is_no_secret_is_written_as_it_is(log: Log) -> None:
    assert "7 of ann@example.com: 100 %" in log("%d of %s: 100 %%", 7, "ann@example.com")


def test_traceback_is_written_without_the_secrets_of_messages(log: Log) -> None:
    try:
        try:
            raise ValueError(f"password={UUID}")
        except ValueError as error:
            raise KeyError(f"ticket={UUID}") from error
    except KeyError:
        text = log("failed", exc_info=True, stack_info=True)
    assert UUID not in text
    assert text.count(MASK) == 2
    assert "test_records.py" in text


def test_traceback_that_another_handler_has_formatted_is_masked_too() -> None:
    try:
        raise ValueError(f"password={UUID}")
    except ValueError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})
    logging.Formatter().format(record)
    assert UUID in str(record.exc_text)
    SecretFilter().filter(record)
    assert UUID not in logging.Formatter().format(record)


def test_extra_is_masked_by_its_names() -> None:
    record = logging.makeLogRecord({"msg": "x", "ticket": UUID, "body": {"otp": UUID}, "url": f"?code={UUID}", "n": 7})
    SecretFilter().filter(record)
    assert (vars(record)["ticket"], vars(record)["body"], vars(record)["url"]) == (MASK, {"otp": MASK}, f"?code={MASK}")
    assert vars(record)["n"] == 7


def test_request_on_a_record_is_a_copy_without_secrets() -> None:
    request = RequestFactory().get(f"/verify?ticket={UUID}", headers={"Authorization": f"Bearer {UUID}"})
    record = logging.makeLogRecord({"msg": "x", "request": request})
    SecretFilter().filter(record)
    shown: Any = vars(record)["request"]
    assert isinstance(shown, HttpRequest)
    assert UUID not in f"{shown} {shown.META} {shown.GET} {shown.get_full_path()}"
    assert request.GET["ticket"] == UUID
    assert UUID in request.META["HTTP_AUTHORIZATION"]


def test_arguments_that_servers_take_apart_stay_in_their_places() -> None:
    args = ("127.0.0.1:5", "GET", f"/verify?ticket={UUID}", "1.1", 200)
    record = logging.makeLogRecord({"msg": '%s - "%s %s HTTP/%s" %d', "args": args})
    SecretFilter().filter(record)
    assert record.args == ("127.0.0.1:5", "GET", f"/verify?ticket={MASK}", "1.1", 200)


def test_record_has_the_id_of_the_request_that_runs(log: Log) -> None:
    found = trace.begin(RequestFactory().get("/", headers={"X-Request-Id": "r-1"}))
    assert "r-1" in log("x")
    trace.end()
    assert "r-1" not in log("y").splitlines()[-1]
    assert found.trace_id == "r-1"


def test_record_of_a_request_has_its_id_when_another_runs() -> None:
    mine = RequestFactory().get("/", headers={"X-Request-Id": "r-1"})
    trace.begin(mine)
    trace.begin(RequestFactory().get("/", headers={"X-Request-Id": "r-2"}))
    record = logging.makeLogRecord({"msg": "x", "request": mine})
    SecretFilter().filter(record)
    trace.end()
    assert vars(record)["trace_id"] == "r-1"


@pytest.mark.parametrize("formatter", [JsonFormatter()], ids=["json"])
def test_json_is_one_object_in_one_line(log: Log) -> None:
    try:
        raise ValueError("no\nway")
    except ValueError:
        text = log("first\nsecond \u2028 é", exc_info=True)
    line = json.loads(text)
    assert text.count("\n") == 1
    assert line["msg"] == "first\nsecond \u2028 é"
    assert (line["level"], line["logger"]) == ("ERROR", "tests.records")
    assert line["exception"].startswith("Traceback")
    assert line["time"].endswith("+00:00")
    assert "trace" not in line


@pytest.fixture
def configured() -> Iterator[Callable[..., None]]:
    """Applies a LOGGING and takes it back afterwards."""
    names = [None, "nhost_auth", "django", "django.request", "django.server"]
    loggers = [logging.getLogger(name) for name in names]
    kept = [(one, one.handlers[:], one.level, one.propagate) for one in loggers]
    yield lambda **options: logging.config.dictConfig(logging_config(**options))
    for one, handlers, level, propagate in kept:
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("debug", [True, False])
def test_configuration_writes_as_told(
    configured: Callable[..., None], capsys: pytest.CaptureFixture[str], text: bool, debug: bool
) -> None:
    configured(text=text, debug=debug)
    logging.getLogger("nhost_auth.x").debug("quiet")
    for name in ("nhost_auth.x", "django.server", "some.library"):
        logging.getLogger(name).warning("ticket=%s", UUID)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3 + debug
    assert UUID not in "".join(lines)
    assert all(line.startswith("{") is not text for line in lines)


def test_every_handler_of_the_configuration_has_the_filter() -> None:
    assert all("secrets" in handler["filters"] for handler in logging_config()["handlers"].values())
