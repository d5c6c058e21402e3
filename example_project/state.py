"""What the demo makes up on its first start and keeps beside the code: secrets and the SQLite file."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent.parent / ".demo"


def kept_secrets() -> dict[str, str]:
    """SECRET_KEY and AUTH_ENCRYPTION_KEY of this checkout, made on first use."""
    DIRECTORY.mkdir(mode=0o700, exist_ok=True)
    path = DIRECTORY / "secrets.json"
    if not path.exists():
        _write_once(path, {"SECRET_KEY": secrets.token_urlsafe(48), "AUTH_ENCRYPTION_KEY": secrets.token_hex(32)})
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _write_once(path: Path, values: dict[str, str]) -> None:
    """Write a file whole; of processes that start at the same moment the first one's values count."""
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(values))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
