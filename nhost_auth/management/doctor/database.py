"""The database that the accounts are in."""

from __future__ import annotations

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from nhost_auth.models import Account


def connection() -> BaseDatabaseWrapper:
    found: BaseDatabaseWrapper = connections[router.db_for_write(Account)]
    return found
