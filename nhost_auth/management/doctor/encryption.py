"""Whether stored secrets open under the configured keys. A sample: reading them all is `auth_reencrypt --dry-run`."""

from __future__ import annotations

from collections.abc import Iterator

from nhost_auth.conf import conf
from nhost_auth.flows.reencryption import Column, columns
from nhost_auth.infra.crypto import CannotDecrypt, reencrypted
from nhost_auth.management.doctor.finding import Finding, error, ok, warning

SUBJECT = "encryption"
SAMPLE = 100
"""Rows from either end: the oldest show a key that was dropped too early, the newest a process with other keys."""


def diagnose() -> Iterator[Finding]:
    # What lives for a minute is not worth the question.
    lasting = [column for column in columns() if not hasattr(column.model, "expires_at")]
    for column in lasting:
        yield from _sampled(column)
    if not conf.AUTH_ENCRYPTION_KEY:
        yield ok(SUBJECT, "AUTH_ENCRYPTION_KEY is not set: the key is derived from SECRET_KEY.")


def _sampled(column: Column) -> Iterator[Finding]:
    table = column.model._meta.db_table
    unreadable = older = 0
    sample = _sample(column)
    for stored in sample:
        try:
            older += reencrypted(stored) is not None
        except CannotDecrypt:
            unreadable += 1
    looked_at = f"of {len(sample)} secrets of {table} looked at"
    if unreadable:
        hint = "Bring the key back into AUTH_ENCRYPTION_KEY or SECRET_KEY_FALLBACKS."
        yield error(SUBJECT, f"No configured key opens {unreadable} {looked_at}.", hint)
    if older:
        yield warning(SUBJECT, f"Under an older key: {older} {looked_at}.", "auth_reencrypt")
    if not unreadable and not older:
        yield ok(SUBJECT, f"Under the first key: all {looked_at}.")


def _sample(column: Column) -> list[str]:
    """By the primary key, which every database has in order: no other column that tells the age has an index."""
    rows = column.model._base_manager.values_list("pk", column.name)
    return list(dict([*rows.order_by("-pk")[:SAMPLE], *rows.order_by("pk")[:SAMPLE]]).values())
