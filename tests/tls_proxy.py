"""A proxy on 127.0.0.1 that says it is every host: it ends TLS itself, with certificates of an authority of its own."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = timedelta(days=30)


@dataclass(frozen=True)
class Asked:
    """A request as it arrived at a host."""

    method: str
    host: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    """By names in lower case."""
    body: bytes = b""

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form; nothing where the body is something else."""
        if not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def place(self) -> tuple[str, str]:
        return self.host, self.path


@dataclass(frozen=True)
class Told:
    """An answer of a host."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Answer = Callable[[Asked], Told]


class Authority:
    """Makes certificates for any host; `bundle` is the file that has to be trusted. All live as long as it does."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bundle = folder, folder / "authority.pem"
        self._key, self._since = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC) - LIFE
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self.bundle.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._new_context(host)
            return self._contexts[host]

    @cached_property
    def _certificate(self) -> x509.Certificate:
        usage = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
        )
        may_sign = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, decipher_only=False, **usage
        )
        return (
            self._builder("Authority of the tests", self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(may_sign, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def _builder(self, subject: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        public = key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._since)
            .not_valid_after(self._since + 2 * LIFE)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )

    def _new_context(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = (
            self._builder("Host of the tests", key)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        plain, unencrypted = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        file = self.folder / f"{host}.pem"
        file.write_bytes(leaf.public_bytes(pem) + key.private_bytes(pem, plain, unencrypted))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


class Proxy(ThreadingMixIn, HTTPServer):
    """Takes CONNECT alone and gives each request behind it to `answer`, in a thread of the connection's own."""

    answer: Answer

    def __init__(self, authority: Authority) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.authority = authority
        self._busy: list[threading.Thread] = []
        self._loop = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1})
        self._loop.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address))
        self._busy.append(thread)
        thread.start()

    def settle(self) -> None:
        """Wait for all that has come in to be over."""
        while self._busy:
            self._busy.pop().join()

    def close(self) -> None:
        self.shutdown()
        self._loop.join()
        self.settle()
        self.server_close()


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy
    host = ""

    def do_CONNECT(self) -> None:
        self.host = self.path.rpartition(":")[0]
        self.send_response(200)
        self.end_headers()
        self._end_streams()
        self.connection = self.server.authority.context(self.host).wrap_socket(
            self.connection, server_side=True, do_handshake_on_connect=False
        )
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.connection.do_handshake()
        self.close_connection = False

    def _answer(self) -> None:
        self.close_connection = True
        parts = urlsplit(self.path)
        asked = Asked(
            self.command,
            self.host,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): text for name, text in self.headers.items()},
            self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )
        told = self.server.answer(asked)
        self.send_response(told.status)
        for name, text in {"Content-Length": str(len(told.body)), **told.headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(told.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815 (http.server's names)

    def handle(self) -> None:
        with suppress(OSError):  # a caller that has heard enough hangs up
            super().handle()

    def finish(self) -> None:
        self._end_streams()
        self.connection.close()

    def _end_streams(self) -> None:
        for stream in (self.rfile, self.wfile):
            with suppress(OSError):
                stream.close()

    def log_message(self, *_: Any) -> None:
        """Not on the test's output."""
