"""A PostgreSQL of the tests' own: it is stopped, halted and restarted at will, and no other is touched."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.live.demo import free_port

ACCOUNT = "postgres"
"""Who it runs as where the tests run as root, which PostgreSQL refuses."""


def binaries() -> Path:
    """Where initdb and pg_ctl are; skips the test where they are not."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.partition(".")[0])
    )
    places = [*reversed(versions), *(Path(found).parent for name in ("pg_ctl",) if (found := shutil.which(name)))]
    for place in places:
        if (place / "initdb").exists() and (place / "pg_ctl").exists():
            return place
    pytest.skip("there are no initdb and pg_ctl of a PostgreSQL server here")


class PostgreSQL:
    def __init__(self, place: Path, directory: Path) -> None:
        self.port = free_port()
        self._place, self._directory, self._data = place, directory, directory / "data"
        self._names = (f"demo_{number}" for number in itertools.count())
        self._as: dict[str, Any] = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []} if os.geteuid() == 0 else {}
        if self._as:
            shutil.chown(directory, ACCOUNT, ACCOUNT)
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._options = (
            f"-p {self.port} -k {directory} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=50"
        )
        self.start()

    def start(self) -> None:
        self._run("pg_ctl", "-w", "-s", "-o", self._options, "-l", str(self._directory / "log"), "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is what a crash is to those connected."""
        self._run("pg_ctl", "-w", "-s", "-m", mode, "stop")

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Meanwhile nobody gets in: connections are taken by the kernel, and nobody answers."""
        pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def make_database(self) -> str:
        """The URL of a new database."""
        name = next(self._names)
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def connect(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=name, autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._place / program), "-D", str(self._data), *arguments]
        with (self._directory / "printed").open("ab") as printed:
            # Into a file: the server inherits it and would keep a pipe open.
            subprocess.run(
                command, check=True, cwd=self._directory, stdout=printed, stderr=printed, timeout=60, **self._as
            )


@contextmanager
def own_postgres() -> Iterator[PostgreSQL]:
    # Not below pytest's own directories, which are root's alone.
    with tempfile.TemporaryDirectory(prefix="nhost-auth-postgres-") as directory:
        server = PostgreSQL(binaries(), Path(directory))
        try:
            yield server
        finally:
            server.stop()
