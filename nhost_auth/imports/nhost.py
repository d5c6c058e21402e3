"""The import out of Nhost's database (configuration.md section 7): roles, then users batch by batch with all they have.

A batch is a transaction: whatever stops the run, what was finished stays, and the next run goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.contrib.auth.hashers import get_hashers_by_algorithm
from django.db import transaction

from nhost_auth.imports import hashes, nhost_applications, nhost_tables, nhost_users, roles, users
from nhost_auth.imports.nhost_source import Row, Source, SourceError, Stream
from nhost_auth.imports.report import Report
from nhost_auth.models import Role

TABLES = ("user_roles", "user_providers", "user_security_keys", "refresh_tokens", "oauth2_refresh_tokens")
"""Those whose rows belong to users."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One import. `update` overwrites what is here, `dry` leaves everything as it was, `batch_size` counts users."""

    source: Source
    report: Report
    batch_size: int = 500
    update: bool = False
    dry: bool = False

    def batches(self) -> Iterator[int]:
        """Import everything; tells after each batch how many users it had. Raises SourceError before the first."""
        self._ensure_passwords_serve()
        found = (row["role"] for row in self.source.rows("roles", order=["role"]))
        with transaction.atomic():
            self._store_roles(list(found))
            clients = self.source.rows("oauth2_clients", order=["client_id"])
            nhost_applications.store_clients(list(clients), self.report)
            transaction.set_rollback(self.dry)
        streams = {
            table: Stream(self.source.rows(table, order=["user_id", "id"], live="refresh_tokens" in table))
            for table in TABLES
        }
        people = self.source.rows("users", order=["id"])
        while batch := list(islice(people, self.batch_size)):
            below = {table: stream.up_to(batch[-1]["id"]) for table, stream in streams.items()}
            with transaction.atomic():
                self._store(batch, below)
                transaction.set_rollback(self.dry)
            yield len(batch)

    def _ensure_passwords_serve(self) -> None:
        if not self.source.has_passwords() or hashes.has_hasher("bcrypt"):
            return
        if "bcrypt" in get_hashers_by_algorithm():
            raise SourceError("Nhost's passwords need the library bcrypt: pip install 'nhost-auth[bcrypt]'")
        raise SourceError(
            "Nhost's passwords need django.contrib.auth.hashers.BCryptPasswordHasher in PASSWORD_HASHERS, behind the"
            " hasher of new passwords, for example nhost_auth.hashers.Argon2idHasher."
        )

    def _store_roles(self, names: list[str]) -> None:
        self.report.count("roles", "read", len(names))
        present = set(Role.objects.filter(name__in=names).values_list("name", flat=True))
        new = []
        for name in names:
            if name in present:
                self.report.count("roles", "already here")
            elif len(name) > users.limit(Role, "name"):
                self.report.skip("roles", name[:32], "role-too-long")
            else:
                new.append(name)
        Role.objects.ensure(new)
        self.report.count("roles", "imported", len(new))

    def _store(self, batch: list[Row], below: dict[str, list[Row]]) -> None:
        report, update = self.report, self.update
        found, factors = nhost_users.read(batch, report)
        people = users.store(found, report, update=update)
        wanted = [(row["user_id"], row["role"], str(row["id"])) for row in below["user_roles"]]
        roles.store(wanted, people, report, replace=update)
        nhost_users.store_factors(factors, people, report, update=update)
        nhost_tables.store_provider_links(below["user_providers"], people, report)
        nhost_tables.store_security_keys(below["user_security_keys"], people, report, update=update)
        nhost_tables.store_refresh_tokens(below["refresh_tokens"], people, report, update=update)
        nhost_applications.store_refresh_tokens(below["oauth2_refresh_tokens"], people, report)
