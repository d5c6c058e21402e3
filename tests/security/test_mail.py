"""What a stranger says reaches no link and no header of a mail, and no markup (OWASP ASVS 5.0, 1.2 and 1.3).

How values are escaped is proven in tests/infra/test_mail_templates.py and test_mail.py.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nhost_auth.models import Account
from tests.conftest import Api, Inbox, Reply
from tests.flows.test_notify import MAILS as ASKED
from tests.ways import ANN

EVIL = "evil.example"
POISON = {
    "HTTP_HOST": EVIL,
    "SERVER_NAME": EVIL,
    "SERVER_PORT": "8443",
    "HTTP_FORWARDED": f"for=1.2.3.4;host={EVIL};proto=http",
    **{f"HTTP_X_{name}": EVIL for name in ("FORWARDED_HOST", "FORWARDED_SERVER", "HOST", "ORIGINAL_HOST")},
    "HTTP_X_FORWARDED_PREFIX": f"//{EVIL}",
    "HTTP_X_FORWARDED_PROTO": "http",
    "HTTP_X_ORIGINAL_URL": f"https://{EVIL}/",
    "HTTP_ORIGIN": f"https://{EVIL}",
    "HTTP_REFERER": f"https://{EVIL}/",
}


def new_password(api: Api, session: Reply) -> Reply:
    return api.post("/user/password", {"newPassword": "Another-horse-8"}, token=session.token)


MAILS: dict[str, Callable[[Api, Reply], Reply]] = {**ASKED, "account-changed": new_password}
every_mail = pytest.mark.parametrize("template", MAILS)


@pytest.fixture
def ann(api: Api, settings: Any) -> Reply:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = settings.AUTH_EMAIL_CHANGE_NOTICES = True
    return api.sign_up(metadata={"x": "<b>"})


def ask(api: Api, session: Reply, inbox: Inbox, template: str) -> Any:
    """The mail as it leaves."""
    Account.objects.update(email_verified=template == "account-changed")
    assert MAILS[template](api, session).status == 200
    sent = inbox.last()
    assert sent.template == template
    return sent.message


def without_secret(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d{6}\b", "secret", text)


@every_mail
def test_52_no_header_of_a_request_reaches_a_mail(
    api: Api, inbox: Inbox, settings: Any, ann: Reply, template: str
) -> None:
    settings.ALLOWED_HOSTS, settings.USE_X_FORWARDED_HOST = ["*"], True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    plain = ask(api, ann, inbox, template)
    session = api.sign_in(password="Another-horse-8" if template == "account-changed" else "Correct-horse-7")
    api._client.defaults.update(POISON)
    poisoned = ask(api, session, inbox, template)
    assert EVIL not in str(poisoned.message())
    for part in ("subject", "body", "from_email", "reply_to", "extra_headers", "alternatives"):
        assert without_secret(str(getattr(poisoned, part))) == without_secret(str(getattr(plain, part)))


def test_52_no_header_of_a_request_reaches_a_provider_or_a_token(api: Api, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.USE_X_FORWARDED_HOST = ["*"], True
    settings.AUTH_PROVIDER_GITHUB_ENABLED, settings.AUTH_PROVIDER_GITHUB_CLIENT_ID = True, "client"
    settings.AUTH_PROVIDER_GITHUB_CLIENT_SECRET = "secret"
    plain = api.sign_up()
    api._client.defaults.update(POISON)
    assert EVIL not in api.get("/signin/provider/github").location
    assert EVIL not in str(api.sign_in().claims)
    assert api.sign_in().claims["iss"] == plain.claims["iss"]


SECRET_KEY_OF_TESTS = "tests-only-"
HOSTILE = {
    "line ends": "Ann\r\nBcc: evil@evil.example\r\n\r\n<p>body</p>",
    "other line ends": "Ann\u2028Bcc: evil@evil.example\x0b\x0c\x85end",
    "markup": "<img src=x onerror=alert(1)><script>alert(1)</script>\"><a href='https://evil.example'>",
    "template": "{{ 77777|add:1 }}{% debug %}{{ settings.SECRET_KEY }}{% include 'nhost_auth/verify.html' %}",
    "Nhost's template": "${ticket}${link}$ticket\\g<0>%(ticket)s",
    "encoded": "=?utf-8?q?Bcc:_evil=40evil.example?=&lt;script&gt;&#60;script&#62;",
}


def own_templates(folder: Path, settings: Any, template: str) -> None:
    """The host's, in Nhost's format, which show the name in every place there is."""
    place = folder / "en" / template
    place.mkdir(parents=True)
    (place / "subject.txt").write_text("For ${displayName}")
    (place / "body.html").write_text('<p title="${displayName}">${displayName}</p>')
    settings.AUTH_EMAIL_TEMPLATES_PATH = str(folder)


@pytest.mark.parametrize("own", [False, True], ids=["ours", "the host's"])
@pytest.mark.parametrize("name", HOSTILE)
@every_mail
def test_53_name_and_metadata_are_text(
    api: Api, inbox: Inbox, settings: Any, tmp_path: Path, ann: Reply, template: str, name: str, own: bool
) -> None:
    hostile = HOSTILE[name]
    # The API takes no such name from anybody but guests; the host may store any.
    Account.objects.update(display_name=hostile, metadata={hostile: hostile})
    if own:
        own_templates(tmp_path, settings, template)
    message = ask(api, ann, inbox, template)
    received: Any = email.message_from_bytes(message.message().as_bytes(), policy=email.policy.default)
    assert received["Bcc"] is None
    assert len(received.get_all("Subject")) == len(received.get_all("To")) == 1
    assert len(str(received["Subject"]).splitlines()) == 1
    html = received.get_body(("html",)).get_content()
    for tag in ("<script", "<img", "<p>body", "href='https://evil", 'href="https://evil'):
        assert tag not in html
    for part in received.walk():
        text = "" if part.is_multipart() else part.get_content()
        assert "77778" not in text
        assert SECRET_KEY_OF_TESTS not in text
    if own and name == "Nhost's template":
        assert "${ticket}" in html


def test_53_address_with_a_line_end_is_none(api: Api, inbox: Inbox, ann: Reply) -> None:
    for address in ("ann@example.com\nBcc: evil@evil.example", "ann@example.com\r\n", '"a\nb"@example.com'):
        assert api.post("/user/password/reset", {**ANN, "email": address}).outcome == (400, "bad-request")
    assert len(inbox) == 0
