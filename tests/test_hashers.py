"""Hashers: OWASP's cost in hashes that Django's own hasher reads; hashes of other systems."""

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


class TestModularCrypt:
    """`ModularCryptHasher`: hashes of other systems, until their owners come back."""

    STORED = "mcf$5$rounds=1000$salt$" + "x" * 43

    @pytest.fixture(autouse=True)
    def listed(self, settings: Any) -> None:
        settings.PASSWORD_HASHERS = [CHEAP, "nhost_auth.hashers.ModularCryptHasher"]

    def test_every_hash_is_out_of_date(self) -> None:
        assert identify_hasher(self.STORED).must_update(self.STORED) is True

    @pytest.mark.parametrize("stored", [STORED, "mcf$6$salt$short", "mcf$9$what", "mcf$", "mcf$5$"])
    def test_wrong_password_and_damaged_hash_are_nobody_s(self, stored: str) -> None:
        assert check_password(PASSWORD, stored) is False

    def test_password_that_no_scheme_has_a_place_for_is_nobody_s(self) -> None:
        assert check_password("nul\0", "mcf$5$rounds=1000$salt$" + "x" * 43) is False

    def test_admin_can_show_it_without_the_hash(self) -> None:
        summary = identify_hasher(self.STORED).safe_summary(self.STORED)
        assert summary["algorithm"] == "sha256_crypt"
        assert "x" * 10 not in str(summary)

    def test_it_makes_no_hashes(self) -> None:
        with pytest.raises(NotImplementedError, match="verifies"):
            make_password(PASSWORD, hasher="mcf")
