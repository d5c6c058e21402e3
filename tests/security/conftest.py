"""What all tests of this folder run with."""

from __future__ import annotations

import pytest

from nhost_auth.infra import crypto
from tests.hashers import CheapArgon2idHasher


@pytest.fixture(autouse=True)
def _cheap_recovery_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashed as ever, but quickly, as passwords are in tests: else sixteen at once would queue up before the race."""
    monkeypatch.setattr(crypto, "Argon2idHasher", CheapArgon2idHasher)
