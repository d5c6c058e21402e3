"""Databases of a PostgreSQL server that are there for one run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

SERVER = "postgres://postgres@127.0.0.1:5432"


@contextmanager
def temporary(server: str, name: str) -> Iterator[str]:
    """A new, empty database; its URL."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
