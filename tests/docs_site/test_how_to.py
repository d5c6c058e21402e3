"""The how-to pages: commands print what they say on the demo, and all that is named exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from docs_site import errors
from tests.live.demo import Demo, Prepared

HOW_TO = Path(__file__).parents[2] / "docs/how-to"
PREPARED = "trying.md"
PAGES = sorted(file.name for file in HOW_TO.glob("*.md") if file.name != PREPARED)
TITLES = ["Turn it on", "Try it", "Common errors", "Make it stricter"]
MARK = "-- end of output --"
NO_GATEWAY = ("AUTH_SMS_PROVIDER", "AUTH_SMS_TWILIO")
STEADY = {"AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED": "true", "AUTH_OTP_EMAIL_ENABLED": "false"}
"""The demo of the tests is looser than the one people start."""


def read(page: str) -> str:
    return (HOW_TO / page).read_text()


def steps(text: str) -> list[tuple[str, str]]:
    """Commands and what they print; an ellipsis stands for anything."""
    blocks = "".join(re.findall(r"(?ms)^```console\n(.*?)^```$", text))
    parts = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", blocks, re.MULTILINE)
    return [(command, output.rstrip("\n")) for command, output in parts]


def environment(text: str) -> dict[str, str]:
    """The settings of a page as variables. Of the addresses and the gateway the demo has its own."""
    block = "".join(re.findall(r"(?ms)^## Turn it on\n.*?^```python\n(.*?)^```$", text)[:1])
    found: dict[str, Any] = {}
    lines = [line for line in block.splitlines() if line.startswith("AUTH_")]
    exec("\n".join(lines), found)
    kept = {name: value for name, value in found.items() if name.startswith("AUTH_") and name != "AUTH_CLIENT_URL"}
    return {name: _variable(value) for name, value in kept.items() if not name.startswith(NO_GATEWAY)}


def _variable(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("page", PAGES)
def test_commands_print_what_they_say(page: str, prepared: Prepared, tmp_path: Path) -> None:
    text = read(page)
    prepared.copy(tmp_path)
    (shell,) = re.findall(r"(?ms)^```bash\n(.*?)^```$", read(PREPARED))
    commands = steps(text)
    assert len(commands) >= 2
    script = shell + "\n".join(f"{command}\necho; echo '{MARK}'" for command, _ in commands)
    with Demo(tmp_path, **STEADY | environment(text)).resume() as demo:
        script = script.replace("127.0.0.1:4000", f"127.0.0.1:{demo.port}")
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert demo.stop() == 0
    printed = [part.strip() for part in done.stdout.replace(str(demo.port), "4000").split(MARK)]
    for (command, expected), output in zip(commands, printed, strict=False):
        pattern = ".*".join(map(re.escape, expected.split("…")))
        assert re.fullmatch(pattern, output, re.DOTALL), f"{command} printed {output!r}\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES)
def test_pages_have_one_form(page: str) -> None:
    titles = re.findall(r"(?m)^## (.+)$", read(page))
    assert [title for title in titles if title in TITLES] == TITLES
    assert set(titles) - set(TITLES) <= {"Providers of your own"}


@pytest.mark.parametrize("page", PAGES)
def test_errors_that_are_named_exist(page: str) -> None:
    (table,) = re.findall(r"(?m)^\| error \| when \|\n\|---\|---\|\n((?:^\|.*\|\n)+)", read(page))
    codes = {code for row in table.splitlines() for code in re.findall(r"`([a-z-]+)`", row.split("|")[1])}
    assert codes - {error.code for error in errors.classes()} == set()
