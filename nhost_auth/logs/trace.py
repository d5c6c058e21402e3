"""Which request a line of the log is of: an id from whoever called us, or a new one (configuration.md 6.7)."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest

WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""Anything else could write lines and fields of its own into a log."""
ATTRIBUTE = "nhost_auth_trace"
_current: ContextVar[Trace | None] = ContextVar("nhost_auth_trace", default=None)


@dataclass(frozen=True, slots=True)
class Trace:
    trace_id: str
    span_id: str = ""
    parent_span_id: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """As they are written back to the caller; what was not given is not made up."""
        found = {
            "X-B3-TraceId": self.trace_id,
            "X-B3-SpanId": self.span_id,
            "X-B3-ParentSpanId": self.parent_span_id,
            "X-Request-Id": self.trace_id,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def fields(self) -> dict[str, str]:
        return asdict(self)


def begin(request: HttpRequest) -> Trace:
    """The trace of what this thread or task does from now on; the request carries it too, for Django's own lines."""
    given = [_well_formed(request, name) for name in ("B3_TRACEID", "REQUEST_ID", "B3_SPANID", "B3_PARENTSPANID")]
    trace = Trace(given[0] or given[1] or str(uuid.uuid4()), given[2], given[3])
    setattr(request, ATTRIBUTE, trace)
    _current.set(trace)
    return trace


def end() -> None:
    """What this thread does next is of no request, or of one of another app."""
    _current.set(None)


def of(request: Any) -> Trace | None:
    """The trace of a request of ours, else the one that runs."""
    found: Trace | None = getattr(request, ATTRIBUTE, None)
    return found or _current.get()


def _well_formed(request: HttpRequest, name: str) -> str:
    value = str(request.META.get(f"HTTP_X_{name}", ""))
    return value if WELL_FORMED.fullmatch(value) else ""
