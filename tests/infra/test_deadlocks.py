"""What a database gave up for another transaction is done anew, as a whole; tests/test_races.py has real ones."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from django.db import OperationalError, transaction

from nhost_auth.infra.deadlocks import TRIES, one_transaction
from nhost_auth.models import Role

pytestmark = pytest.mark.django_db(transaction=True)

MARIADB = OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")
POSTGRESQL = OperationalError("deadlock detected")
POSTGRESQL.__cause__ = psycopg.errors.DeadlockDetected("deadlock detected")
GAVE_WAY = pytest.mark.parametrize("error", [MARIADB, POSTGRESQL], ids=["MariaDB", "PostgreSQL"])


def failing(error: Exception, times: int) -> tuple[Callable[[], str], list[str]]:
    """A function that stores a role at each try, and raises so often; the names of the roles it has tried."""
    tried: list[str] = []

    def work() -> str:
        tried.append(f"try {len(tried) + 1}")
        Role.objects.create(name=tried[-1])
        if len(tried) <= times:
            raise error
        return "done"

    return one_transaction(work), tried


def stored() -> set[str]:
    return set(Role.objects.filter(name__startswith="try").values_list("name", flat=True))


@GAVE_WAY
def test_transaction_that_gave_way_is_done_anew_and_nothing_twice(error: Exception) -> None:
    work, tried = failing(error, 2)
    assert work() == "done"
    assert (tried, stored()) == (["try 1", "try 2", "try 3"], {"try 3"})


@GAVE_WAY
def test_one_that_gives_way_for_ever_fails(error: Exception) -> None:
    work, tried = failing(error, TRIES)
    with pytest.raises(OperationalError):
        work()
    assert (len(tried), stored()) == (TRIES, set())


@GAVE_WAY
def test_part_of_another_transaction_fails_with_the_whole(error: Exception) -> None:
    work, tried = failing(error, 1)
    with pytest.raises(OperationalError), transaction.atomic():
        work()
    assert (len(tried), stored()) == (1, set())


@pytest.mark.parametrize(
    "error", [OperationalError(2006, "Server has gone away"), OperationalError("database is locked"), ValueError(1213)]
)
def test_whatever_else_happens_fails_at_once(error: Exception) -> None:
    work, tried = failing(error, 1)
    with pytest.raises(type(error)):
        work()
    assert (len(tried), stored()) == (1, set())
