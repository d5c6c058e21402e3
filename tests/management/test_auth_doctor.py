"""The `auth_doctor` command."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command, load_command_class
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.infra.crypto import encrypt
from nhost_auth.management import doctor
from nhost_auth.models import Account, AuditEvent, Role, SigningKey, TotpDevice
from tests.conftest import Api
from tests.management.doctor.test_cache import SharedCache
from tests.strict_settings import be_strict

SUBJECTS = [
    "settings",
    "migrations",
    "indexes",
    "keys",
    "encryption",
    "mail",
    "sms",
    "cache",
    "rate limits",
    "proxy",
    "redirects",
    "clock",
    "users",
    "audit",
    "expired rows",
]
NEEDS_THE_DATABASE = {"migrations", "indexes", "encryption", "clock", "users", "audit", "expired rows"}
READS_A_TABLE_THAT_GROWS = re.compile(r"^SELECT .* FROM .(nhost_auth_(?!signingkey)|auth_user)", re.DOTALL)
BOUNDED = re.compile(r" LIMIT |.number. >= [0-9]+")
OPERATOR = "operator@example.com"


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("auth_doctor", *arguments, stdout=out)
    return out.getvalue()


def found(*arguments: str) -> list[dict[str, str]]:
    """The findings, whatever the exit status."""
    out = io.StringIO()
    with suppress(CommandError):
        call_command("auth_doctor", "--json", *arguments, stdout=out)
    findings: list[dict[str, str]] = json.loads(out.getvalue())
    return findings


def subjects_in_error(*arguments: str) -> set[str]:
    return {finding["subject"] for finding in found(*arguments) if finding["level"] == "error"}


@pytest.fixture
def healthy(db: None, settings: Any) -> None:
    """An installation without a complaint, but that its mails are kept by the tests."""
    be_strict(settings)
    settings.ALLOWED_HOSTS = ["auth.example.com"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.CACHES = {"default": {"BACKEND": f"{SharedCache.__module__}.SharedCache"}}
    settings.AUTH_RATE_LIMIT_STORAGE, settings.SILENCED_SYSTEM_CHECKS = "memory://", ["nhost_auth.W131"]
    settings.EMAIL_BACKEND = "tests.management.test_auth_doctor.KeepingBackend"
    settings.DEFAULT_FROM_EMAIL = "auth@example.com"


class KeepingBackend(EmailBackend):
    """Of another name than Django's, which the doctor knows to send nothing."""


@pytest.fixture
def no_database(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", "/nowhere/at/all")
        patch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        patch.setitem(connection.settings_dict, "PORT", "1")
        yield
        connection.close()


def test_healthy_installation_has_nothing_but_ok_for_every_subject(healthy: None) -> None:
    findings = found("--fail-level", "warning")
    assert {finding["level"] for finding in findings} == {"ok"}
    assert list(dict.fromkeys(finding["subject"] for finding in findings)) == SUBJECTS
    assert printed("--fail-level", "warning")


def test_table_is_grouped_by_subject_with_the_hints_below(healthy: None, settings: Any) -> None:
    settings.AUTH_CLIENT_URL = "https://*.example.com"
    lines = printed().splitlines()
    assert [line for line in lines if not line.startswith(" ")] == SUBJECTS
    start = lines.index("redirects")
    assert lines[start + 1].startswith("  warning  https://*.example.com has a wildcard in its host")
    assert lines[start + 2] == "           -> AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS"


def test_json_tells_level_subject_text_and_hint(healthy: None) -> None:
    assert {tuple(finding) for finding in found()} == {("level", "subject", "text", "hint")}


def test_warnings_fail_where_they_are_asked_to(healthy: None, settings: Any) -> None:
    settings.AUTH_CLIENT_URL = ""
    assert printed()
    with pytest.raises(CommandError, match=r"^Errors: 0, warnings: 2\.$") as failure:
        printed("--fail-level", "warning")
    assert failure.value.returncode == 1


@pytest.mark.parametrize("level", ["warning", "error"])
def test_errors_always_fail(healthy: None, settings: Any, level: str) -> None:
    settings.ALLOWED_HOSTS = []
    with pytest.raises(CommandError, match=r"^Errors: 1, warnings: 0\.$"):
        printed("--fail-level", level)


def test_level_that_is_none_is_refused(healthy: None) -> None:
    with pytest.raises(CommandError, match="fail-level"):
        printed("--fail-level", "ok")


def test_failing_system_check_is_a_finding_and_no_end(healthy: None, settings: Any) -> None:
    settings.AUTH_MFA_REQUIRED_EVERYWHERE = True
    with pytest.raises(SystemCheckError):
        from_the_shell("auth_map")
    with pytest.raises(CommandError, match=r"^Errors: 1, warnings: 0\.$"):
        from_the_shell("auth_doctor")


def from_the_shell(name: str) -> None:
    """As manage.py does, which looks at the system checks before; call_command does not."""
    command = load_command_class("nhost_auth", name)
    options = vars(command.create_parser("manage.py", name).parse_args([]))
    command.execute(**options | {"stdout": io.StringIO()})


def test_without_a_database_the_rest_is_examined(no_database: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["auth.example.com"]
    settings.AUTH_EMAIL_SECRET_HEADERS = False
    findings = found()
    assert {finding["subject"] for finding in findings} == set(SUBJECTS)
    assert {finding["subject"] for finding in findings if finding["level"] == "error"} == NEEDS_THE_DATABASE
    (text,) = [finding["text"] for finding in findings if finding["subject"] == "clock"]
    assert text.startswith("Could not be examined: OperationalError: ")
    assert "\n" not in text


def test_without_a_cache_the_rest_is_examined(healthy: None, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    files = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = {"default": {"BACKEND": files, "LOCATION": str(tmp_path / "file" / "below")}}
    assert subjects_in_error() == {"cache"}


def test_text_of_an_unknown_fault_is_not_shown(healthy: None, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.management.test_auth_doctor.TellingCache"}}
    (text,) = [finding["text"] for finding in found() if finding["subject"] == "cache"]
    assert text == "Could not be examined: ValueError."


class TellingCache(SharedCache):
    def set(self, *_: Any, **_options: Any) -> None:
        raise ValueError("redis://user:secret-7@cache.example.com is no address")


def test_mail_on_trial_is_sent_and_told_among_mail(healthy: None, settings: Any) -> None:
    settings.AUTH_EMAIL_DELIVERY = "now"
    findings = [finding for finding in found("--send-test-mail", OPERATOR) if finding["subject"] == "mail"]
    assert findings[-1]["text"] == "The test mail was handed over."
    (message,) = django_mail.outbox
    assert (message.to, message.from_email) == ([OPERATOR], "auth@example.com")
    assert printed("--send-test-mail", OPERATOR).splitlines().count("mail") == 1


def test_no_mail_leaves_unasked(healthy: None) -> None:
    printed()
    assert not django_mail.outbox


@pytest.mark.parametrize("address", ["", "operator", "a@b.example\nBcc: c@d.example"])
def test_mail_on_trial_needs_an_address(healthy: None, address: str) -> None:
    with pytest.raises(CommandError, match="needs an e-mail address"):
        printed("--send-test-mail", address)
    assert not django_mail.outbox


def test_nothing_is_changed(healthy: None, api: Api) -> None:
    add_people(2, "few")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        printed()
    assert not [
        q["sql"] for q in queries if re.match("INSERT|UPDATE|DELETE|CREATE|ALTER|DROP", q["sql"], re.IGNORECASE)
    ]


def test_many_accounts_ask_no_more_of_the_database(healthy: None, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    SigningKey.objects.ensure_one()
    add_people(2, "few")
    few = queries()
    add_people(1500, "many")
    many = queries()
    assert len(many) == len(few)
    reading = [sql for sql in many if READS_A_TABLE_THAT_GROWS.search(sql)]
    assert len(reading) > 10
    assert not [sql for sql in reading if not BOUNDED.search(sql)]


def queries() -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        printed()
    return [query["sql"] for query in captured]


def add_people(count: int, name: str) -> None:
    users = User.objects.bulk_create(User(username=f"{name}{number}", password="!") for number in range(count))
    users = list(User.objects.filter(username__startswith=name))
    Role.objects.ensure(["user"])
    Account.objects.bulk_create(Account(user=user, locale="en", default_role_id="user") for user in users)
    secret = encrypt("secret")
    TotpDevice.objects.bulk_create(TotpDevice(user=user, name="TOTP", encrypted_secret=secret) for user in users)
    when = Account.objects.values_list("created_at", flat=True)[0]
    AuditEvent.objects.append([AuditEvent(at=when, event="tested") for _ in users])


def test_order_of_the_subjects_is_the_order_they_are_examined_in() -> None:
    assert list(doctor.DIAGNOSES) == SUBJECTS
