"""A Have I Been Pwned of our own on loopback (accounts.md 1.13)."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nhost_auth.infra import hibp


@contextmanager
def leak_database(monkeypatch: pytest.MonkeyPatch, *leaked: str, status: int = 200) -> Iterator[list[str]]:
    """Answers for the database with `leaked` in it; yields the paths that were asked for."""
    asked: list[str] = []
    digests = [hashlib.sha1(password.encode()).hexdigest().upper() for password in leaked]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            prefix = self.path.rpartition("/")[2]
            lines = [f"{digest[5:]}:3" for digest in digests if digest.startswith(prefix)]
            body = "\r\n".join(lines).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(hibp, "RANGE_URL", f"http://127.0.0.1:{server.server_port}/range/")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
