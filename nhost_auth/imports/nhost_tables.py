"""What belongs to Nhost's users: provider links, security keys, refresh tokens (configuration.md 7.5, 7.6, 7.9)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from nhost_auth.conf import conf
from nhost_auth.imports import rows
from nhost_auth.imports.nhost_source import Row
from nhost_auth.imports.report import Report
from nhost_auth.imports.users import Person
from nhost_auth.infra import providers
from nhost_auth.infra.crypto import digest
from nhost_auth.infra.providers.identity import MAX_USER_ID
from nhost_auth.models import RefreshToken, SecurityKey, SpentRefreshToken, provider_links

People = Mapping[uuid.UUID, Person]
FOR_EVER = datetime(9999, 12, 30, tzinfo=UTC)
MAX_NICKNAME = 255


def of_people(table: str, found: Sequence[Row], people: People, report: Report) -> Iterator[tuple[Row, Person]]:
    """The rows whose user has an account here; the others are told."""
    report.count(table, "read", len(found))
    for row in found:
        person = people.get(row["user_id"])
        if person is not None:
            yield row, person
        else:
            report.skip(table, row["id"], "user-skipped")


def insert_rows(table: str, new: Sequence[Row], make: Callable[[Sequence[Row]], object], report: Report) -> None:
    stored = rows.write(new, make, lambda row: report.skip(table, row["id"], "refused-by-database"))
    report.count(table, "imported", len(stored))


def store_provider_links(found: Sequence[Row], people: People, report: Report) -> None:
    """Links as rows of social-auth-app-django. There is nothing in one that could change."""
    table, new = "user_providers", []
    try:
        manager = provider_links.rows()
    except LookupError:
        report.count(table, "read", len(found))
        for row in found:
            report.skip(table, row["id"], "social-django-not-installed")
        return
    users = [row["provider_user_id"] for row in found]
    present = {(link.provider, link.uid): link.user_id for link in manager.filter(uid__in=users)}
    for row, person in of_people(table, found, people, report):
        if not providers.is_known(row["provider_id"]):
            report.skip(table, row["id"], "provider-unknown")
            continue
        key = (providers.link_of(row["provider_id"]), row["provider_user_id"])
        if present.get(key, person.user_id) != person.user_id:
            report.skip(table, row["id"], "provider-account-taken")
        elif key in present:
            report.count(table, "already here")
        elif not person.writable:
            report.skip(table, row["id"], "user-already-here")
        elif not 0 < len(key[1]) <= MAX_USER_ID:
            report.skip(table, row["id"], "provider-user-id-unusable")
        else:
            new.append({**row, "link": key[0], "owner": person.user_id})

    def make(some: Sequence[Row]) -> None:
        links = (manager.model(user_id=row["owner"], provider=row["link"], uid=row["provider_user_id"]) for row in some)
        manager.bulk_create(links)

    insert_rows(table, new, make, report)


def store_security_keys(found: Sequence[Row], people: People, report: Report, *, update: bool) -> None:
    table, new, changed = "user_security_keys", list[Row](), list[Row]()
    present = SecurityKey.objects.in_bulk([row["id"] for row in found])
    for row, person in of_people(table, found, people, report):
        known = present.get(row["id"])
        if known is not None and known.account_id != person.account_id:
            report.skip(table, row["id"], "id-taken")
        elif known is not None and not update:
            report.count(table, "already here")
        elif known is None and not person.writable:
            report.skip(table, row["id"], "user-already-here")
        elif not row["credential_public_key"]:
            report.skip(table, row["id"], "public-key-missing")
        else:
            (new if known is None else changed).append(row)
    insert_rows(
        table, new, lambda some: rows.insert([_fill_key(SecurityKey(id=row["id"]), row) for row in some]), report
    )
    columns = ["credential_id", "credential_hash", "public_key", "transports", "nickname"]

    def save(some: Sequence[Row]) -> None:
        rows.overwrite([_fill_key(present[row["id"]], row) for row in some], columns)

    _update(table, changed, save, report)


def _fill_key(key: SecurityKey, row: Row) -> SecurityKey:
    key.account_id = row["user_id"]
    key.credential_id = row["credential_id"].rstrip("=")
    key.credential_hash = digest(key.credential_id)
    key.public_key = bytes(row["credential_public_key"])
    key.counter = max(key.counter, row.get("counter") or 0)  # Nhost's stands still from the first use on
    key.transports = ",".join(re.findall(r"[a-z][a-z-]*", row.get("transports") or ""))
    nickname = row.get("nickname")
    key.nickname = nickname[:MAX_NICKNAME] if nickname is not None else None
    return key


def store_refresh_tokens(found: Sequence[Row], people: People, report: Report, *, update: bool) -> None:
    """Sessions and personal access tokens go on under the secrets that clients hold.

    With `update` those that were rotated at Nhost since are; a session that went on here already stays as it is.
    """
    table, new, changed = "refresh_tokens", list[Row](), list[Row]()
    found = [_read_token(row) for row in found]
    present = RefreshToken.objects.in_bulk([row["id"] for row in found])
    spent = set(
        SpentRefreshToken.objects.filter(hash__in=[row["hash"] for row in found]).values_list("hash", flat=True)
    )
    for row, person in of_people(table, found, people, report):
        known = present.get(row["id"])
        if not re.fullmatch("[0-9a-f]{64}", row["hash"]):
            report.skip(
                table, row["id"], "refresh-token-hash-malformed" if row["hash"] else "refresh-token-hash-missing"
            )
        elif row["type"] not in RefreshToken.Kind.values:
            report.skip(table, row["id"], "refresh-token-type-unknown")
        elif known is not None and known.account_id != person.account_id:
            report.skip(table, row["id"], "id-taken")
        elif known is not None and (not update or row["hash"] in spent):
            report.count(table, "already here")
        elif known is None and not person.writable:
            report.skip(table, row["id"], "user-already-here")
        else:
            (new if known is None else changed).append(row)
    insert_rows(table, new, _insert_tokens, report)
    columns = ["hash", "kind", "expires_at", "ends_at", "metadata"]

    def save(some: Sequence[Row]) -> None:
        rows.overwrite([_fill_token(present[row["id"]], row) for row in some], columns)

    _update(table, changed, save, report)


def _read_token(row: Row) -> Row:
    """The columns that older versions lack; and another id where the id is the secret itself (before migration 15)."""
    hashed = (row.get("refresh_token_hash") or "").removeprefix("\\x").lower()
    of_id = digest(str(row["id"]))
    return row | {
        "id": uuid.UUID(of_id[:32]) if hashed in ("", of_id) else row["id"],
        "hash": hashed,
        "type": row.get("type", "regular"),
    }


def _insert_tokens(some: Sequence[Row]) -> None:
    tokens = [_fill_token(RefreshToken(id=row["id"]), row) for row in some]
    rows.insert(tokens, [rows.stored_time(row["created_at"]) for row in some])


def _fill_token(token: RefreshToken, row: Row) -> RefreshToken:
    limit, expires_at, ends_at = conf.AUTH_REFRESH_TOKEN_MAX_LIFETIME, row["expires_at"] or FOR_EVER, None
    if limit and row["type"] == RefreshToken.Kind.REGULAR and row["created_at"]:
        ends_at = row["created_at"] + timedelta(seconds=limit)
        expires_at = min(expires_at, ends_at)
    token.account_id, token.kind, token.hash = row["user_id"], row["type"], row["hash"]
    token.expires_at, token.ends_at = rows.stored_time(expires_at), rows.stored_time(ends_at)  # type: ignore[assignment]
    token.metadata = row.get("metadata")
    return token


def _update(table: str, changed: Sequence[Row], save: Callable[[Sequence[Row]], object], report: Report) -> None:
    stored = rows.write(changed, save, lambda row: report.skip(table, row["id"], "refused-by-database"))
    report.count(table, "updated", len(stored))
