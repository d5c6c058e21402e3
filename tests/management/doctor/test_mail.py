"""The mail server, the sender, a mail on trial."""

from __future__ import annotations

import gc
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.core.mail.backends.base import BaseEmailBackend

from nhost_auth.management.doctor import mail as subject
from nhost_auth.management.doctor.finding import Finding
from tests.infra.mail_server import PASS, USER, MailServer, make_certificate
from tests.management.doctor.reading import errors, is_well, texts, warnings

Start = Callable[..., MailServer]
SMTP = "django.core.mail.backends.smtp.EmailBackend"
FRAMEWORK = "django.tasks" if django.VERSION >= (6,) else "django_tasks"
MODULES = "django.core.mail.backends"
OPERATOR = "operator@example.com"


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
        if server._thread is not None:
            server.stop()
    gc.collect()  # a connection that was left open warns now, not in some later test


def sent_to(address: str) -> Finding:
    (finding,) = subject.test_mail_to(address)()
    return finding


def test_server_that_takes_connections_is_well(start: Start) -> None:
    server = start()
    assert is_well(subject)
    assert texts(subject, "ok") == [f"127.0.0.1:{server.port} takes connections."]


def test_server_that_is_down_is_an_error(start: Start) -> None:
    server = start()
    server.stop()
    (text,) = errors(subject)
    assert text.startswith(f"127.0.0.1:{server.port} cannot be used: ")
    assert text.endswith("Connection refused.")


class TellingBackend(BaseEmailBackend):
    """As one that speaks HTTP, whose faults quote the request."""

    def open(self) -> bool:
        raise OSError("https://api.example.com/?key=secret-7 answers 403")

    def send_messages(self, _messages: Any) -> int:
        return int(self.open())


def test_fault_of_another_backend_does_not_show_its_credentials(settings: Any) -> None:
    settings.EMAIL_BACKEND = backend = f"{__name__}.TellingBackend"
    assert errors(subject) == [f"{backend} cannot be used: OSError."]
    assert sent_to(OPERATOR).text == "The test mail was not sent: OSError."


def test_projects_own_smtp_backend_is_asked_too(start: Start, settings: Any) -> None:
    server = start()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", server.port
    settings.AUTH_SMTP_HOST = ""
    assert texts(subject, "ok") == [f"{SMTP} takes connections."]
    server.stop()
    assert len(errors(subject)) == 1


def test_login_is_tried_and_a_wrong_password_not_shown(start: Start, settings: Any) -> None:
    server = start()
    settings.AUTH_SMTP_USER, settings.AUTH_SMTP_PASS = USER, "wrong-secret-7"
    assert errors(subject) == [f"127.0.0.1:{server.port} cannot be used: SMTPAuthenticationError 535."]
    settings.AUTH_SMTP_PASS = PASS
    assert is_well(subject)


def test_tls_is_begun_also_without_a_login(
    start: Start, certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(tls=certificate[1])
    assert "certificate verify failed" in errors(subject)[0]
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert is_well(subject)


@pytest.mark.parametrize("backend", ["console", "dummy", "filebased", "locmem"])
def test_backend_that_sends_nothing_is_for_debugging(settings: Any, backend: str) -> None:
    settings.DEFAULT_FROM_EMAIL = "auth@example.com"
    settings.EMAIL_BACKEND = path = f"{MODULES}.{backend}.EmailBackend"
    assert warnings(subject) == [f"{path} sends nothing."]
    settings.DEBUG = True
    assert is_well(subject)


def test_own_server_goes_before_the_projects_backend(start: Start, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{MODULES}.dummy.EmailBackend"
    start()
    assert is_well(subject)


def test_djangos_made_up_sender_is_a_warning(start: Start, settings: Any) -> None:
    start()
    settings.AUTH_SMTP_SENDER = ""
    assert warnings(subject) == ["Mails come from webmaster@localhost, which many servers refuse."]
    settings.DEFAULT_FROM_EMAIL = "auth@example.com"
    assert is_well(subject)


def test_mail_on_trial_arrives_as_our_mails_do(start: Start) -> None:
    server = start()
    assert (sent_to(OPERATOR).level, sent_to(OPERATOR).text) == ("ok", "The test mail was handed over.")
    received = server.post.received[0]
    assert (received.sender, received.recipients) == ("auth@example.com", [OPERATOR])
    text = received.message.get_body(("plain",))
    assert text is not None
    assert text.get_content().strip() == "This mail shows that https://auth.example.com/v1 can send mails."


def test_mail_on_trial_waits_for_a_worker_where_mails_do(start: Start, settings: Any) -> None:
    server = start()
    settings.AUTH_EMAIL_DELIVERY = "task"
    settings.TASKS = {"default": {"BACKEND": f"{FRAMEWORK}.backends.dummy.DummyBackend"}}
    assert sent_to(OPERATOR).text == "The test mail waits for a worker."
    assert not server.post.received


def test_refused_mail_on_trial_is_an_error_without_the_address(start: Start) -> None:
    start()
    finding = sent_to("refused@example.com")
    assert (finding.level, finding.text) == ("error", "The test mail was not sent: SMTPRecipientsRefused.")


def test_mail_on_trial_to_a_server_that_is_down_is_an_error(start: Start) -> None:
    start().stop()
    assert sent_to(OPERATOR).level == "error"
    assert "Connection refused" in sent_to(OPERATOR).text
