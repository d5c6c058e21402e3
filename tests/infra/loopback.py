"""An HTTP server on 127.0.0.1, or one of HTTPS, that answers as it is told and remembers what it was asked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

DRIP_SECONDS = 0.01
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Asked:
    """A request as it came in: method, target and headers in one text, and the target alone."""

    path: str
    text: str
    headers: dict[str, str]


def reply(status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    """An answer; a header's name is written with underscores. Content-Length is true unless given."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


class Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them

    def handle_error(self, *_: Any) -> None:
        """A caller that hangs up within TLS is no news."""


class Loopback:
    """Gives its `answers` in turn, the last one for ever."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: list[Answer] = [reply()]
        self.asked: list[Asked] = []
        self.dripped = 0
        """How many bytes have left one by one."""
        self._over = threading.Event()
        self._server = Server(("127.0.0.1", 0), self._handler())
        if tls:
            socket = self._server.socket
            self._server.socket = tls.wrap_socket(socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def silence(self, handler: BaseHTTPRequestHandler) -> None:
        """An answer that does not come before the test is over."""
        self._over.wait()

    def stalling(self, body: bytes) -> Answer:
        """An answer that begins with `body` and then stops."""

        def send(handler: BaseHTTPRequestHandler) -> None:
            reply(200, body, content_length=str(len(body) + 1))(handler)
            self._over.wait()

        return send

    def dripping(self, text: bytes) -> Answer:
        """An answer, headers and all, of which a byte leaves every hundredth of a second."""

        def send(handler: BaseHTTPRequestHandler) -> None:
            for byte in text:
                handler.wfile.write(bytes([byte]))
                self.dripped += 1
                self._over.wait(DRIP_SECONDS)

        return send

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.close_connection = True
                text = f"{self.requestline}\n{self.headers}"
                loopback.asked.append(Asked(self.path, text, {k.lower(): v for k, v in self.headers.items()}))
                turn = min(len(loopback.asked), len(loopback.answers)) - 1
                with suppress(ConnectionError):  # a caller that has heard enough hangs up
                    loopback.answers[turn](self)

            def log_message(self, *_: Any) -> None:
                """Not on the test's output."""

        return Handler
