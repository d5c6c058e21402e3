"""Passwords: rules for new ones, hashing, comparing (accounts.md 1.13, configuration.md 4.6, 7.9)."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from django.conf import Settings
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import get_hashers, get_hashers_by_algorithm

from nhost_auth.flows import passwords
from nhost_auth.models import Account
from tests.conftest import PASSWORD, Api

CHEAP_ARGON2 = "tests.hashers.CheapArgon2idHasher"
CHEAP_BCRYPT = "tests.flows.cheap_hashers.CheapBcryptHasher"
CHEAP_BCRYPT_SHA256 = "tests.flows.cheap_hashers.CheapBcryptSHA256Hasher"
WRONG = (401, "invalid-email-password")
NFC, NFD = unicodedata.normalize("NFC", "Crème-brûlée-7"), unicodedata.normalize("NFD", "Crème-brûlée-7")


def stored() -> str:
    return str(get_user_model().objects.get().password)


def store(text: str) -> None:
    get_user_model().objects.update(password=text)


def imported(password: str | bytes, version: str = "2b") -> str:
    """A hash as it stands in Nhost's database, under Django's prefix."""
    raw = password.encode() if isinstance(password, str) else password
    return "bcrypt$" + bcrypt.hashpw(raw, bcrypt.gensalt(4)).decode().replace("$2b$", f"${version}$")


@pytest.mark.parametrize(
    ("password", "outcome"),
    [
        ("eightby", (400, "password-too-short")),
        ("eightbyt", (200, None)),
        ("ééé", (400, "password-too-short")),
        ("éééx", (400, "password-too-short")),
        ("éééxx", (200, None)),
        ("😀😀", (200, None)),
    ],
)
def test_least_length_counts_bytes(api: Api, settings: Any, password: str, outcome: tuple[int, str | None]) -> None:
    settings.AUTH_PASSWORD_MIN_LENGTH = 8
    assert api.sign_up(password=password).outcome == outcome


@pytest.mark.parametrize(
    ("greatest", "password", "status"),
    [
        (50, "x" * 50, 200),
        (50, "x" * 51, 400),
        (50, "é" * 50, 200),
        (50, "😀" * 25, 200),
        (50, "😀" * 25 + "x", 400),
        (128, "x" * 128, 200),
        (128, "x" * 129, 400),
    ],
)
def test_2_greatest_length_counts_utf_16_units(
    api: Api, settings: Any, greatest: int, password: str, status: int
) -> None:
    settings.AUTH_PASSWORD_MAX_LENGTH = greatest
    reply = api.sign_up(password=password)
    assert reply.status == status
    assert status == 200 or reply.json["reason"] == f"maximum string length is {greatest}"


@pytest.mark.parametrize("length", [64, 128])
@pytest.mark.parametrize("hasher", [CHEAP_ARGON2, CHEAP_BCRYPT_SHA256])
def test_2_no_character_of_a_long_password_is_cut_off(api: Api, settings: Any, hasher: str, length: int) -> None:
    settings.AUTH_PASSWORD_MAX_LENGTH, settings.PASSWORD_HASHERS = length, [hasher]
    same = "x" * (length - 1)
    api.sign_up(password=f"{same}y")
    assert api.sign_in(password=f"{same}z").outcome == WRONG
    assert api.sign_in(password=f"{same}y").status == 200


def test_2_bcrypt_hash_does_not_match_by_what_stands_before_a_nul(api: Api, settings: Any) -> None:
    api.sign_up()
    settings.PASSWORD_HASHERS = [CHEAP_ARGON2, CHEAP_BCRYPT]
    store(imported("before"))
    # A request cannot bring a NUL (tests/http/test_bodies.py); code of the host that asks the hasher can.
    assert not passwords.matches(Account.objects.get(), "before\0after")
    assert api.sign_in(password="before").status == 200


@pytest.mark.parametrize(("chosen", "typed"), [(NFC, NFD), (NFD, NFC), (NFD, NFD)])
def test_3_what_looks_the_same_is_the_same_password(api: Api, chosen: str, typed: str) -> None:
    assert NFC != NFD
    api.sign_up(password=chosen)
    assert api.sign_in(password=typed).status == 200


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        (" blanks stay ", "blanks stay"),
        ("blanks  stay", "blanks stay"),
        ("Correct-horse-7", "correct-horse-7"),
        ("ﬁnance-7", "finance-7"),
        ("x²-password", "x2-password"),
        ("Correct-horse-7", "Correct-horse-"),
    ],
)
def test_3_what_differs_is_another_password(api: Api, chosen: str, typed: str) -> None:
    api.sign_up(password=chosen)
    assert api.sign_in(password=typed).outcome == WRONG
    assert api.sign_in(password=chosen).status == 200


@pytest.mark.parametrize("version", ["2a", "2b", "2y"])
def test_imported_bcrypt_hash_verifies_and_is_replaced_on_success(api: Api, settings: Any, version: str) -> None:
    api.sign_up()
    settings.PASSWORD_HASHERS = [CHEAP_ARGON2, CHEAP_BCRYPT]
    hash_of_nhost = imported("from-nhost", version)
    store(hash_of_nhost)
    assert api.sign_in(password="from-nhosT").outcome == WRONG
    assert stored() == hash_of_nhost
    assert api.sign_in(password="from-nhost").status == 200
    assert stored().startswith("argon2$argon2id$")
    assert api.sign_in(password="from-nhost").status == 200


def test_hash_of_another_cost_is_replaced_on_success(api: Api, settings: Any) -> None:
    api.sign_up()
    settings.AUTH_PASSWORD_HASHER = "nhost_auth.hashers.Argon2idHasher"
    assert api.sign_in().status == 200
    assert "m=19456,t=2,p=1" in stored()
    once = stored()
    assert api.sign_in().status == 200
    assert stored() == once


def test_2_bcrypt_hash_does_not_match_by_its_first_72_bytes(api: Api, settings: Any) -> None:
    api.sign_up()
    settings.AUTH_PASSWORD_MAX_LENGTH, settings.PASSWORD_HASHERS = 128, [CHEAP_ARGON2, CHEAP_BCRYPT]
    store(imported("x" * 72))
    assert api.sign_in(password="x" * 73).outcome == WRONG
    assert api.sign_in(password="é" * 37).outcome == WRONG
    assert api.sign_in(password="x" * 72).status == 200


@pytest.mark.parametrize(
    ("password", "outcome"),
    [
        ("x" * 72, (200, None)),
        ("x" * 73, (400, "invalid-request")),
        ("é" * 36, (200, None)),
        ("é" * 36 + "x", (400, "invalid-request")),
    ],
)
def test_2_password_that_bcrypt_would_cut_is_refused(
    api: Api, settings: Any, password: str, outcome: tuple[int, str | None]
) -> None:
    settings.AUTH_PASSWORD_MAX_LENGTH, settings.PASSWORD_HASHERS = 128, [CHEAP_BCRYPT]
    assert api.sign_up(password=password).outcome == outcome
    if outcome[0] == 200:
        assert stored().startswith("bcrypt$")
        assert api.sign_in(password=password).status == 200


@pytest.mark.parametrize("text", ["", "!", "!unusable", "nonsense", "md5$salt$hash"])
def test_without_a_usable_hash_no_password_matches(api: Api, settings: Any, text: str) -> None:
    api.sign_up()
    settings.PASSWORD_HASHERS = [CHEAP_ARGON2, CHEAP_BCRYPT]
    store(text)
    for password in (PASSWORD, "!unusable", "nonsense"):
        assert api.sign_in(password=password).outcome == WRONG
    assert stored() == text


def test_user_without_password_has_a_hash_that_matches_none(api: Api) -> None:
    api.anonymous()
    user = get_user_model().objects.get()
    assert user.has_usable_password() is False
    assert user.check_password("") is False
    assert user.check_password(user.password) is False


@pytest.mark.parametrize(
    ("hashers", "own", "prefix"),
    [
        ([CHEAP_ARGON2, CHEAP_BCRYPT], "", "argon2$argon2id$v=19$m=8,t=1,p=1$"),
        ([CHEAP_BCRYPT, CHEAP_ARGON2], "", "bcrypt$$2b$04$"),
        ([CHEAP_ARGON2, CHEAP_BCRYPT], CHEAP_BCRYPT, "bcrypt$$2b$04$"),
        ([CHEAP_BCRYPT, CHEAP_ARGON2], "nhost_auth.hashers.Argon2idHasher", "argon2$argon2id$v=19$m=19456,t=2,p=1$"),
    ],
)
def test_hasher_is_the_named_one_or_the_project_s_first(
    api: Api, settings: Any, hashers: list[str], own: str, prefix: str
) -> None:
    settings.PASSWORD_HASHERS, settings.AUTH_PASSWORD_HASHER = hashers, own
    api.sign_up()
    assert stored().startswith(prefix)
    assert api.sign_in().status == 200
    assert stored().startswith(prefix)


def forget_hashers() -> None:
    for cached in (get_hashers, get_hashers_by_algorithm):
        cached.cache_clear()


@pytest.fixture
def plain_host(tmp_path: Path) -> Iterator[None]:
    """A host that never mentions PASSWORD_HASHERS: deleting the setting would not be the same to Django."""
    module = "from tests.settings import *\ndel PASSWORD_HASHERS\nALLOWED_HOSTS = ['testserver']\n"
    (tmp_path / "plain_host_settings.py").write_text(module)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        patch.setattr(django_settings, "_wrapped", Settings("plain_host_settings"))
        patch.delitem(sys.modules, "plain_host_settings")
        forget_hashers()
        yield
    forget_hashers()


def test_project_without_hashers_of_its_own_gets_owasp_s_argon2id(api: Api, plain_host: None) -> None:
    api.sign_up()
    assert stored().startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert api.sign_in().status == 200
