"""Argon2idHasher: OWASP's cost, and hashes that Django's own hasher reads."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher, make_password

from nhost_auth.hashers import Argon2idHasher

PASSWORD = "Correct-horse-7"
CHEAP = "tests.hashers.CheapArgon2idHasher"
OURS = "nhost_auth.hashers.Argon2idHasher"


def test_cost_is_what_owasp_advises() -> None:
    hasher = Argon2idHasher()
    assert hasher.encode(PASSWORD, hasher.salt()).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_django_s_own_hasher_reads_the_hash() -> None:
    hasher = Argon2idHasher()
    stored = hasher.encode(PASSWORD, hasher.salt())
    assert Argon2PasswordHasher().verify(PASSWORD, stored) is True
    assert Argon2PasswordHasher().verify(PASSWORD + "x", stored) is False


def test_whole_project_can_use_it(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [OURS]
    stored = make_password(PASSWORD)
    assert "m=19456,t=2,p=1" in stored
    assert isinstance(identify_hasher(stored), Argon2idHasher)
    assert check_password(PASSWORD, stored) is True
    assert check_password(PASSWORD.lower(), stored) is False


@pytest.mark.parametrize(("hashers", "renewed"), [([OURS], True), ([CHEAP], False)])
def test_hash_of_another_cost_is_out_of_date(settings: Any, hashers: list[str], renewed: bool) -> None:
    settings.PASSWORD_HASHERS = [CHEAP]
    cheap = make_password(PASSWORD)
    settings.PASSWORD_HASHERS = hashers
    assert identify_hasher(cheap).must_update(cheap) is renewed
