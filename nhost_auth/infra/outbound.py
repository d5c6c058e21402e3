"""The one door for HTTP calls to the outside: time-outs, a bound on the answer, no redirects.

HTTPS_PROXY and REQUESTS_CA_BUNDLE of the environment are honoured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

TIMEOUT_SECONDS = 10.0
MAX_BYTES = 1024 * 1024


class OutboundError(Exception):
    """The other side cannot be reached, is too slow, or answers too much."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


def get(url: str, *, headers: Mapping[str, str] | None = None, retry: Retry | None = None) -> Answer:
    """GET `url`, waiting at most TIMEOUT_SECONDS for each step. Raises OutboundError."""
    try:
        with requests.Session() as session:
            if retry is not None:
                session.mount(url, HTTPAdapter(max_retries=retry))
            with session.get(
                url, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
            ) as response:
                body = response.raw.read(MAX_BYTES + 1, decode_content=True)
                if len(body) > MAX_BYTES:
                    raise OutboundError(f"more than {MAX_BYTES} bytes")
                return Answer(response.status_code, body.decode(response.encoding or "utf-8", "replace"))
    except (requests.RequestException, OSError) as error:
        raise OutboundError(type(error).__name__) from error
