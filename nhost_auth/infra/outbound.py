"""The one door for HTTP calls to the outside: time-outs, a bound on the answer, no redirects, public addresses only.

HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE and SSL_CERT_FILE of the environment are honoured.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from nhost_auth.conf import conf

TIMEOUT_SECONDS = 10.0
MAX_BYTES = 1024 * 1024


class OutboundError(Exception):
    """The other side cannot be reached, is too slow, or answers too much. The message quotes nothing of the call."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        try:
            return json.loads(self.text)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


class NotPublic(OSError):
    """An address behind the firewall: what is called from here must not be led there by a name in the DNS."""


class _PublicConnection(HTTPConnection):
    def _new_conn(self) -> Any:
        return _open(self, super()._new_conn)


class _PublicTlsConnection(HTTPSConnection):
    def _new_conn(self) -> Any:
        return _open(self, super()._new_conn)


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicTlsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicTlsConnection


class _PublicAdapter(HTTPAdapter):
    """Through a proxy the proxy decides what may be reached."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PublicPool, "https": _PublicTlsPool}


def _open(connection: HTTPConnection, connect: Callable[[], Any]) -> Any:
    """A socket to a public address, or to a listed host. Raises NotPublic.

    The host is that of the connection: what a URL seems to say can be read in more than one way.
    """
    if connection.host in [host.lower() for host in conf.AUTH_OUTBOUND_PRIVATE_HOSTS]:
        return connect()
    found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    if not all(_is_public(str(address[0])) for *_, address in found):
        raise NotPublic("not a public address")  # before anything knocks at a door behind the firewall
    opened = connect()
    if not _is_public(opened.getpeername()[0]):  # connecting looks up again, and can be given another address
        opened.close()
        raise NotPublic("not a public address")
    return opened


def _is_public(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_global


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
    """Any request; `parts` are those of the library `requests`. Raises OutboundError."""
    adapter = (HTTPAdapter if trusted else _PublicAdapter)(max_retries=retry or 0)
    try:
        with requests.Session() as session:
            for scheme in ("https://", "http://"):
                session.mount(scheme, adapter)
            # requests itself knows the first two of these names only.
            session.verify = os.environ.get("SSL_CERT_FILE") or True
            with session.request(
                method, url, timeout=timeout or TIMEOUT_SECONDS, allow_redirects=False, stream=True, **parts
            ) as response:
                return Answer(response.status_code, _text(response))
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise OutboundError(type(error).__name__) from error


def _text(response: requests.Response) -> str:
    body: bytes = response.raw.read(MAX_BYTES + 1, decode_content=True)
    if len(body) > MAX_BYTES:
        raise OutboundError(f"more than {MAX_BYTES} bytes")
    try:
        return body.decode(response.encoding or "utf-8", "replace")
    except (LookupError, ValueError):  # a charset nobody knows
        return body.decode("utf-8", "replace")
