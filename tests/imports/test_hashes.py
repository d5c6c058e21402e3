"""Hashes from elsewhere: each is recognised at the next sign-in, or refused at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, is_password_usable, make_password
from passlib import hash as crypt

from nhost_auth.imports import hashes
from nhost_auth.imports.hashes import UnusableHash, to_django
from tests.imports.nhost_database import bcrypted

HASHERS = [
    "tests.hashers.CheapArgon2idHasher",
    "django.contrib.auth.hashers.BCryptPasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "nhost_auth.hashers.ModularCryptHasher",
]
PASSWORD = "Old-horse-battery-9"
BCRYPT = bcrypted(PASSWORD)
ARGON2 = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$0WTTwp4fjHpUELYr5jPTmpYJJQwYhxBq7l1VrTYEpRM"


class Unfounded(PBKDF2PasswordHasher):
    algorithm = "unfounded"
    library = ("nowhere", "nowhere_at_all")


@pytest.fixture(autouse=True)
def every_hasher(settings: Any) -> None:
    settings.PASSWORD_HASHERS = HASHERS


@pytest.mark.parametrize("name", ["argon2", "bcrypt", "bcrypt_sha256", "pbkdf2_sha256", "scrypt", "md5"])
def test_django_s_own_formats_stay_as_they_are(name: str) -> None:
    encoded = make_password(PASSWORD, hasher=name)
    assert to_django(encoded) == encoded
    assert check_password(PASSWORD, encoded)


@pytest.mark.parametrize("prefix", ["2a", "2b", "2y"])
def test_bcrypt_becomes_django_s(prefix: str) -> None:
    encoded = to_django(bcrypted(PASSWORD, prefix))
    assert encoded == f"bcrypt${bcrypted(PASSWORD, prefix)}"
    assert check_password(PASSWORD, encoded)


def test_argon2_becomes_django_s() -> None:
    from argon2 import PasswordHasher

    hashed = PasswordHasher(1, 8, 1).hash(PASSWORD)
    assert to_django(hashed) == f"argon2{hashed}"
    assert check_password(PASSWORD, to_django(hashed))


@pytest.mark.parametrize(
    "hashed",
    [
        crypt.sha512_crypt.using(rounds=1000).hash(PASSWORD),
        crypt.sha256_crypt.using(rounds=1000).hash(PASSWORD),
        crypt.pbkdf2_sha256.using(rounds=1).hash(PASSWORD),
        crypt.scrypt.using(rounds=4).hash(PASSWORD),
        crypt.phpass.using(rounds=7).hash(PASSWORD),
        crypt.md5_crypt.hash(PASSWORD),
    ],
    ids=lambda hashed: hashed.split("$")[1],
)
def test_modular_crypt_is_kept_and_recognised(hashed: str) -> None:
    encoded = to_django(hashed)
    assert encoded.endswith(hashed)
    assert check_password(PASSWORD, encoded)
    assert not check_password("another", encoded)


@pytest.mark.parametrize("none", ["", "!", "!abcdef"])
def test_no_password_is_one_that_nothing_matches(none: str) -> None:
    assert not is_password_usable(to_django(none))


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (BCRYPT[:-1], "password-hash-malformed"),
        (BCRYPT + "a", "password-hash-malformed"),
        (BCRYPT[:28] + "/" + BCRYPT[29:], "password-hash-malformed"),
        (BCRYPT.replace("$04$", "$31$"), "password-hash-malformed"),
        ("bcrypt$" + BCRYPT[:-1], "password-hash-malformed"),
        ("bcrypt$" + BCRYPT.replace("$04$", "$31$"), "password-hash-malformed"),
        ("bcrypt_sha256$" + BCRYPT[:28] + "/" + BCRYPT[29:], "password-hash-malformed"),
        ("bcrypt", "password-hash-malformed"),
        ("$argon2id$v=19$m=8,t=1", "password-hash-malformed"),
        (ARGON2.replace("t=1", "t=x"), "password-hash-malformed"),
        (ARGON2.replace("c29tZXNhbHQ", "c29tZXNhbHQ*"), "password-hash-malformed"),
        ("pbkdf2_sha256$x$salt$hash", "password-hash-malformed"),
        ("pbkdf2_sha256$1", "password-hash-malformed"),
        ("scrypt$3$salt$8$1$hash", "password-hash-malformed"),
        ("scrypt$1073741824$salt$8$1$hash", "password-hash-malformed"),
        ("$6$salt$short", "password-hash-malformed"),
        ("$9$what$ever", "password-hash-malformed"),
        ("$", "password-hash-malformed"),
        ("sha1$salt$0a0a", "password-hasher-missing"),
        ("hunter2", "password-hash-unknown"),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "password-hash-unknown"),
        ("{SSHA}abc", "password-hash-unknown"),
    ],
)
def test_damaged_hash_is_refused(damaged: str, reason: str) -> None:
    with pytest.raises(UnusableHash) as caught:
        to_django(damaged)
    assert str(caught.value) == reason


@pytest.mark.parametrize("hashed", [BCRYPT, ARGON2, "$6$salt$" + "x" * 86, "md5$salt$hash"])
def test_hash_that_the_project_has_no_hasher_for_is_refused(settings: Any, hashed: str) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    with pytest.raises(UnusableHash, match="password-hasher-missing"):
        to_django(hashed)


def test_library_that_is_missing_is_told(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [*HASHERS[1:], "tests.imports.test_hashes.Unfounded"]
    assert hashes.has_hasher("bcrypt")
    assert not hashes.has_hasher("unfounded")
    assert not hashes.has_hasher("argon2")
    with pytest.raises(UnusableHash, match="password-library-missing"):
        to_django("unfounded$1$a$b")
