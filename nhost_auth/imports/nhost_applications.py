"""Applications that sign people in at Nhost, and the refresh tokens they hold (configuration.md 7.7, 7.9)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nhost_auth.imports import hashes, rows
from nhost_auth.imports.nhost_source import Row
from nhost_auth.imports.nhost_tables import People, insert_rows, of_people
from nhost_auth.imports.report import Report
from nhost_auth.imports.users import limit
from nhost_auth.models import OAuth2Client, OAuth2RefreshToken, OAuth2SpentToken
from nhost_auth.models.oauth2_clients import ROLE_SCOPE, SCOPES

CLIENTS, TOKENS = "oauth2_clients", "oauth2_refresh_tokens"


def store_clients(found: Sequence[Row], report: Report) -> None:
    """Clients under their ids and secrets. One that is here stays as it is."""
    report.count(CLIENTS, "read", len(found))
    present = set(OAuth2Client.objects.filter(pk__in=[row["client_id"] for row in found]).values_list("pk", flat=True))
    new = list[Row]()
    for row in found:
        if row["client_id"] in present:
            report.count(CLIENTS, "already here")
        elif not 0 < len(row["client_id"]) <= limit(OAuth2Client, "client_id"):
            report.skip(CLIENTS, row["client_id"][:32], "client-id-unusable")
        else:
            _read_client(row, new, report)
    insert_rows(CLIENTS, new, _insert_clients, report)


def _read_client(row: Row, new: list[Row], report: Report) -> None:
    secret = row["client_secret_hash"]
    try:
        encoded = hashes.to_django(secret) if secret else ""
    except hashes.UnusableHash as reason:
        report.skip(CLIENTS, row["client_id"], str(reason))
    else:
        new.append({**row, "id": row["client_id"], "secret_hash": encoded})


def _insert_clients(some: Sequence[Row]) -> None:
    clients = [_client(row) for row in some]
    rows.insert(clients, [rows.stored_time(row["created_at"]) for row in some])


def _client(row: Row) -> OAuth2Client:
    client = OAuth2Client(client_id=row["client_id"], secret_hash=row["secret_hash"], kind=row["type"])
    client.redirect_uris = list(row["redirect_uris"])
    client.scopes = [scope for scope in row["scopes"] if scope in SCOPES or ROLE_SCOPE.fullmatch(scope)]
    client.metadata = row.get("metadata")
    client.name = str((client.metadata or {}).get("client_name", ""))[: limit(OAuth2Client, "name")]
    return client


def store_refresh_tokens(found: Sequence[Row], people: People, report: Report) -> None:
    """Applications go on with the tokens they hold. One that is here, or was rotated here since, stays."""
    hashed = [row["token_hash"] for row in found]
    present = set(OAuth2RefreshToken.objects.filter(pk__in=[row["id"] for row in found]).values_list("pk", flat=True))
    spent = set(OAuth2SpentToken.objects.filter(hash__in=hashed).values_list("hash", flat=True))
    clients = set(OAuth2Client.objects.filter(pk__in={row["client_id"] for row in found}).values_list("pk", flat=True))
    new = list[Row]()
    for row, person in of_people(TOKENS, found, people, report):
        if row["id"] in present or row["token_hash"] in spent:
            report.count(TOKENS, "already here")
        elif not re.fullmatch("[0-9a-f]{64}", row["token_hash"]):
            report.skip(TOKENS, row["id"], "refresh-token-hash-malformed")
        elif row["client_id"] not in clients:
            report.skip(TOKENS, row["id"], "client-skipped")
        elif not person.writable:
            report.skip(TOKENS, row["id"], "user-already-here")
        else:
            new.append(row)
    insert_rows(TOKENS, new, lambda some: rows.insert([_token(row) for row in some]), report)


def _token(row: Row) -> OAuth2RefreshToken:
    token = OAuth2RefreshToken(id=row["id"], hash=row["token_hash"], client_id=row["client_id"])
    token.account_id, token.scopes = row["user_id"], list(row["scopes"])
    token.auth_time = token.created_at = token.last_used_at = rows.stored_time(row["created_at"])  # type: ignore[assignment]
    token.expires_at = rows.stored_time(row["expires_at"])  # type: ignore[assignment]
    return token
