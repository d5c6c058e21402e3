"""Whether the tables are those that the code expects."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.migrations.executor import MigrationExecutor

from nhost_auth.management.doctor.database import connection
from nhost_auth.management.doctor.finding import Finding, error, ok, warning

SUBJECT = "migrations"


def diagnose() -> Iterator[Finding]:
    executor = MigrationExecutor(connection())
    loader = executor.loader
    labels = [label for label in ("nhost_auth", "social_django") if apps.is_installed(label)]
    targets = [leaf for label in labels for leaf in loader.graph.leaf_nodes(label)]
    pending = [str(migration) for migration, _ in executor.migration_plan(targets)]
    unknown = sorted(
        name for label, name in loader.applied_migrations if label in labels and (label, name) not in loader.graph.nodes
    )
    if pending:
        yield error(SUBJECT, f"{len(pending)} not applied, the next is {pending[0]}.", "manage.py migrate")
    if unknown:
        yield warning(
            SUBJECT,
            f"Applied, but unknown to this version: {', '.join(unknown)}.",
            "Another version has migrated this database: install that one.",
        )
    if not pending and not unknown:
        yield ok(SUBJECT, "All are applied.")
