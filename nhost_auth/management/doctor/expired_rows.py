"""Tables that grow until they are pruned."""

from __future__ import annotations

from collections.abc import Iterator

from nhost_auth.flows.pruning import RULES
from nhost_auth.management.doctor.finding import Finding, ok, warning

SUBJECT = "expired rows"
COUNTED = 10_000


def diagnose() -> Iterator[Finding]:
    for rule in RULES:
        table = rule.model._meta.db_table
        count = rule.rows().order_by().values("pk")[: COUNTED + 1].count()
        if count > COUNTED:
            yield warning(SUBJECT, f"{table} has more than {COUNTED}.", "Run auth_prune every day.")
        else:
            yield ok(SUBJECT, f"{table} has {count}.")
