"""Running the import commands."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from tests.imports.nhost_database import Nhost


def import_nhost(nhost: Nhost | str, *arguments: str, **options: Any) -> str:
    """What the command prints."""
    out = io.StringIO()
    url = nhost if isinstance(nhost, str) else nhost.url
    call_command("auth_import_nhost", *([url] if url else []), *arguments, stdout=out, **options)
    return out.getvalue()


def import_lines(folder: Path, *lines: dict[str, Any] | str | bytes, arguments: tuple[str, ...] = ()) -> str:
    """What the command prints about a file of these lines."""
    path = folder / "users.jsonl"
    path.write_bytes(b"\n".join(_line(line) for line in lines))
    out = io.StringIO()
    call_command("auth_import_users", str(path), *arguments, stdout=out)
    return out.getvalue()


def _line(line: dict[str, Any] | str | bytes) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode()


def counts(printed: str, table: str) -> dict[str, int]:
    """A line of the report's table: read, imported, updated, here, skipped."""
    (line,) = [line for line in printed.splitlines() if line.split()[0:1] == [table] and line.split()[-1].isdigit()]
    return dict(zip(("read", "imported", "updated", "here", "skipped"), map(int, line.split()[1:]), strict=True))
