"""Guessing passwords stops, and shuts nobody out (OWASP ASVS 5.0, 6.1.1 and 6.3.1; NIST SP 800-63B-4, 3.2.2)."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import pytest

from nhost_auth.models import Ticket
from tests.conftest import Api, Inbox, Reply
from tests.counters import from_many, moved
from tests.counters import limits as limits
from tests.hashers import CheapArgon2idHasher
from tests.security.people import open_every_way
from tests.ways import KNOWN, known

HOME, ELSEWHERE = "203.0.113.7", "198.51.100.1"
RESET = f"/verify {Ticket.Kind.PASSWORD_RESET}"
STILL_OPEN = [
    "/signin/webauthn/verify",
    "/signin/otp/email/verify",
    "/signin/passwordless/sms/otp",
    "/signin/pat",
    "/signin/passwordless/email",
    "/user/password/reset",
    "/user/password ticket",
    "/token",
    RESET,
]


class CountingHasher(CheapArgon2idHasher):
    calls: ClassVar[int] = 0

    def verify(self, password: str, encoded: str) -> bool:
        CountingHasher.calls += 1
        return super().verify(password, encoded)

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.calls += 1
        return super().encode(password, salt)


@pytest.fixture
def attacked(api: Api, limits: Any) -> Reply:
    """The session of somebody at HOME whose password may not be tried from elsewhere any more."""
    open_every_way(limits)
    limits.AUTH_RATE_LIMIT_ACCOUNT_BURST = 5
    ann = known(moved(api, HOME))
    moved(api, ELSEWHERE)
    return ann


def lock(api: Api) -> None:
    assert from_many(api, 6)[-1].status == 429
    assert moved(api, ELSEWHERE).sign_in().status == 429


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"], ids=["known", "unknown"])
def test_7_of_a_thousand_guesses_from_a_thousand_addresses_a_hundred_are_looked_at(
    api: Api, limits: Any, email: str
) -> None:
    moved(api, HOME).sign_up()
    limits.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.calls = 0
    replies = from_many(api, 1000, email)
    assert Counter(reply.status for reply in replies) == {401: 100, 429: 900}
    assert CountingHasher.calls <= 2 * 100  # a weaker hash of before is compared by its own hasher


@pytest.mark.parametrize("name", STILL_OPEN)
def test_8_other_ways_in_stay_open_while_the_password_is_locked(
    api: Api, inbox: Inbox, attacked: Reply, name: str
) -> None:
    request = KNOWN[name](api, inbox, attacked)
    lock(api)
    assert request().status in (200, 302)


def test_8_a_network_with_a_session_stays_open(api: Api, attacked: Reply) -> None:
    lock(api)
    assert moved(api, HOME).sign_in().status == 200


def test_9_one_password_for_a_thousand_accounts_from_one_network_is_throttled(api: Api, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_BRUTE_FORCE_BURST = 10
    got = [
        moved(api, f"2001:db8:0:1:{number:x}::1").sign_in(f"user{number}@example.com", "Summer-2026").status
        for number in range(1000)
    ]
    assert got == [401] * 10 + [429] * 990
