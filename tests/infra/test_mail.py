"""Sending one mail, by AUTH_SMTP_* or the project's backend (configuration.md 1.6, 5.5)."""

from __future__ import annotations

import gc
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail

from nhost_auth.infra import mail
from nhost_auth.infra.mail import MailNotSent
from tests.infra.mail_server import PASS, USER, MailServer, Received, make_certificate

Start = Callable[..., MailServer]
TO = "ann@example.com"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def start(settings: Any) -> Iterator[Start]:
    """Starts a mail server that AUTH_SMTP_* point to."""
    started = []

    def start_one(**options: Any) -> MailServer:
        server = MailServer(**options)
        server.start()
        started.append(server)
        settings.AUTH_SMTP_HOST, settings.AUTH_SMTP_PORT = "127.0.0.1", server.port
        settings.AUTH_SMTP_SENDER = "Example <auth@example.com>"
        return server

    yield start_one
    for server in started:
        server.stop()
    gc.collect()  # a connection that was left open warns now, not in some later test


@pytest.fixture
def trusted(certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The context of a server whose certificate this process trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return certificate[1]


def log_in(settings: Any) -> None:
    settings.AUTH_SMTP_USER, settings.AUTH_SMTP_PASS = USER, PASS


def send(**changed: Any) -> None:
    mail.send(**{"to": TO, "subject": "Hello", "text": "plain", "html": "<p>html</p>", **changed})


def only(server: MailServer) -> Received:
    [received] = server.post.received
    return received


def test_mail_reaches_a_plain_server(start: Start) -> None:
    server = start()
    send(headers={"X-Email-Template": "signin-otp"})
    received = only(server)
    assert (received.sender, received.recipients) == ("auth@example.com", [TO])
    assert (received.tls, received.login) == (False, False)
    assert received.message["From"] == "Example <auth@example.com>"
    assert received.message["To"] == TO
    assert received.message["Subject"] == "Hello"
    assert received.message["X-Email-Template"] == "signin-otp"
    assert received.message["Date"]


def test_credentials_are_shown_where_they_are_set(start: Start, settings: Any) -> None:
    server = start()
    log_in(settings)
    send()
    assert only(server).login is True
    assert [login[:2] for login in server.post.logins] == [(USER, PASS)]


def test_wrong_credentials_are_an_error_and_nothing_is_sent(start: Start, settings: Any) -> None:
    server = start()
    settings.AUTH_SMTP_USER, settings.AUTH_SMTP_PASS = USER, "wrong"
    with pytest.raises(MailNotSent, match="SMTP"):
        send()
    assert server.post.received == []


@pytest.mark.parametrize("with_login", [False, True])
def test_starttls_is_used_when_offered(start: Start, settings: Any, trusted: ssl.SSLContext, with_login: bool) -> None:
    server = start(tls=trusted)
    if with_login:
        log_in(settings)
    send()
    assert (only(server).tls, only(server).login) == (True, with_login)
    assert server.post.logins == [(USER, PASS, True)] * with_login


def test_tls_from_the_first_byte(start: Start, settings: Any, trusted: ssl.SSLContext) -> None:
    server = start(tls=trusted, implicit=True)
    settings.AUTH_SMTP_SECURE = True
    log_in(settings)
    send()
    assert only(server).login is True


@pytest.mark.parametrize("implicit", [False, True])
def test_certificate_that_is_not_trusted_gets_neither_password_nor_mail(
    start: Start, settings: Any, certificate: tuple[Path, ssl.SSLContext], implicit: bool
) -> None:
    server = start(tls=certificate[1], implicit=implicit)
    settings.AUTH_SMTP_SECURE = implicit
    log_in(settings)
    with pytest.raises(ssl.SSLCertVerificationError):
        send()
    assert (server.post.received, server.post.logins) == ([], [])


def test_certificate_of_another_host_is_not_trusted(start: Start, settings: Any, trusted: ssl.SSLContext) -> None:
    server = start(tls=trusted)
    settings.AUTH_SMTP_HOST = "localhost"
    with pytest.raises(ssl.SSLCertVerificationError):
        send()
    assert server.post.received == []


def test_starttls_that_fails_does_not_fall_back_to_clear_text(
    start: Start, settings: Any, trusted: ssl.SSLContext
) -> None:
    server = start(tls=trusted, broken=True)
    log_in(settings)
    with pytest.raises(MailNotSent, match="SMTP"):
        send()
    assert (server.post.received, server.post.logins) == ([], [])


def test_password_does_not_travel_in_clear_to_another_machine(start: Start, settings: Any) -> None:
    server = start()
    log_in(settings)
    # This machine too, but not by one of the names for which configuration.md 5.5 takes a bare channel.
    settings.AUTH_SMTP_HOST = "127.1"
    with pytest.raises(MailNotSent, match="SMTP"):
        send()
    assert (server.post.received, server.post.logins) == ([], [])


def test_refused_recipient_is_an_error(start: Start) -> None:
    server = start()
    with pytest.raises(MailNotSent, match="SMTP"):
        send(to="refused@example.com")
    assert server.post.received == []


@pytest.mark.parametrize(
    ("subject", "arrives"),
    [
        ("Hi\r\nBcc: evil@example.com", "Hi Bcc: evil@example.com"),
        ("Hi\nBcc: evil@example.com\n\nbody", "Hi Bcc: evil@example.com body"),
        ("Hi\rBcc: evil@example.com", "Hi Bcc: evil@example.com"),
        ("Hi\u2028Bcc: evil@example.com", "Hi Bcc: evil@example.com"),
        ("  Grüße,\t秘密 \n", "Grüße, 秘密"),
        ("word " * 80, ("word " * 80).strip()),
    ],
)
def test_53_subject_stays_one_line_and_adds_no_header(start: Start, subject: str, arrives: str) -> None:
    server = start()
    send(subject=subject)
    received = only(server)
    assert received.message["Subject"] == arrives
    assert received.message["Bcc"] is None
    assert received.recipients == [TO]


@pytest.mark.parametrize(
    "changed",
    [
        {"headers": {"X-Redirect-To": "https://app.example.com\r\nBcc: evil@example.com"}},
        {"to": "ann@example.com\nBcc: evil@example.com"},
    ],
    ids=str,
)
def test_53_line_end_in_another_header_is_an_error(start: Start, changed: dict[str, Any]) -> None:
    server = start()
    with pytest.raises(ValueError, match=r"newlines|linefeed|Invalid address"):
        send(**changed)
    assert server.post.received == []


def test_text_and_html_are_alternatives(start: Start) -> None:
    server = start()
    send(text="Grüße 秘密", html="<p>Grüße 秘密</p>")
    message = only(server).message
    assert message.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part.get_content().strip()) for part in message.iter_parts()]
    assert parts == [("text/plain", "Grüße 秘密"), ("text/html", "<p>Grüße 秘密</p>")]


def test_without_text_the_mail_is_html_alone(start: Start) -> None:
    server = start()
    send(text="", html="<p>Grüße</p>")
    message = only(server).message
    assert (message.get_content_type(), message.get_content_charset()) == ("text/html", "utf-8")
    assert message.get_content().strip() == "<p>Grüße</p>"


@pytest.mark.parametrize(
    ("sender", "envelope", "header"),
    [
        ("shop@example.com", "shop@example.com", "shop@example.com"),
        ("The Shop <shop@example.com>", "shop@example.com", "The Shop <shop@example.com>"),
        ("", "host@example.com", "Host <host@example.com>"),
    ],
)
def test_sender_is_configured_or_the_project_s(
    start: Start, settings: Any, sender: str, envelope: str, header: str
) -> None:
    server = start()
    settings.AUTH_SMTP_SENDER, settings.DEFAULT_FROM_EMAIL = sender, "Host <host@example.com>"
    send()
    assert (only(server).sender, only(server).message["From"]) == (envelope, header)


def test_without_a_host_the_project_s_backend_sends(start: Start, settings: Any) -> None:
    server = start()
    settings.AUTH_SMTP_HOST = ""
    send(headers={"X-Email-Template": "signin-otp"})
    [message] = django_mail.outbox
    assert server.post.received == []
    assert (message.to, message.from_email) == ([TO], "Example <auth@example.com>")
    assert message.extra_headers == {"X-Email-Template": "signin-otp"}


def test_project_s_own_smtp_settings_do_not_reach_ours(start: Start, settings: Any) -> None:
    server = start()
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD, settings.EMAIL_USE_TLS = "host", "host-secret", True
    send()
    assert only(server).login is False
    assert server.post.logins == []
