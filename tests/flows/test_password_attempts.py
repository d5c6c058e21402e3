"""How many passwords one account takes: who counts, who counts apart, and for how long (security.md 7 and 8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.infra.rate_limits import limiter
from nhost_auth.models import AuditEvent, RefreshToken
from tests.conftest import Api, account
from tests.counters import MIDNIGHT, NOWHERE, from_many, moved, running_redis
from tests.counters import limits as limits

HOME, ELSEWHERE, LOCKED, RIGHT = "203.0.113.7", "198.51.100.1", (429, None), (200, None)
WRONG = (401, "invalid-email-password")


@pytest.fixture
def locked(api: Api, limits: Any, time_machine: Any) -> Callable[[str], None]:
    """Makes an account, signed in from an address, and uses up what strangers may try."""
    time_machine.move_to(MIDNIGHT, tick=False)
    limits.AUTH_RATE_LIMIT_ACCOUNT_BURST, limits.AUTH_RATE_LIMIT_ACCOUNT_INTERVAL = 3, 3600

    def lock(home: str) -> None:
        assert moved(api, home).sign_up().status == 200
        assert [reply.outcome for reply in from_many(api, 4)] == [WRONG] * 3 + [LOCKED]

    return lock


def test_7_right_password_is_refused_too_until_it_is_time(api: Api, locked: Any, time_machine: Any) -> None:
    locked(HOME)
    reply = moved(api, ELSEWHERE).sign_in()
    assert (reply.outcome, reply.text) == (LOCKED, "")
    wait = int(reply.headers["Retry-After"])
    time_machine.shift(wait - 2)
    assert api.sign_in().outcome == LOCKED
    time_machine.shift(2)
    assert api.sign_in().outcome == RIGHT


def test_unknown_addresses_are_locked_alike(api: Api, locked: Any) -> None:
    locked(HOME)
    nobody = from_many(api, 4, "nobody@example.com")
    assert [reply.outcome for reply in nobody] == [WRONG] * 3 + [LOCKED]
    ann = moved(api, ELSEWHERE).sign_in()
    assert nobody[-1].headers == ann.headers


def test_spelling_of_the_address_makes_no_difference(api: Api, locked: Any) -> None:
    locked(HOME)
    assert moved(api, ELSEWHERE).sign_in("ANN@Example.com").outcome == LOCKED


def test_other_accounts_are_free(api: Api, locked: Any) -> None:
    moved(api, HOME).sign_up("bob@example.com")
    locked(HOME)
    assert moved(api, ELSEWHERE).sign_in("bob@example.com").outcome == RIGHT


@pytest.mark.parametrize(
    ("home", "now"), [(HOME, HOME), ("2001:db8:1:2::3", "2001:db8:1:2:aaaa::")], ids=["address", "network"]
)
def test_network_the_account_signed_in_from_counts_apart(api: Api, locked: Any, home: str, now: str) -> None:
    locked(home)
    assert moved(api, now).sign_in().outcome == RIGHT
    assert [api.sign_in(password="wrong").outcome for _ in range(3)] == [WRONG, WRONG, LOCKED]


def test_it_does_so_for_thirty_days_after_the_session_was_used(api: Api, locked: Any, time_machine: Any) -> None:
    locked(HOME)
    RefreshToken.objects.update(expires_at=MIDNIGHT + timedelta(days=99))
    for seconds, outcome in ((-1, RIGHT), (1, LOCKED)):
        time_machine.move_to(MIDNIGHT + timedelta(days=30, seconds=seconds), tick=False)
        from_many(api, 4)
        assert moved(api, HOME).sign_in().outcome == outcome
        RefreshToken.objects.filter(last_used_at__gt=MIDNIGHT).delete()


def test_session_that_ended_makes_no_network_known(api: Api, locked: Any) -> None:
    locked(HOME)
    RefreshToken.objects.update(expires_at=MIDNIGHT)
    assert moved(api, HOME).sign_in().outcome == LOCKED


def test_11_known_and_unknown_addresses_cost_the_same_statements(api: Api, locked: Any) -> None:
    locked(HOME)
    from_many(api, 4, "nobody@example.com")
    with CaptureQueriesContext(connection) as known:
        api.sign_in()
    with CaptureQueriesContext(connection) as unknown:
        api.sign_in("nobody@example.com")
    assert len(known) == len(unknown) == 2


def test_network_of_somebody_else_does_not_count_apart(api: Api, locked: Any) -> None:
    moved(api, ELSEWHERE).sign_up("bob@example.com")
    locked(HOME)
    assert moved(api, ELSEWHERE).sign_in().outcome == LOCKED


def test_failing_there_does_not_make_a_network_known(api: Api, locked: Any) -> None:
    locked(HOME)
    assert AuditEvent.objects.filter(ip="10.0.0.0", event="refused").exists()
    assert moved(api, "10.0.0.0").sign_in().outcome == LOCKED


def test_connection_without_an_address_is_never_known(api: Api, locked: Any) -> None:
    locked("")
    assert moved(api, "").sign_in().outcome == LOCKED


def test_zero_is_any_number_and_nothing_is_counted_with_limits_off(api: Api, locked: Any, settings: Any) -> None:
    locked(HOME)
    settings.AUTH_RATE_LIMIT_ACCOUNT_BURST = 0
    assert moved(api, ELSEWHERE).sign_in().outcome == RIGHT
    settings.AUTH_RATE_LIMIT_ACCOUNT_BURST, settings.AUTH_RATE_LIMIT_ENABLE = 3, False
    assert [reply.outcome for reply in from_many(api, 5)] == [WRONG] * 5


def test_storage_does_not_learn_the_address(api: Api, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_STORAGE = running_redis()
    api.sign_in("ann@example.com", "wrong-horse")
    redis: Any = limiter(limits.AUTH_RATE_LIMIT_STORAGE).storage
    keys = b" ".join(redis.storage.keys(f"*{limits.AUTH_RATE_LIMIT_MEMCACHE_PREFIX}*"))
    assert b"user-passwords" in keys
    assert b"ann" not in keys
    assert b"example.com" not in keys


def test_without_storage_the_password_still_opens(api: Api, limits: Any) -> None:
    ann = account(api.sign_up())
    limits.AUTH_RATE_LIMIT_STORAGE, limits.AUTH_RATE_LIMIT_ACCOUNT_BURST = NOWHERE, 1
    assert [api.sign_in().outcome for _ in range(3)] == [RIGHT] * 3
    assert User.objects.get(pk=ann.user.pk).is_active
