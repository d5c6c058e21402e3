"""Reading Nhost's database: its `auth` schema, of any version (configuration.md section 7), in one snapshot of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

Row = dict[str, Any]

COLUMNS = {
    "roles": "role",
    "users": "id created_at last_seen disabled display_name avatar_url locale email phone_number password_hash"
    " email_verified phone_number_verified default_role is_anonymous totp_secret active_mfa_type metadata",
    "user_roles": "id user_id role",
    "user_providers": "id user_id provider_id provider_user_id",
    "user_security_keys": "id user_id credential_id credential_public_key counter transports nickname",
    "refresh_tokens": "id user_id created_at expires_at metadata type refresh_token_hash",
    "oauth2_clients": "client_id client_secret_hash redirect_uris scopes type metadata created_at",
    "oauth2_refresh_tokens": "id token_hash client_id user_id scopes created_at expires_at",
}
"""What is read, where it is there: older versions of the schema lack some of it."""
NEEDED = {"id", "email", "password_hash", "default_role", "disabled", "totp_secret", "active_mfa_type"}
ITERSIZE = 2000


class SourceError(Exception):
    """Nhost's database cannot be read; the message is fit to be printed."""


class Source:
    """One snapshot of the schema."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection
        self._types: dict[str, dict[str, str]] = {}
        for column in self._all("select * from information_schema.columns where table_schema = 'auth'"):
            self._types.setdefault(column["table_name"], {})[column["column_name"]] = column["data_type"]
        if missing := NEEDED - set(self._types.get("users", ())):
            raise SourceError(
                f"This is no Nhost database, or its user may not read auth.users: no {min(missing)} there."
            )

    def has(self, table: str, column: str) -> bool:
        return column in self._types.get(table, ())

    def count_users(self) -> int:
        return int(self._all("select count(*) as number from auth.users")[0]["number"])

    def has_passwords(self) -> bool:
        return bool(self._all("select 1 from auth.users where password_hash <> '' limit 1"))

    def rows(self, table: str, *, order: Sequence[str], live: bool = False) -> Iterator[Row]:
        """All rows, read piece by piece, with whatever of COLUMNS is there; `live` leaves out what has expired."""
        from psycopg import sql

        found = [name for name in COLUMNS[table].split() if self.has(table, name)]
        if not found:
            return
        query = sql.SQL("select {} from {} {} order by {}").format(
            sql.SQL(", ").join(self._selected(table, name) for name in found),
            sql.Identifier("auth", table),
            sql.SQL("where expires_at > now()" if live else ""),
            sql.SQL(", ").join(map(sql.Identifier, order)),
        )
        with self._connection.cursor(name=f"nhost_auth_{table}") as cursor:
            cursor.itersize = ITERSIZE
            cursor.execute(query)
            yield from cursor

    def _selected(self, table: str, name: str) -> Any:
        from psycopg import sql

        column = sql.Identifier(name)
        if self._types[table][name] != "timestamp with time zone":
            return column
        # `infinity` and years of five digits are no times to Python.
        years = sql.SQL("case when {0} >= '0001-01-02' and {0} < '9999-12-30' then {0} end as {0}")
        return years.format(column)

    def _all(self, query: Any) -> list[Row]:
        return self._connection.execute(query).fetchall()


class Stream:
    """The rows of a table that belong to users, in the order of their users."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._ahead = next(rows, None)

    def up_to(self, user_id: uuid.UUID) -> list[Row]:
        """Those of users up to this one that have not been given out yet."""
        found = []
        while self._ahead is not None and self._ahead["user_id"] <= user_id:
            found.append(self._ahead)
            self._ahead = next(self._rows, None)
        return found


@contextmanager
def connected(url: str) -> Iterator[Source]:
    """The database behind a URL, read-only and as it is at this moment. Raises SourceError, also while it is read."""
    try:
        import psycopg
    except ImportError:
        raise SourceError("Reading Nhost's database needs psycopg: pip install 'nhost-auth[postgres]'") from None
    try:
        with _connect(url) as connection:
            connection.read_only, connection.isolation_level = True, psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute("set time zone 'UTC'")
            yield Source(connection)
    except psycopg.Error as error:
        raise SourceError(f"Nhost's database: {_told(error)}") from None


def _connect(url: str) -> psycopg.Connection[Row]:
    import psycopg
    from psycopg.rows import dict_row

    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        # What libpq says quotes the URL, and so the password.
        raise SourceError("The address of Nhost's database is no PostgreSQL URL.") from None
    if any("@" in str(parts.get(name, "")) for name in ("host", "port", "dbname")):
        raise SourceError(
            "The address of Nhost's database: signs like / and @ in its password have to be written %2F, %40."
        )
    return psycopg.connect(
        url, row_factory=dict_row, application_name="auth_import_nhost", client_encoding="utf8", prepare_threshold=None
    )


def _told(error: psycopg.Error) -> str:
    """The first line of what the server says, without the details, which quote rows."""
    return (error.diag.message_primary or str(error)).strip().splitlines()[0]
