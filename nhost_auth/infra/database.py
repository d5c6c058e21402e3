"""What a database means by refusing a row."""

from __future__ import annotations

from django.db import DatabaseError, IntegrityError

FOREIGN_KEY_VIOLATION = "23503"
"""SQLSTATE of PostgreSQL."""
NO_REFERENCED_ROW = (1216, 1452)
"""Error numbers of MariaDB."""


def is_orphaned(error: BaseException) -> bool:
    """Whether a row could not be stored because what it belongs to, or the row itself, was deleted meanwhile."""
    if isinstance(error, IntegrityError):
        driver = error.__cause__
        return (
            getattr(driver, "sqlstate", None) == FOREIGN_KEY_VIOLATION
            or error.args[:1] in [(number,) for number in NO_REFERENCED_ROW]
            or "FOREIGN KEY constraint failed" in str(error)  # SQLite has no number for it
        )
    # Django 6.0 has a class for it, ObjectNotUpdated, which is a DatabaseError too.
    return isinstance(error, DatabaseError) and "did not affect any rows" in str(error)
