"""Servers as processes of their own, and the CPU time and memory that Linux has on record for them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    pid: int
    port: int
    database: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Seconds that the server and its workers have computed."""
        return sum(map(_cpu, family(self.pid)))

    def database_cpu(self) -> float:
        """Seconds that the database's processes for this server have computed."""
        return sum(_cpu(pid) for pid in _pids() if f" {self.database} " in _command(pid))

    def memory(self) -> int:
        """Bytes of the largest worker."""
        return max(_resident(pid) for pid in family(self.pid))

    def memory_in_all(self) -> int:
        """Bytes of the server and its workers; of what they share each has its part."""
        return sum(map(_proportional, family(self.pid)))


@dataclass(frozen=True)
class Remote:
    """A server that somebody else has started; with its process id where that is on this machine."""

    address: str
    pid: int | None = None

    @property
    def url(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def cpu(self) -> float | None:
        return None if self.pid is None else sum(map(_cpu, family(self.pid)))

    def database_cpu(self) -> None:
        """Nobody knows which processes of which database are its own."""

    def memory(self) -> int | None:
        return None if self.pid is None else max(_resident(pid) for pid in family(self.pid))


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children = [child for child in _pids() if _parent(child) == pid]
    return [pid, *(each for child in children for each in family(child))]


def manage(site: str, environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "django", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment_of(site, environment), check=True, stdout=subprocess.DEVNULL)


def environment_of(site: str, environment: dict[str, str]) -> dict[str, str]:
    settings = {"DJANGO_SETTINGS_MODULE": f"benchmarks.sites.{site}.settings", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **settings, **environment}


def _granian(port: int, workers: int, threads: int) -> list[str]:
    scale = ["--workers", str(workers), "--blocking-threads", str(threads)]
    return ["granian", "--interface", "wsgi", "--port", str(port), "--no-ws", "--log-level", "error", *scale]


def _gunicorn(port: int, workers: int, threads: int) -> list[str]:
    # More than one thread makes its workers gthread.
    scale = ["--workers", str(workers), "--threads", str(threads)]
    return ["gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "error", *scale]


COMMANDS = {"granian": _granian, "gunicorn": _gunicorn}


@contextmanager
def serving(
    site: str, environment: dict[str, str], workers: int, threads: int, by: str = "granian"
) -> Iterator[Server]:
    """A WSGI server that serves a site of benchmarks/sites."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", *COMMANDS[by](port, workers, threads), "benchmarks.sites.wsgi:application"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment_of(site, environment))
    server = Server(process.pid, port, environment["DATABASE_URL"].rpartition("/")[2])
    try:
        _wait(server.url)
        yield server
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str) -> None:
    for _ in range(START_SECONDS * 10):
        try:
            urllib.request.urlopen(url, timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"no server at {url}")


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["0"] * 20


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _cpu(pid: int) -> float:
    user, system = _stat(pid)[11:13]
    return (int(user) + int(system)) / TICK


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
