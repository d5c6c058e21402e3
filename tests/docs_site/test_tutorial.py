"""docs/tutorial.md as printed: its files make a project, and its commands print what it says they do.

`sh` blocks install things and are left out: this package is here already, and the client comes by its lock file.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

import nhost_auth
from tests.live.demo import free_port

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs/tutorial.md").read_text()
SDK = ROOT / "tests/live/sdk"
PORT = "8000"
START_SECONDS = 60
SERVER = "python manage.py runserver"
MARK = "-- end of output --"


class Block(NamedTuple):
    language: str
    text: str

    @property
    def file(self) -> str:
        """The file whose end it goes to; nothing for commands."""
        named = re.match(r"(?:#|//) (\S+\.\w+)\n", self.text)
        return named[1] if named else ""

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Commands and what they print; an ellipsis stands for anything."""
        parts = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", self.text, re.MULTILINE)
        return [(command, output.rstrip("\n")) for command, output in parts]


BLOCKS = [Block(*parts) for parts in re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", TUTORIAL)]


class Reader:
    """Somebody who follows the tutorial, at a port that is free."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.port = directory, str(free_port())
        self.serves = False
        self.server: subprocess.Popen[bytes] | None = None
        self.state = directory / ".variables"
        self.state.touch()

    def follow(self, block: Block) -> None:
        if block.file:
            self.write(block)
        elif block.language == "console" and block.steps[0][0] == SERVER:
            self.serves = True
        elif block.language == "console":
            self.run(block.steps)

    def write(self, block: Block) -> None:
        self.stop()
        if block.file.endswith(".mjs"):
            self.install_client()
        with (self.directory / block.file).open("a") as file:
            file.write(self.here(block.text))

    def install_client(self) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SDK / name, self.directory)
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=self.directory, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def run(self, steps: list[tuple[str, str]]) -> None:
        """Run commands beside the server, in one shell whose variables the next block knows."""
        if self.serves and self.server is None:
            self.server = self.start()
        lines = [f"{self.here(command)}\necho; echo '{MARK}'" for command, _ in steps]
        script = "\n".join([f". {self.state}", *lines, f"declare -p API JSON LINK TOKEN > {self.state} 2>/dev/null"])
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.directory, env=self.environ(), capture_output=True, text=True, timeout=60
        )
        printed = [part.strip() for part in done.stdout.replace(self.port, PORT).split(MARK)]
        for (command, expected), output in zip(steps, printed, strict=False):
            pattern = ".*".join(map(re.escape, expected.split("…")))
            assert re.fullmatch(pattern, output, re.DOTALL), f"{command} printed {output!r}\n{done.stderr}"

    def stop(self) -> None:
        """As Django's server does by itself when a file changes."""
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(timeout=20)
        self.server = None

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "runserver", "--noreload", self.port]
        with (self.directory / "log").open("ab") as log:
            server = subprocess.Popen(command, cwd=self.directory, env=self.environ(), stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert server.poll() is None, (self.directory / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return server

    def answers(self) -> bool:
        try:
            return requests.get(f"http://localhost:{self.port}/v1/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def here(self, text: str) -> str:
        return text.replace(PORT, self.port)

    def environ(self) -> dict[str, str]:
        """This interpreter's tools and this package, but nothing of the tests' settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
        path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
        return {**kept, "PATH": path, "PYTHONPATH": str(Path(nhost_auth.__file__).parents[1])}


def test_tutorial_works_as_printed(tmp_path: Path) -> None:
    """One test: each step needs those before it."""
    if shutil.which("npm") is None and not os.environ.get("CI"):
        pytest.skip("Node and npm are not installed")
    reader = Reader(tmp_path)
    try:
        for block in BLOCKS:
            reader.follow(block)
    finally:
        reader.stop()
    assert reader.serves


def test_every_block_is_a_file_commands_or_an_installation() -> None:
    assert {block.language for block in BLOCKS} == {"sh", "console", "python", "js"}
    for block in BLOCKS:
        assert bool(block.file) == (block.language in ("python", "js"))
        assert "install" in block.text if block.language == "sh" else True
    assert sum(len(block.steps) for block in BLOCKS) > 15
