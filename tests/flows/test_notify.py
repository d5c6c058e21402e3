"""What stands in the mails: headers, link, variables, language (accounts.md 1.17; configuration.md 5.2, 5.3, 5.5).

Each endpoint's own test proves when its mail is sent; the texts are proven in tests/infra.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.test import Client

from nhost_auth.models import Account
from tests.conftest import PREFIX, Api, Inbox, Mail, Reply

ANN, TYPED, NEW = "ann@example.com", "Ann@Example.com", "new@example.com"
TARGET = "https://app.example.com/in?x=1&y=%26#top"
OPTIONS = {"redirectTo": TARGET}
VARIABLES = ["clientUrl", "displayName", "email", "link", "locale", "newEmail", "redirectTo", "serverUrl", "ticket"]

# Every mail, and how a user comes to get it.
MAILS: dict[str, Callable[[Api, Reply], Reply]] = {
    "email-verify": lambda api, _: api.post(
        "/user/email/send-verification-email", {"email": TYPED, "options": OPTIONS}
    ),
    "signin-passwordless": lambda api, _: api.post("/signin/passwordless/email", {"email": TYPED, "options": OPTIONS}),
    "signin-otp": lambda api, _: api.post("/signin/otp/email", {"email": TYPED, "options": OPTIONS}),
    "email-confirm-change": lambda api, me: api.post(
        "/user/email/change", {"newEmail": NEW, "options": OPTIONS}, token=me.token
    ),
    "password-reset": lambda api, _: api.post("/user/password/reset", {"email": TYPED, "options": OPTIONS}),
}
every_mail = pytest.mark.parametrize("template", list(MAILS))


@pytest.fixture(autouse=True)
def switched_on(settings: Any) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True


def get(api: Api, inbox: Inbox, template: str, **options: Any) -> Mail:
    """The mail, sent to Ann, who signs up for it."""
    assert MAILS[template](api, api.sign_up(ANN, **options)).status == 200
    (mail,) = inbox.to(NEW if template == "email-confirm-change" else TYPED)
    return mail


def headers_of(mail: Mail) -> dict[str, str]:
    return {name: str(value) for name, value in mail.message.message().items() if name.startswith("X-")}


@every_mail
def test_headers_name_template_target_ticket_and_link(api: Api, inbox: Inbox, template: str) -> None:
    mail = get(api, inbox, template)
    assert headers_of(mail) == {
        "X-Email-Template": template,
        "X-Redirect-To": TARGET,
        "X-Ticket": mail.ticket,
        "X-Link": mail.link,
    }
    assert mail.ticket


@every_mail
def test_secrets_stay_out_of_the_headers_where_they_shall(api: Api, inbox: Inbox, settings: Any, template: str) -> None:
    settings.AUTH_EMAIL_SECRET_HEADERS = False
    mail = get(api, inbox, template)
    assert headers_of(mail) == {"X-Email-Template": template, "X-Redirect-To": TARGET}
    assert ("/verify?" in mail.message.body) is (template != "signin-otp")


@pytest.mark.parametrize("content", ['{"category": ["auth"]}', ""])
def test_smtpapi_header_is_passed_on_where_it_is_set(api: Api, inbox: Inbox, settings: Any, content: str) -> None:
    settings.AUTH_SMTP_X_SMTPAPI_HEADER = content
    assert headers_of(get(api, inbox, "password-reset")).get("X-SMTPAPI", "") == content


@every_mail
def test_template_is_given_nhosts_variables(
    api: Api, inbox: Inbox, settings: Any, tmp_path: Path, template: str
) -> None:
    folder = tmp_path / "fr" / template
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text(json.dumps({name: f"${{{name}}}" for name in VARIABLES}))
    (folder / "body.html").write_text("${code}")
    settings.AUTH_EMAIL_TEMPLATES_PATH = str(tmp_path)
    mail = get(api, inbox, template, displayName="Ann", locale="fr")
    change = template == "email-confirm-change"
    assert json.loads(mail.message.subject) == {
        "clientUrl": "https://app.example.com",
        "displayName": "Ann",
        "email": ANN if change else TYPED,
        "link": mail.link,
        "locale": "fr",
        "newEmail": NEW if change else "",
        "redirectTo": TARGET,
        "serverUrl": "https://auth.example.com/v1",
        "ticket": mail.ticket,
    }
    assert mail.html == ""


@pytest.mark.parametrize(
    ("server_url", "before", "after_target"),
    [
        ("https://auth.example.com/v1", "https://auth.example.com/v1/verify?", ""),
        ("https://auth.example.com/v1/", "https://auth.example.com/v1/verify?", ""),
        ("https://auth.example.com", "https://auth.example.com/verify?", ""),
        ("http://127.0.0.1:4000/a%20b/v1", "http://127.0.0.1:4000/a%20b/v1/verify?", ""),
        ("https://auth.example.com/v1?tenant=a", "https://auth.example.com/v1/verify?", "&tenant=a"),
        ("https://auth.example.com/?tag=&b=%26+", "https://auth.example.com/verify?b=%26+&", "&tag="),
        ("https://auth.example.com?ticket=x&redirectTo=y", "https://auth.example.com/verify?", ""),
    ],
)
def test_link_keeps_path_and_query_of_the_servers_address(
    api: Api, inbox: Inbox, settings: Any, server_url: str, before: str, after_target: str
) -> None:
    settings.AUTH_SERVER_URL = server_url
    mail = get(api, inbox, "password-reset")
    target = "redirectTo=https%3A%2F%2Fapp.example.com%2Fin%3Fx%3D1%26y%3D%2526%23top"
    ticket = mail.ticket.replace(":", "%3A")
    assert mail.link == f"{before}{target}{after_target}&ticket={ticket}&type=passwordReset"


@pytest.mark.parametrize(
    ("locale", "subject"),
    [("en", "Reset your password"), ("fr", "Réinitialisation de votre mot de passe"), ("tlh", "Reset your password")],
)
def test_language_is_the_users_and_not_the_browsers(
    api: Api, inbox: Inbox, settings: Any, locale: str, subject: str
) -> None:
    settings.AUTH_LOCALE_ALLOWED_LOCALES = ["en", "fr", "tlh"]
    api.sign_up(locale=locale)
    api.post("/user/password/reset", {"email": ANN}, headers={"Accept-Language": "es"})
    assert inbox.last().message.subject == subject


@every_mail
def test_53_name_is_text_wherever_it_stands(
    api: Api, inbox: Inbox, settings: Any, tmp_path: Path, template: str
) -> None:
    hostile = "Ann\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>"
    session = api.sign_up()
    # A guest's name has no bounds, and the host may give any.
    Account.objects.update(display_name=hostile)
    assert MAILS[template](api, session).status == 200
    sent = inbox.last()
    assert sent.message.message()["Bcc"] is None
    assert "<script" not in sent.html
    folder = tmp_path / "en" / template
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("For ${displayName}")
    (folder / "body.html").write_text("<p>${displayName}</p>")
    settings.AUTH_EMAIL_TEMPLATES_PATH = str(tmp_path)
    assert MAILS[template](api, session).status == 200
    own = inbox.last()
    assert own.message.subject == "For Ann Bcc: evil@example.com <script>alert(1)</script>"
    assert own.message.message()["Bcc"] is None
    assert "&lt;script&gt;" in own.html
    assert "<script" not in own.html


@every_mail
def test_mail_leaves_once_what_it_tells_of_is_committed(
    api: Api, django_capture_on_commit_callbacks: Callable[..., Any], template: str
) -> None:
    session = api.sign_up()
    client = Client(headers={"Authorization": f"Bearer {session.token}"})

    class Uncommitted(Api):
        def call(self, method: str, path: str, body: Any = None, **_: Any) -> Reply:
            return Reply(client.generic(method, PREFIX + path, json.dumps(body), "application/json"))

    with django_capture_on_commit_callbacks() as waiting:
        assert MAILS[template](Uncommitted(django_capture_on_commit_callbacks), session).status == 200
        assert django_mail.outbox == []
    for callback in waiting:
        callback()
    assert [Mail(message).template for message in django_mail.outbox] == [template]
