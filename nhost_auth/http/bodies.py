"""Reading a JSON body: bounded before it is parsed, refused where no database could store what it holds."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, QueryDict, UnreadablePostError

from nhost_auth.conf import conf
from nhost_auth.errors import RequestValidationError, SchemaValidationError

NOT_STORABLE = "string holds characters that cannot be stored"


def read_json(request: HttpRequest, *, optional: bool) -> Any:
    """The value of a request's body, `{}` where an optional one is empty.

    Raises RequestValidationError and SchemaValidationError (accounts.md 1.2).
    """
    raw = _read(request)
    if not raw:
        if optional:
            return {}
        raise RequestValidationError("value is required but missing")
    content_type = request.META.get("CONTENT_TYPE", "")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise RequestValidationError(f'header Content-Type has unexpected value "{content_type[:100]}"')
    return parse(raw)


def parse(raw: bytes) -> Any:
    """The value of JSON that a database could store. Raises RequestValidationError, SchemaValidationError."""
    try:
        value = json.loads(raw.decode(), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        # Its message would quote the body, which may hold a password.
        raise RequestValidationError("failed to decode request body: it is not JSON") from None
    # Only an escape can bring in a NUL or a lone surrogate, and only many brackets depth: most bodies need no walk.
    if b"\\u" in raw or raw.count(b"{") + raw.count(b"[") > conf.AUTH_REQUEST_MAX_DEPTH:
        _ensure_bounded(value, conf.AUTH_REQUEST_MAX_DEPTH)
    return value


def read_form(request: HttpRequest) -> QueryDict:
    """The fields of a form. Raises RequestValidationError, SchemaValidationError."""
    content_type = request.META.get("CONTENT_TYPE", "")
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise RequestValidationError(f'header Content-Type has unexpected value "{content_type[:100]}"')
    try:
        fields = QueryDict(_read(request), encoding="utf-8")
    except (TooManyFieldsSent, UnicodeDecodeError) as error:
        raise RequestValidationError("failed to decode request body: it is not a form") from error
    for text in fields.values():
        _ensure_storable(str(text))
    return fields


def _read(request: HttpRequest) -> bytes:
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
        raw = request.body if announced <= conf.AUTH_REQUEST_MAX_BYTES else None
    except (UnreadablePostError, ValueError) as error:
        raise RequestValidationError("failed to read request body") from error
    except RequestDataTooBig:
        raw = None  # the host's DATA_UPLOAD_MAX_MEMORY_SIZE is smaller than our own limit
    if raw is None or len(raw) > conf.AUTH_REQUEST_MAX_BYTES:
        raise RequestValidationError("request body is too large")
    return raw


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are Python's, not JSON's


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


def _ensure_bounded(value: Any, depth_left: int) -> None:
    if isinstance(value, str):
        _ensure_storable(value)
    elif isinstance(value, dict | list):
        if not depth_left:
            raise SchemaValidationError(f"value is nested deeper than {conf.AUTH_REQUEST_MAX_DEPTH}")
        for item in value:
            _ensure_bounded(item, depth_left - 1)
        for item in value.values() if isinstance(value, dict) else ():
            _ensure_bounded(item, depth_left - 1)


def _ensure_storable(text: str) -> None:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise SchemaValidationError(NOT_STORABLE)
