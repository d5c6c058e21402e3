"""Users who cannot sign in."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from nhost_auth.management.doctor import users as subject
from tests.conftest import Api
from tests.management.doctor.reading import errors, findings, is_well, texts, warnings

pytestmark = pytest.mark.django_db
PBKDF2 = "django.contrib.auth.hashers.PBKDF2PasswordHasher"


def add_users(count: int, password: str = "!") -> None:
    User.objects.bulk_create(User(username=f"{password}{number}", password=password) for number in range(count))


def test_users_with_accounts_are_well(api: Api) -> None:
    api.sign_up()
    assert is_well(subject)
    assert texts(subject, "ok")[-1] == "PASSWORD_HASHERS reads all of 1 passwords looked at."


def test_users_without_accounts_are_counted_until_migrate_takes_them_in() -> None:
    add_users(3)
    assert warnings(subject) == ["Users without an account, who cannot sign in here: 3."]
    assert "manage.py migrate" in {finding.hint for finding in findings(subject)}
    call_command("migrate", verbosity=0)
    assert is_well(subject)


def test_count_has_an_end() -> None:
    add_users(1000)
    assert warnings(subject)[0].endswith("sign in here: 1000.")
    add_users(1, "!more")
    assert warnings(subject)[0].endswith("sign in here: more than 1000.")


def test_hash_without_a_hasher_is_an_error(settings: Any) -> None:
    add_users(2, "scrypt$16384$salt$8$1$hash")
    add_users(1, "pbkdf2_sha256$1$salt$hash")
    assert errors(subject) == ["No hasher of PASSWORD_HASHERS reads 2 of 3 passwords looked at: scrypt."]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", PBKDF2]
    assert not errors(subject)


@pytest.mark.parametrize("stored", ["hunter2", "Pa$$word", "hunter2$x"])
def test_password_in_clear_is_an_error_and_not_shown(stored: str) -> None:
    add_users(1, stored)
    (text,) = errors(subject)
    assert text.endswith(": of no form that is known.")


@pytest.mark.parametrize("stored", ["", "!", "!random"])
def test_unusable_passwords_are_not_asked(stored: str) -> None:
    add_users(1, stored)
    assert not errors(subject)
    assert "PASSWORD_HASHERS reads all of 0 passwords looked at." in texts(subject, "ok")


def test_sample_has_an_end_and_looks_at_the_oldest_and_the_newest() -> None:
    add_users(1, "md5$")
    add_users(1000, "sha1$")
    add_users(1, "scrypt$")
    told = "No hasher of PASSWORD_HASHERS reads {} of 1000 passwords looked at: {}."
    assert errors(subject) == [told.format(*found) for found in ((1, "md5"), (1, "scrypt"), (998, "sha1"))]
