"""The one door for HTTP calls to the outside: time-outs, a bound on the answer, no redirects.

HTTPS_PROXY and REQUESTS_CA_BUNDLE of the environment are honoured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

TIMEOUT_SECONDS = 10.0
MAX_BYTES = 1024 * 1024


class OutboundError(Exception):
    """The other side cannot be reached, is too slow, or answers too much. The message quotes nothing of the call."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


def get(
    url: str, *, headers: Mapping[str, str] | None = None, retry: Retry | None = None, timeout: float | None = None
) -> Answer:
    """GET `url`. Each step is waited for at most `timeout` seconds, TIMEOUT_SECONDS where none are given.

    Raises OutboundError.
    """
    return _request("GET", url, timeout=timeout or TIMEOUT_SECONDS, retry=retry, headers=headers)


def post(
    url: str,
    *,
    data: bytes | Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    basic_auth: tuple[str, str] | None = None,
    timeout: float | None = None,
) -> Answer:
    """POST `data` once: bytes as they are, a mapping as a form. Raises OutboundError.

    Each step is waited for at most `timeout` seconds, TIMEOUT_SECONDS where none are given. `basic_auth` is a user
    and a password.
    """
    # As bytes, for requests would write them as Latin-1 and fail with other letters.
    auth = HTTPBasicAuth(*(part.encode() for part in basic_auth)) if basic_auth else None
    return _request("POST", url, timeout=timeout or TIMEOUT_SECONDS, data=data, headers=headers, auth=auth)


def _request(method: str, url: str, *, timeout: float, retry: Retry | None = None, **parts: Any) -> Answer:
    try:
        with requests.Session() as session:
            if retry is not None:
                session.mount(url, HTTPAdapter(max_retries=retry))
            with session.request(method, url, timeout=timeout, allow_redirects=False, stream=True, **parts) as response:
                return Answer(response.status_code, _text(response))
    except (requests.RequestException, HTTPError, OSError) as error:
        raise OutboundError(type(error).__name__) from error


def _text(response: requests.Response) -> str:
    body: bytes = response.raw.read(MAX_BYTES + 1, decode_content=True)
    if len(body) > MAX_BYTES:
        raise OutboundError(f"more than {MAX_BYTES} bytes")
    try:
        return body.decode(response.encoding or "utf-8", "replace")
    except (LookupError, ValueError):  # a charset nobody knows
        return body.decode("utf-8", "replace")
