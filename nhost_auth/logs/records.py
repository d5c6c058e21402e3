"""What stands between a log record and whoever reads it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from nhost_auth.logs import trace
from nhost_auth.logs.masking import mask, mask_traceback, mask_value
from nhost_auth.logs.redaction import redacted

_OF_EVERY_RECORD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
_FIELDS = {"call_request": "request", "call_response": "response"}
"""Nhost's names, which mean something else to Django's handlers."""


class SecretFilter(logging.Filter):
    """Takes passwords, tokens, tickets and codes out of records and puts the request's `trace_id` on them.

    A filter of handlers, for one of a logger does not see what its children log. A secret is told by the name before
    it or by its shape: a bare one in a sentence is not.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        found = trace.of(getattr(record, "request", None))
        _mask_message(record)
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)  # formatters take it from there
        for name in ("exc_text", "stack_info"):
            if text := getattr(record, name):
                setattr(record, name, mask_traceback(text))
        for name in vars(record).keys() - _OF_EVERY_RECORD:
            value = getattr(record, name)
            shown = redacted(value) if isinstance(value, HttpRequest) else mask_value(name, value)
            setattr(record, name, shown)
        record.trace_id = found.trace_id if found else ""
        return True


def _mask_message(record: logging.LogRecord) -> None:
    """Arguments by themselves first: formatters of servers take them apart."""
    record.args = mask_value("", record.args)
    try:
        text = record.getMessage()
    except (TypeError, ValueError, KeyError):
        text = f"{record.msg} (its arguments do not fit)"  # what they are is not known without their places
        record.msg, record.args = text, None
    masked = mask(text)
    if masked != text:
        record.msg, record.args = masked, None


class JsonFormatter(logging.Formatter):
    """A JSON object in one line: time, level, logger, msg, and what there is of trace, request, response, exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "msg": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info or record.exc_text:
            line["exception"] = record.exc_text or self.formatException(record.exc_info or (None, None, None))
        return json.dumps(line, default=str)


class TextFormatter(logging.Formatter):
    """For people: time, level, logger, message, and the fields of the JSON line behind it."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        parts = [part for part in _fields(record).values() if isinstance(part, dict)]
        told = [f"{name}={value}" for part in parts for name, value in part.items() if value not in ("", [])]
        return " ".join([super().formatMessage(record), *told])


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    found = {name: getattr(record, attribute) for attribute, name in _FIELDS.items() if hasattr(record, attribute)}
    trace_id = getattr(record, "trace_id", "")
    told = getattr(record, "trace", None) or ({"trace_id": trace_id} if trace_id else None)
    return {"trace": told, **found} if told else found
