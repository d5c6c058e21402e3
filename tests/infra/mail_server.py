"""An SMTP server on 127.0.0.1 and the certificate it shows, made for the test."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASS = "mailer", "smtp-secret-7"


@dataclass(frozen=True)
class Received:
    """A mail that was taken: the envelope, and whether it came through TLS and after a login."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    tls: bool
    login: bool


class Post:
    """Takes every mail, except for those to refused@example.com."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.logins: list[tuple[str, str, bool]] = []
        """Name, password and whether they came through TLS, for every login that was tried."""
        self.when_addressed: Callable[[], Any] | None = None
        """Called for a mail that has a recipient and is not taken yet."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address == "refused@example.com":
            return "550 no such mailbox"
        if self.when_addressed is not None:
            self.when_addressed()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message: Any = message_from_bytes(envelope.content, policy=policy.default)
        self.received.append(
            Received(
                envelope.mail_from, envelope.rcpt_tos, message, session.ssl is not None, bool(session.authenticated)
            )
        )
        return "250 OK"

    def authenticate(self, _server: Any, session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        name, password = data.login.decode(), data.password.decode()
        self.logins.append((name, password, session.ssl is not None))
        return AuthResult(success=(name, password) == (USER, PASS), handled=False)


class _BrokenStartTls(SMTP):
    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        await self.push("454 TLS not available due to temporary reason")


class MailServer(Controller):
    """`tls` is offered by STARTTLS, or spoken from the first byte where `implicit` is set."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, implicit: bool = False, broken: bool = False) -> None:
        self.post = Post()
        self._smtp = _BrokenStartTls if broken else SMTP
        super().__init__(
            self.post,
            hostname="127.0.0.1",
            port=0,
            ssl_context=tls if implicit else None,
            tls_context=None if implicit else tls,
            authenticator=self.post.authenticate,
            auth_require_tls=False,
        )

    def factory(self) -> SMTP:
        return self._smtp(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        # aiosmtpd looks for itself under the port it was given, which here was "any".
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


def make_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that signs itself: its file, and the context of a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(pem))
    key_file.write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    return certificate_file, context
