"""Requests and exceptions that reports may show: Django's error mails, debug pages, whatever listens for crashes."""

from __future__ import annotations

import copy
import json
import traceback
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from nhost_auth.logs.masking import MASK, is_secret, mask, mask_value

VISIT_COOKIE = "nhost-auth-visit-"
SHORTEST = 4
"""Characters of a secret that is looked for in a message; shorter ones are in every other word."""


def redact_crash(request: HttpRequest, error: BaseException) -> None:
    """Takes the secrets of a request that crashed out of it and out of the exception, wherever both are shown.

    In place, for some that report have had the request since it came in. The values of variables leave the
    traceback altogether: any of them may be a password.
    """
    known = sorted(set(_secrets(request)), key=len, reverse=True)
    redact(request)
    for found in _chain(error):
        traceback.clear_frames(found.__traceback__)
        found.args = tuple(_without(arg, known) for arg in found.args)
        if hasattr(found, "__notes__"):
            found.__notes__ = [_without(note, known) for note in found.__notes__]


def redacted(request: HttpRequest) -> HttpRequest:
    """A copy of a request for a report."""
    shown = copy.copy(request)
    shown.META = dict(request.META)
    shown.COOKIES = dict(request.COOKIES)
    redact(shown)
    return shown


def redact(request: Any) -> None:
    """Masks query, form, headers and our cookie; the body goes."""
    cookies, get, form = request.COOKIES, request.GET, _form(request)  # read before what they are read from changes
    for name in cookies:
        if name.startswith(VISIT_COOKIE):
            cookies[name] = MASK
    request.META.update({name: mask_value(name, text) for name, text in request.META.items() if isinstance(text, str)})
    request.GET, request.POST = _masked(get), _masked(form)
    request._files = getattr(request, "_files", MultiValueDict())  # noqa: SLF001 - else a report reads the form again
    request._body = b""  # noqa: SLF001 - Django's own place for it


def _form(request: Any) -> QueryDict:
    """The form if somebody has read it; a report is no reason to."""
    found = vars(request).get("_post", vars(request).get("POST"))
    return found if found is not None else QueryDict()


def _masked(parameters: QueryDict) -> QueryDict:
    masked = parameters.copy()
    for name, values in parameters.lists():
        masked.setlist(name, [mask_value(name, value) for value in values])
    masked._mutable = False  # noqa: SLF001
    return masked


def _secrets(request: HttpRequest) -> Iterator[str]:
    """What somebody sent us in confidence: a message of a database or a library may quote it without a name."""
    raw = vars(request).get("_body", b"")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = parse_qs(raw.decode(errors="replace"))
    sent = [body, dict(request.GET.lists()), dict(_form(request).lists())]
    yield from (text for value in sent for text in _named(value) if len(text) >= SHORTEST)
    bearer = request.META.get("HTTP_AUTHORIZATION", "").rpartition(" ")[2]
    if len(bearer) >= SHORTEST:
        yield bearer


def _named(value: Any, *, secret: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _named(item, secret=secret or is_secret(name))
    elif isinstance(value, list):
        for item in value:
            yield from _named(item, secret=secret)
    elif isinstance(value, str) and secret:
        yield value
        yield value.rpartition(":")[2]  # a ticket without its kind


def _without(value: Any, known: list[str]) -> Any:
    if not isinstance(value, str):
        return value
    for secret in known:
        value = value.replace(secret, MASK)
    return mask(value)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        found = waiting.pop()
        if found is not None and not any(found is one for one in seen):
            seen.append(found)
            waiting += [found.__cause__, found.__context__]
    yield from seen
