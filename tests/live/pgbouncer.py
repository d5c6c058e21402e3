"""A PgBouncer of the tests' own that never gives a client the same connection twice if it can help it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.live.demo import free_port
from tests.live.postgres import ACCOUNT

POOL = 2
CONFIGURATION = """
[databases]
{name} = host=127.0.0.1 port={database_port} user=postgres

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {pool}
min_pool_size = {pool}
server_round_robin = 1
ignore_startup_parameters = options
"""


def program() -> str:
    """The path of pgbouncer; skips the test where there is none."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if found is None:
        pytest.skip("there is no pgbouncer here")
    return found


class PgBouncer:
    def __init__(self, directory: Path, database: str) -> None:
        """`database` is the URL of what it stands before, `url` the one to use instead."""
        target = urlsplit(database)
        self.port, self._name = free_port(), target.path[1:]
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/{self._name}"
        configuration = directory / "pgbouncer.ini"
        facts = {"name": self._name, "database_port": target.port, "port": self.port, "pool": POOL}
        configuration.write_text(CONFIGURATION.format(**facts))
        # Root it refuses to be.
        command = [program(), *(["-u", ACCOUNT] if os.geteuid() == 0 else []), str(configuration)]
        self._log = directory / "pgbouncer.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.02)

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True, prepare_threshold=None)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(timeout=20)

    def _answers(self) -> bool:
        try:
            with self.connect() as connection:
                return bool(connection.execute("SELECT 1").fetchone())
        except psycopg.OperationalError:
            return False
