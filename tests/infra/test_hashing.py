"""How many passwords are hashed at one moment: memory is bounded, whoever waits is let in or sent away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from nhost_auth.flows.passwords import hash_new
from nhost_auth.infra import hashing
from nhost_auth.infra.crypto import stretched_digest
from nhost_auth.infra.hashing import NoTurn, turn
from tests.conftest import PASSWORD, Api, Inbox
from tests.ways import KNOWN, everything_on, known

MANY = 12
HASHING = [
    "/signin/email-password",
    "/signup/email-password",
    "/user/password",
    "/user/password ticket",
    "/mfa/recovery-codes generate",
]


def test_70_as_many_hash_at_once_as_the_setting_says_and_no_more(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AUTH_PASSWORD_HASHES_AT_ONCE = 3
    monkeypatch.setattr(hashing, "WAIT", 0.0)
    with ExitStack() as taken:
        for _ in range(2):
            taken.enter_context(turn())
        assert hash_new(PASSWORD)
        taken.enter_context(turn())
        with pytest.raises(NoTurn):
            hash_new(PASSWORD)
    assert hash_new(PASSWORD)


def test_all_who_wait_get_their_turn(settings: Any) -> None:
    settings.AUTH_PASSWORD_HASHES_AT_ONCE = 1
    with ThreadPoolExecutor(MANY) as pool:
        with turn():
            hashes = [pool.submit(hash_new, PASSWORD) for _ in range(MANY)]
        assert len({each.result() for each in hashes}) == MANY


@pytest.fixture
def crowded(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """All turns are taken, and nobody waits for one."""
    settings.AUTH_PASSWORD_HASHES_AT_ONCE = 1
    monkeypatch.setattr(hashing, "WAIT", 0.0)
    with turn():
        yield settings


def test_70_who_gets_no_turn_is_told_to_come_again_and_nothing_is_stored(
    api: Api, crowded: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for reply in (api.sign_up(), api.sign_in()):
        assert (reply.status, reply.text) == (503, "")
        assert reply.headers["Retry-After"] == "5"
    assert [record.levelname for record in caplog.records if record.name == "nhost_auth.passwords"] == ["WARNING"] * 2
    assert api.get("/healthz").status == 200


@pytest.mark.parametrize("name", HASHING)
def test_everything_that_hashes_waits_for_its_turn(
    api: Api, inbox: Inbox, settings: Any, monkeypatch: Any, name: str
) -> None:
    everything_on(settings)
    request = KNOWN[name](api, inbox, known(api))
    monkeypatch.setattr(hashing, "_is_free", lambda: False)
    monkeypatch.setattr(hashing, "WAIT", 0.0)
    assert request().status == 503


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
