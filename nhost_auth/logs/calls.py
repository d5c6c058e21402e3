"""One line for each call of the API, as Nhost's server writes it (configuration.md 6.7)."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.http import HttpRequest, HttpResponse

from nhost_auth.logs import trace
from nhost_auth.logs.masking import mask

logger = logging.getLogger("nhost_auth.calls")


class Call:
    """A call from its first moment on; `errors` are codes of our errors, or the name of the exception of a crash."""

    def __init__(self, request: HttpRequest) -> None:
        self.errors: list[str] = []
        self._request = request
        self._began = time.perf_counter()
        # Now, for what crashes is redacted later, and a query may be all that tells of it.
        self._url = request.get_full_path()
        self._trace = trace.begin(request)

    def end(self, response: HttpResponse, client_ip: str | None) -> None:
        """Writes the line and, on the response, the trace. ERROR is for what is our fault, whatever the errors are."""
        for name, value in self._trace.headers.items():
            response.headers[name] = value
        failed = response.status_code >= 500
        level = logging.ERROR if failed else logging.INFO
        if logger.isEnabledFor(level):
            message = "call completed with errors" if failed else "call completed"
            logger.log(level, message, extra=self._fields(response.status_code, client_ip))
        trace.end()

    def _fields(self, status: int, client_ip: str | None) -> dict[str, Any]:
        return {
            "trace": self._trace.fields,
            "call_request": {"client_ip": client_ip, "method": self._request.method, "url": mask(self._url)},
            "call_response": {
                "status_code": status,
                "latency_time": round(time.perf_counter() - self._began, 6),
                "errors": self.errors,
            },
        }
