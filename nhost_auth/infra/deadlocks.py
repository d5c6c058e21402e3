"""Deadlocks: the database ends one by rolling a transaction back, and expects it to come again.

MariaDB finds them where PostgreSQL sees none: its inserts lock the rows they refer to, its deletes what they look at.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 20
MARIADB, POSTGRESQL = 1213, "40P01"


def one_transaction(function: Callable[P, T]) -> Callable[P, T]:
    """The function as a transaction, done anew as by `persistent`.

    Within another transaction it is a part of that one, which is lost as a whole.
    """
    return persistent(transaction.atomic(function))


def persistent(function: Callable[P, T]) -> Callable[P, T]:
    """The function, which is all or nothing, done anew where the database gave it up for another's sake.

    Raises OperationalError after TRIES.
    """

    @wraps(function)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> T:
        tries = 0
        while True:
            tries += 1
            try:
                return function(*args, **kwargs)
            except OperationalError as error:
                if tries == TRIES or not is_deadlock(error) or transaction.get_connection().in_atomic_block:
                    raise

    return repeated


def is_deadlock(error: OperationalError) -> bool:
    """Whether a transaction was given up so that another could go on."""
    return MARIADB in error.args or getattr(error.__cause__, "sqlstate", None) == POSTGRESQL
