"""How many passwords are hashed at one moment: memory is bounded, whoever waits is let in or sent away."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from nhost_auth.flows.passwords import hash_new
from nhost_auth.infra import hashing
from nhost_auth.infra.crypto import stretched_digest
from nhost_auth.infra.hashing import NoTurn, turn
from tests.conftest import PASSWORD, Api
from tests.hashers import CheapArgon2idHasher

MANY = 12


class CrowdedHasher(CheapArgon2idHasher):
    """Waits until `wanted` are here, then longer: one more would be seen."""

    wanted = 3
    inside, most = 0, 0
    full, lock = threading.Event(), threading.Lock()

    def encode(self, password: str, salt: str) -> str:
        with self.lock:
            CrowdedHasher.inside += 1
            CrowdedHasher.most = max(self.most, self.inside)
            if self.inside == self.wanted:
                self.full.set()
        assert self.full.wait(10)
        try:
            return super().encode(password, salt)
        finally:
            with self.lock:
                CrowdedHasher.inside -= 1


def test_no_more_hash_at_once_than_the_setting_says_and_all_get_their_turn(settings: Any) -> None:
    settings.AUTH_PASSWORD_HASHER = f"{__name__}.CrowdedHasher"
    settings.AUTH_PASSWORD_HASHES_AT_ONCE = CrowdedHasher.wanted
    CrowdedHasher.most = 0
    CrowdedHasher.full.clear()
    with ThreadPoolExecutor(MANY) as pool:
        hashes = list(pool.map(hash_new, [PASSWORD] * MANY))
    assert len(set(hashes)) == MANY
    assert CrowdedHasher.most == CrowdedHasher.wanted


@pytest.fixture
def crowded(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """All turns are taken, and nobody waits for one."""
    settings.AUTH_PASSWORD_HASHES_AT_ONCE = 1
    monkeypatch.setattr(hashing, "WAIT", 0.0)
    with turn():
        yield settings


def test_who_gets_no_turn_is_told_to_come_again_and_nothing_is_stored(
    api: Api, crowded: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for reply in (api.sign_up(), api.sign_in()):
        assert (reply.status, reply.text) == (503, "")
        assert reply.headers["Retry-After"] == "5"
    assert [record.levelname for record in caplog.records if record.name == "nhost_auth.passwords"] == ["WARNING"] * 2
    assert api.get("/healthz").status == 200


def test_what_stands_in_for_a_password_waits_too(crowded: Any) -> None:
    with pytest.raises(NoTurn):
        stretched_digest("abcd", "salt-salt")


def test_zero_bounds_nothing(api: Api, crowded: Any) -> None:
    crowded.AUTH_PASSWORD_HASHES_AT_ONCE = 0
    assert api.sign_up().status == 200


def test_turn_is_given_back_after_an_error(crowded: Any) -> None:
    crowded.AUTH_PASSWORD_HASHES_AT_ONCE = 2
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), turn():
            raise ZeroDivisionError
