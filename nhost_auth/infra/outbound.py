"""The one door for HTTP calls to the outside: time-outs, a bound on the answer, public addresses only.

HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE and SSL_CERT_FILE of the environment are honoured; what may be reached
through a proxy the proxy decides. No call lasts longer than its deadline, but through a SOCKS proxy.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url
from urllib3.util.retry import Retry

from nhost_auth.conf import conf
from nhost_auth.infra.connections import Adapter, Call
from nhost_auth.infra.public_addresses import ensure_public, look_up

TIMEOUT_SECONDS = 10.0
DEADLINE_SECONDS = 30.0
MAX_BYTES = 1024 * 1024


class OutboundError(Exception):
    """The other side cannot be reached, is too slow, or answers too much. The message quotes nothing of the call."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    content_type: str = field(default="", compare=False)
    location: str = field(default="", compare=False)
    """Where a redirect leads; empty where it is none."""

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        try:
            return json.loads(self.text)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def get(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    retry: Retry | None = None,
    timeout: float | None = None,
) -> Answer:
    """GET `url`. Each step is waited for at most `timeout` seconds, TIMEOUT_SECONDS where none are given.

    Raises OutboundError.
    """
    return request("GET", url, timeout=timeout, retry=retry, headers=headers)


def post(
    url: str,
    *,
    data: bytes | Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    basic_auth: tuple[str, str] | None = None,
    timeout: float | None = None,
    trusted: bool = False,
) -> Answer:
    """POST `data` once: bytes as they are, a mapping as a form. Raises OutboundError.

    Each step is waited for at most `timeout` seconds, TIMEOUT_SECONDS where none are given. `basic_auth` is a user
    and a password. `trusted`: the host's own settings name this URL, which may be one behind the firewall.
    """
    # As bytes, for requests would write them as Latin-1 and fail with other letters.
    auth = HTTPBasicAuth(*(part.encode() for part in basic_auth)) if basic_auth else None
    return request("POST", url, timeout=timeout, trusted=trusted, data=data, headers=headers, auth=auth)


def request(
    method: str,
    url: str,
    *,
    timeout: float | None = None,
    retry: Retry | None = None,
    trusted: bool = False,
    **parts: Any,
) -> Answer:
    """Any request; `parts` are those of the library `requests`. Raises OutboundError.

    With all its tries it is over within DEADLINE_SECONDS, or within `timeout` where that is longer.
    """
    patience = timeout or TIMEOUT_SECONDS
    hosts = conf.AUTH_OUTBOUND_PRIVATE_HOSTS
    with Call(max(DEADLINE_SECONDS, patience), trusted=trusted, private_hosts=hosts) as call:
        return _send(call, method, url, retry=retry, timeout=patience, **parts)


def fetch(
    url: str, *, headers: Mapping[str, str], seconds: float, max_bytes: int, redirects: int, insecure: bool = False
) -> Answer:
    """GET a URL that a stranger has named. Raises OutboundError.

    Over within `seconds`, following at most so many `redirects`, with nothing of us but the `headers`. Each hop has
    to be https and at public addresses alone, also where a proxy goes there. `insecure`: none of that, and no
    certificate is verified.
    """
    with Call(seconds, trusted=insecure, private_hosts=()) as call:
        for _ in range(redirects + 1):
            if not insecure:
                _ensure_open_to_strangers(url, call)
            # Or requests would look into ~/.netrc for what to show this host.
            parts: dict[str, Any] = {
                "headers": headers,
                "verify": False if insecure else None,
                "auth": lambda prepared: prepared,
            }
            answer = _send(call, "GET", url, timeout=seconds, max_bytes=max_bytes, **parts)
            if not answer.location:
                return answer
            url = answer.location
    raise OutboundError("too many redirects")


def _ensure_open_to_strangers(url: str, call: Call) -> None:
    """Raises OutboundError. A name that cannot be looked up passes: perhaps a proxy can."""
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
        parts = parse_url(prepared.url or "")
        if parts.scheme != "https" or not parts.host:
            raise OutboundError("not https")
        with suppress(socket.gaierror):
            ensure_public(look_up(parts.host.strip("[]"), parts.port or 443, call.seconds_left))
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise OutboundError(type(error).__name__) from error


def _send(
    call: Call, method: str, url: str, *, retry: Retry | None = None, max_bytes: int = MAX_BYTES, **parts: Any
) -> Answer:
    try:
        with requests.Session() as session:
            for scheme in ("https://", "http://"):
                session.mount(scheme, Adapter(call, retry))
            # requests itself knows the first two of these names only.
            session.verify = os.environ.get("SSL_CERT_FILE") or True
            with session.request(method, url, allow_redirects=False, stream=True, **parts) as response:
                text, target = _text(response, max_bytes), session.get_redirect_target(response)
                location = urljoin(response.url, target) if target else ""
                answer = Answer(response.status_code, text, response.headers.get("Content-Type", ""), location)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise OutboundError("too slow" if call.is_over else type(error).__name__) from error
    if call.is_over:  # an answer may end where its connection does, and then half of it looks whole
        raise OutboundError("too slow")
    return answer


def _text(response: requests.Response, max_bytes: int) -> str:
    body: bytes = response.raw.read(max_bytes + 1, decode_content=True)
    if len(body) > max_bytes:
        raise OutboundError(f"more than {max_bytes} bytes")
    try:
        return body.decode(response.encoding or "utf-8", "replace")
    except (LookupError, ValueError):  # a charset nobody knows
        return body.decode("utf-8", "replace")
