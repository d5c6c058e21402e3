"""Whether this machine and the database agree on the time: time-based codes and the life of tokens hang on it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.conf import settings

from nhost_auth.management.doctor.database import connection
from nhost_auth.management.doctor.finding import Finding, error, ok, warning

SUBJECT = "clock"
TOLERATED_SECONDS, GREATEST_SECONDS = 2, 30
HINT = "Let a time service (NTP) set the clocks of both machines."
EPOCH_SECONDS = {
    # Not CURRENT_TIMESTAMP: it stands still within a transaction, or is local time.
    "postgresql": "SELECT EXTRACT(EPOCH FROM clock_timestamp())",
    "mysql": "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) / 1000000",
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400",
}


def diagnose() -> Iterator[Finding]:
    if not settings.USE_TZ:
        yield warning(SUBJECT, "USE_TZ is off: times jump when summer time begins and ends.", "USE_TZ")
    database = connection()
    if database.vendor not in EPOCH_SECONDS:
        yield ok(SUBJECT, f"The clock of {database.vendor} was not asked.")
        return
    difference = _difference(EPOCH_SECONDS[database.vendor])
    text = f"The database's clock is {abs(difference):.1f} seconds {'ahead of' if difference > 0 else 'behind'} ours."
    if abs(difference) > GREATEST_SECONDS:
        yield error(SUBJECT, text, HINT)
    elif abs(difference) > TOLERATED_SECONDS:
        yield warning(SUBJECT, text, HINT)
    else:
        yield ok(SUBJECT, "The database's clock and ours agree.")


def _difference(statement: str) -> float:
    """How far the database's clock is ahead, seconds; what the answer took on its way does not count."""
    with connection().cursor() as cursor:
        before = time.time()
        cursor.execute(statement)
        answer = float(cursor.fetchone()[0])
        after = time.time()
    return max(answer - after, 0) or min(answer - before, 0)
