"""What a run was made on: recorded with its figures, for the next machine is another one."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psycopg

PACKAGES = (
    "Django",
    "djangorestframework",
    "djangorestframework-simplejwt",
    "djoser",
    "dj-rest-auth",
    "django-allauth",
    "granian",
    "gunicorn",
    "psycopg",
    "PyJWT",
    "cryptography",
    "argon2-cffi",
)


def facts(database: str) -> dict[str, Any]:
    """Of this machine and of the PostgreSQL server behind a URL without a database's name."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpu": _cpu_model(),
        "cpus": os.cpu_count(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2,
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": _postgresql(database),
        "wrk": _wrk(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def described(machine: dict[str, Any]) -> str:
    """One sentence for a report."""
    packages = ", ".join(f"{name} {number}" for name, number in machine.get("packages", {}).items())
    parts = [
        f"{machine['cpus']} cores of {machine['cpu']}" if "cpu" in machine else f"{machine['cpus']} cores",
        f"{machine['memory_mib']:,} MiB" if "memory_mib" in machine else "",
        machine.get("kernel", ""),
        f"Python {machine['python']}",
        f"PostgreSQL {machine['postgresql']}" if "postgresql" in machine else "",
        packages,
    ]
    return f"Measured on {machine.get('date', 'a day not recorded')}: {', '.join(filter(None, parts))}."


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _postgresql(server: str) -> str:
    with psycopg.connect(f"{server}/postgres") as connection:
        return str(connection.info.parameter_status("server_version"))


def _wrk() -> str:
    # `wrk -v` prints its version and fails.
    printed = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout
    return printed.partition(" [")[0].removeprefix("wrk ").strip()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
