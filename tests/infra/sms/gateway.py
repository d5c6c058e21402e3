"""A gateway on loopback: takes POSTs and remembers them, answers as it is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from tests.infra.loopback import Loopback

CODE = "123456"
TEXT = f"Your code is {CODE}."
NUMBER = "+12025550143"
REFUSALS = [301, 302, 307, 400, 401, 404, 429, 500, 503]
SHORT_TIMEOUT = 0.1


@dataclass(frozen=True)
class Posted:
    path: str
    body: bytes
    headers: dict[str, str]


class Gateway(Loopback):
    def __init__(self) -> None:
        self.posted: list[Posted] = []
        super().__init__()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self
        base: type[BaseHTTPRequestHandler] = super()._handler()

        class Handler(base):  # type: ignore[valid-type, misc]
            def do_POST(self) -> None:  # noqa: N802 - the base class is not seen through
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.posted.append(Posted(self.path, body, {k.lower(): v for k, v in self.headers.items()}))
                self.do_GET()

        return Handler


def garbage(handler: BaseHTTPRequestHandler) -> None:
    """An answer that is no HTTP."""
    handler.wfile.write(b"\x00\xffgarbage\r\n\r\n")


@contextmanager
def nobody() -> Iterator[str]:
    """An address where connections are refused: bound but not listening, so that nobody else takes the port."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{reserved.getsockname()[1]}"
