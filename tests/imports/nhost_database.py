"""A real PostgreSQL database with Nhost's schema, made for the tests and dropped after them."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import bcrypt
import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from nhost_auth.infra.crypto import digest

SERVER = "postgres://postgres@127.0.0.1:5432"
SCHEMA = Path(__file__).with_name("nhost_schema.sql")
PASSWORD = "Old-horse-battery-9"
SALT = b"$2b$04$abcdefghijklmnopqrstuu"  # fixed: test ids have to be the same in every process
LATER = timedelta(days=30)

BACK_TO_18 = """
drop table auth.pkce_authorization_codes, auth.oauth2_refresh_tokens, auth.oauth2_clients;
alter table auth.users drop column otp_attempts, drop column new_phone_number,
  drop column pending_sms_deanonymize_options;
alter table auth.users alter column locale type varchar(2);
update auth.schema_migrations set version = 18;
"""
BACK_TO_14 = """
alter table auth.refresh_tokens drop column refresh_token_hash;
alter table auth.refresh_tokens add column refresh_token_hash varchar(255)
  generated always as ('\\x' || encode(sha256(id::text::bytea), 'hex')) stored;
"""
BACK_TO_5 = """
alter table auth.refresh_tokens drop column refresh_token_hash, drop column type, drop column metadata;
drop table auth.user_security_keys;
"""


@lru_cache
def bcrypted(password: str = PASSWORD, prefix: str = "2a") -> str:
    """As Nhost stores a password, but cheap."""
    return bcrypt.hashpw(password.encode(), SALT).decode().replace("$2b$", f"${prefix}$")


class Nhost:
    """The database, by what tests put into it."""

    def __init__(self, url: str, connection: psycopg.Connection[Any]) -> None:
        self.url, self.connection = url, connection

    def execute(self, text: str, *values: Any) -> None:
        self.connection.execute(text.encode(), values or None)

    def add(self, table: str, **columns: Any) -> uuid.UUID:
        """A row; its id."""
        given = {name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in columns.items()}
        query = sql.SQL("insert into {} ({}) values ({}) returning id").format(
            sql.Identifier("auth", table),
            sql.SQL(", ").join(map(sql.Identifier, given)),
            sql.SQL(", ").join(sql.Placeholder() * len(given)),
        )
        row = self.connection.execute(query, list(given.values())).fetchone()
        assert row is not None
        return uuid.UUID(str(row[0]))

    def add_user(self, email: str | None = "ann@example.com", **columns: Any) -> uuid.UUID:
        roles = columns.pop("roles", ("user", "me"))
        values = {"email": email, "password_hash": bcrypted(), "locale": "en", "email_verified": True}
        user_id = self.add("users", **values | columns)
        for role in roles:
            self.execute("insert into auth.roles values (%s) on conflict do nothing", role)
            self.add("user_roles", user_id=user_id, role=role)
        return user_id

    def add_token(self, user_id: uuid.UUID, **columns: Any) -> tuple[uuid.UUID, str]:
        """A refresh token: its id and its secret."""
        secret = str(uuid.uuid4())
        values = {"refresh_token_hash": f"\\x{digest(secret)}", "expires_at": datetime.now(UTC) + LATER}
        return self.add("refresh_tokens", user_id=user_id, **values | columns), secret

    def change(self, user_id: uuid.UUID, **columns: Any) -> None:
        for name, value in columns.items():
            query = sql.SQL("update auth.users set {} = %s where id = %s").format(sql.Identifier(name))
            self.connection.execute(query, [value, user_id])


@pytest.fixture(scope="session")
def nhost_server() -> Iterator[psycopg.Connection[Any]]:
    try:
        connection = psycopg.connect(f"{SERVER}/postgres", autocommit=True)
    except psycopg.OperationalError:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Nhost's database is PostgreSQL's, and none answers at {SERVER}")
    with connection:
        yield connection


@pytest.fixture
def nhost(nhost_server: psycopg.Connection[Any], nhost_template: str) -> Iterator[Nhost]:
    name = f"nhost_{uuid.uuid4().hex}"
    nhost_server.execute(f"create database {name} template {nhost_template}".encode())
    try:
        with psycopg.connect(f"{SERVER}/{name}", autocommit=True) as connection:
            yield Nhost(f"{SERVER}/{name}", connection)
    finally:
        nhost_server.execute(f"drop database {name} with (force)".encode())


@pytest.fixture(scope="session")
def nhost_template(nhost_server: psycopg.Connection[Any]) -> Iterator[str]:
    """The name of an empty database with the schema, of which each test gets a copy."""
    name = f"nhost_template_{uuid.uuid4().hex}"
    nhost_server.execute(f"create database {name}".encode())
    try:
        with psycopg.connect(f"{SERVER}/{name}", autocommit=True) as connection:
            connection.execute(SCHEMA.read_bytes())
        yield name
    finally:
        nhost_server.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def hashers(settings: Any) -> None:
    """A project that is prepared for Nhost's passwords."""
    settings.PASSWORD_HASHERS = [
        "tests.hashers.CheapArgon2idHasher",
        "django.contrib.auth.hashers.BCryptPasswordHasher",
    ]
