"""`auth_import_users`: a file of JSON lines, after which its people sign in with the passwords they had."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from passlib import hash as crypt

from nhost_auth.models import Account
from tests.conftest import Api
from tests.imports.importing import import_lines
from tests.imports.nhost_database import PASSWORD, bcrypted

pytestmark = pytest.mark.django_db

FORMS = {
    "bcrypt": bcrypted(),
    "sha512_crypt": crypt.sha512_crypt.using(rounds=1001).hash(PASSWORD),
    "pbkdf2-sha256": crypt.pbkdf2_sha256.using(rounds=2).hash(PASSWORD),
    "scrypt": crypt.scrypt.using(rounds=4).hash(PASSWORD),
    "django": "md5$salt$" + hashlib.md5(f"salt{PASSWORD}".encode()).hexdigest(),
}


@pytest.fixture(autouse=True)
def prepared(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "tests.hashers.CheapArgon2idHasher",
        "django.contrib.auth.hashers.BCryptPasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "nhost_auth.hashers.ModularCryptHasher",
    ]


@pytest.mark.parametrize("form", FORMS)
def test_password_of_any_form_signs_in_and_its_hash_is_replaced(api: Api, tmp_path: Path, form: str) -> None:
    import_lines(tmp_path, {"email": "ann@example.com", "passwordHash": FORMS[form]})
    assert api.sign_in(password="Wrong-horse-7").outcome == (401, "invalid-email-password")
    assert not Account.objects.get().user.password.startswith("argon2$")
    assert api.sign_in(password=PASSWORD).status == 200
    assert Account.objects.get().user.password.startswith("argon2$")
    assert api.sign_in(password=PASSWORD).status == 200


def test_lines_may_come_through_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = io.TextIOWrapper(io.BytesIO(b'{"email": "ann@example.com"}\n'))
    monkeypatch.setattr(sys, "stdin", lines)
    call_command("auth_import_users", "-", stdout=io.StringIO())
    assert Account.objects.get().email == "ann@example.com"
    assert not lines.closed


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    line = {"email": "ann@example.com", "roles": ["boss"]}
    dry = import_lines(tmp_path, line, arguments=("--dry-run",))
    assert not Account.objects.exists()
    assert dry == import_lines(tmp_path, line) + "This was a dry run: nothing was written.\n"


def test_every_skipped_line_is_written_to_the_report(tmp_path: Path) -> None:
    report = tmp_path / "skipped.jsonl"
    import_lines(tmp_path, *["x"] * 30, arguments=("--report", str(report)))
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    assert rows == [{"table": "users", "row": f"line {number}", "reason": "not-json"} for number in range(1, 31)]


def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("auth_import_users", str(tmp_path / "nowhere"))


def test_hash_that_no_column_holds_is_left_out(tmp_path: Path) -> None:
    hashed = crypt.pbkdf2_sha512.using(rounds=2).hash(PASSWORD)
    long = hashed.replace("$2$", "$25000$")
    assert "line 1: password-hash-too-long" in import_lines(
        tmp_path, {"email": "ann@example.com", "passwordHash": long}
    )
