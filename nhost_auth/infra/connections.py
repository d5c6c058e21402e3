"""Connections to the outside: by when a call is over, and to which addresses it may go.

The address that is looked at is the one that is gone to: a name may lead elsewhere when it is looked up again.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from math import inf
from threading import Timer
from time import monotonic
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.retry import Retry

from nhost_auth.infra.public_addresses import Found, ensure_public, look_up

Opener = Callable[[HTTPConnection, str], socket.socket]


class Call:
    """What belongs to one call: its deadline, and whom it may reach.

    A time-out is for each step, and who sends a byte now and then is never late. So a timer shuts the socket.
    """

    def __init__(self, seconds: float, *, trusted: bool, private_hosts: Collection[str]) -> None:
        self.trusted, self.private_hosts = trusted, private_hosts
        self.is_over = False
        self._ends_at = monotonic() + seconds
        self._opened: list[socket.socket] = []
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()  # or it could shut a number that is somebody else's by now
        for opened in self._opened:
            opened.close()

    @property
    def seconds_left(self) -> float:
        """Raises TimeoutError where there are none."""
        seconds = self._ends_at - monotonic()
        if self.is_over or seconds <= 0:
            raise TimeoutError
        return seconds

    def open(self, connection: HTTPConnection, host: str) -> socket.socket:
        """A socket to where a URL leads. The host is that of the connection: URLs can be read in more than one way.

        `host` has the dot at its end that the connection's own name has lost: it keeps a name from being completed.
        Raises NotPublic, and what urllib3 raises where nobody can be reached.
        """
        listed = connection.host in [host.lower() for host in self.private_hosts]
        return self._open(connection, host, None if self.trusted or listed else ensure_public)

    def open_proxy(self, connection: HTTPConnection, host: str) -> socket.socket:
        """A socket to a proxy of the environment."""
        return self._open(connection, host, None)

    def _open(
        self, connection: HTTPConnection, host: str, ensure: Callable[[list[Found]], None] | None
    ) -> socket.socket:
        try:
            found = look_up(host, connection.port or 0, self.seconds_left)
        except socket.gaierror as error:
            raise NewConnectionError(connection, "no such name") from error
        if ensure:
            ensure(found)
        opened = self._connect(connection, found)
        self._opened.append(opened.dup())  # TLS takes the socket itself over
        if self.is_over:
            self._end()
        return opened

    def _connect(self, connection: HTTPConnection, found: list[Found]) -> socket.socket:
        failure: Exception = NewConnectionError(connection, "no address")
        for entry in found:
            try:
                return self._dial(connection, entry)
            except TimeoutError:
                failure = ConnectTimeoutError(connection, "timed out")
            except OSError as error:
                failure = NewConnectionError(connection, type(error).__name__)
        raise failure

    def _dial(self, connection: HTTPConnection, entry: Found) -> socket.socket:
        family, kind, protocol, _, address = entry
        opened = socket.socket(family, kind, protocol)
        try:
            for option in connection.socket_options or ():
                opened.setsockopt(*option)
            opened.settimeout(min(self.seconds_left, float(connection.timeout or inf)))
            opened.connect(address)
            opened.settimeout(connection.timeout)
        except BaseException:
            opened.close()
            raise
        return opened

    def _end(self) -> None:
        self.is_over = True
        for opened in self._opened:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)


class _Connection(HTTPConnection):
    def __init__(self, *args: Any, opener: Opener, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opener = opener

    def _new_conn(self) -> socket.socket:
        return self.opener(self, self._dns_host)


class _TlsConnection(HTTPSConnection):
    def __init__(self, *args: Any, opener: Opener, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opener = opener

    def _new_conn(self) -> socket.socket:
        return self.opener(self, self._dns_host)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def _pools(opener: Opener) -> dict[str, Any]:
    return {"http": partial(_Pool, opener=opener), "https": partial(_TlsPool, opener=opener)}


class Adapter(HTTPAdapter):
    def __init__(self, call: Call, retry: Retry | None) -> None:
        self.call = call
        super().__init__(max_retries=retry or 0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self.call.open)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        if isinstance(manager, ProxyManager):  # not one of SOCKS, which opens in a way of its own
            manager.pool_classes_by_scheme = _pools(self.call.open_proxy)
        return manager
