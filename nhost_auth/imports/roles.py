"""The roles of people who come from elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from nhost_auth.imports import rows, users
from nhost_auth.imports.report import Report
from nhost_auth.models import AccountRole, Role


def store(
    wanted: Iterable[tuple[uuid.UUID, str, str]],
    people: dict[uuid.UUID, users.Person],
    report: Report,
    *,
    replace: bool = False,
) -> None:
    """Give accounts their roles: triples of account, role and the row's name in the report.

    Roles that do not exist yet come into being. With `replace` an account has no others afterwards.
    """
    wanted = list(wanted)
    report.count("user_roles", "read", len(wanted))
    present = {(link.account_id, link.role_id): link for link in AccountRole.objects.filter(account__in=list(people))}
    new = []
    for account_id, role, row in wanted:
        person = people.get(account_id)
        if person is None:
            report.skip("user_roles", row, "user-skipped")
        elif (account_id, role) in present:
            report.count("user_roles", "already here")
        elif not person.writable:
            report.skip("user_roles", row, "user-already-here")
        elif len(role) > users.limit(Role, "name"):
            report.skip("user_roles", row, "role-too-long")
        else:
            new.append((account_id, role, row))
    Role.objects.ensure(sorted({role for _, role, _ in new}))
    stored = rows.write(
        new,
        lambda some: AccountRole.objects.bulk_create(
            AccountRole(account_id=owner, role_id=name) for owner, name, _ in some
        ),
        lambda refused: report.skip("user_roles", refused[2], "refused-by-database"),
    )
    report.count("user_roles", "imported", len(stored))
    if replace:
        kept = {(account_id, role) for account_id, role, _ in wanted}
        gone = [link.pk for key, link in present.items() if key not in kept and people[key[0]].writable]
        AccountRole.objects.filter(pk__in=gone).delete()
