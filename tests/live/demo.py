"""The demo server as a process of its own, as `python manage.py demo` starts it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120  # as long only where other work has the machine
DATABASE = "demo.sqlite3"
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
ENVIRONMENT = {
    "AUTH_ANONYMOUS_USERS_ENABLED": "true",
    "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED": "false",
    "AUTH_ENCRYPTION_KEY": "0123456789abcdef" * 4,
    "AUTH_OTP_EMAIL_ENABLED": "true",
    "PYTHONUNBUFFERED": "1",
    "SECRET_KEY": "live-tests-only-" + "k" * 40,
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Demo:
    """A running demo. `directory` holds its database and what it printed."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.api = f"{self.origin}/v1"
        self.directory = directory
        self._log = directory / "log"
        passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._environment = {
            **passed_on,
            **ENVIRONMENT,
            "DATABASE_URL": f"sqlite:///{directory / DATABASE}",
            "AUTH_PORT": str(self.port),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def database_url(self) -> str:
        return self._environment["DATABASE_URL"]

    @property
    def printed(self) -> str:
        return self._log.read_text()

    def start(self) -> Demo:
        self._begin("manage.py", "demo", "--noinput")
        return self

    def resume(self) -> Demo:
        """Start it again, without what only a first start needs."""
        server = ("granian", "example_project.wsgi:application", "--interface", "wsgi", "--blocking-threads", "4")
        self._begin("-m", *server)
        return self

    def resume_from(self, other: Demo) -> Demo:
        """Start it on a copy of another's database, which takes a third of a first start."""
        source, copy = (
            sqlite3.connect(url.removeprefix("sqlite:///")) for url in (other.database_url, self.database_url)
        )
        with closing(source), closing(copy):
            source.backup(copy)
        return self.resume()

    def _begin(self, *arguments: str) -> None:
        command = [sys.executable, *arguments, "--host", "127.0.0.1", "--port", str(self.port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        try:
            self._await_health(self._process)
        except BaseException:
            self.__exit__()
            raise

    def _await_health(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.healthy():
            assert process.poll() is None, self.printed
            assert time.monotonic() < deadline, self.printed
            time.sleep(0.05)

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """End it and wait; its exit status."""
        assert self._process is not None
        self._process.send_signal(sign)
        return self._process.wait(timeout=20)

    def kill(self) -> None:
        """SIGKILL for all of it: the process that was started, and those it has started."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=20)

    def __enter__(self) -> Demo:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing runs on, whatever a test failed at."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def manage(self, *arguments: str) -> str:
        """What a management command prints beside the running server."""
        return self.run("manage.py", *arguments)

    def run(self, *arguments: str) -> str:
        """What Python prints for these arguments, in the server's environment."""
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def shell(self, script: str, directory: Path, **variables: str) -> str:
        """What bash prints for a script that stops at the first failure, in the server's environment."""
        command = ["bash", "-euc", script.replace("python manage.py", f"{sys.executable} {ROOT / 'manage.py'}")]
        environment = self._environment | variables
        done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def worker(self) -> subprocess.Popen[bytes]:
        """A process that sends the mails which wait, and ends when there are none."""
        command = [sys.executable, "manage.py", "db_worker", "--batch", "--no-startup-delay", "--verbosity", "0"]
        return subprocess.Popen(command, cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL)

    def healthy(self) -> bool:
        try:
            return requests.get(f"{self.api}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False


Start = Callable[..., Demo]
"""Starts a demo whose environment has these variables."""


class Prepared:
    """What a first start leaves behind: the database and the admin's password, printed."""

    def __init__(self, demo: Demo) -> None:
        assert demo.start().stop() == 0, demo.printed
        self.printed = demo.printed
        self._directory = demo.directory

    def copy(self, directory: Path) -> None:
        for file in self._directory.glob(f"{DATABASE}*"):
            shutil.copy(file, directory)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """For demos whose first start is not what a test is about: to migrate takes longer than most of what is asked."""
    return Prepared(Demo(tmp_path_factory.mktemp("prepared")))
