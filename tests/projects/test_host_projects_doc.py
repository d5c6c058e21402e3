"""docs/host-projects.md as written: its blocks make a project, whose own tests pass and whose views answer as told."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nhost_auth

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```\w+\n# (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ASK = """
import os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "mysite.settings"
django.setup()
from django.test import Client
from nhost_auth.pytest_plugin.clients import SignedInClient
from nhost_auth.pytest_plugin.people import make_account

editor, reader = make_account(roles=["user", "editor"]), make_account(roles=["user"])
asking = [SignedInClient.of(editor), SignedInClient.of(reader), Client()]
for path in ["/notes/", "/notes/count/", "/whoami/", "/docs/", "/docs/openapi.json"]:
    print(path, *[client.get(path, headers={"host": "localhost"}).status_code for client in asking])
"""


class Project:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.run("-m", "django", "startproject", "mysite", ".")
        self.run("manage.py", "startapp", "notes")
        self.tests = 0
        for name, text in BLOCK.findall((ROOT / "docs/host-projects.md").read_text()):
            with (directory / name).open("a") as file:
                file.write(text)
            self.tests += text.count("\ndef test_")
        self.run("manage.py", "makemigrations", "notes", "-v0")
        self.run("manage.py", "migrate", "-v0")

    def run(self, *arguments: str) -> str:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
        environ["PYTHONPATH"] = str(Path(nhost_auth.__file__).parents[1])
        command = [sys.executable, "-W", "error", *arguments]
        ended = subprocess.run(
            command, cwd=self.directory, env=environ, capture_output=True, text=True, check=False, timeout=120
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout


def test_every_block_names_its_file() -> None:
    text = (ROOT / "docs/host-projects.md").read_text()
    assert len(BLOCK.findall(text)) == len(re.findall(r"^```\w", text, re.MULTILINE)) >= 9


def test_project_works_as_written(tmp_path: Path) -> None:
    """One test: to make the project takes longer than all that is asked of it."""
    project = Project(tmp_path)
    project.run("manage.py", "check", "--fail-level", "WARNING")
    told = project.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "--disable-socket")
    assert project.tests >= 6
    assert f"{project.tests} passed" in told
    told = project.run("-c", ASK)
    assert told.splitlines() == [
        "/notes/ 200 403 401",
        "/notes/count/ 200 200 302",
        "/whoami/ 200 200 401",
        "/docs/ 200 200 200",
        "/docs/openapi.json 200 200 200",
    ]
    schema = json.loads(
        project.run("manage.py", "spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn")
    )
    own = [told for path, methods in schema["paths"].items() if "/v1/" not in path for told in methods.values()]
    assert sum({"BearerAuth": []} in told.get("security", ()) for told in own) == 4
    assert "/v1/signin/email-password" in schema["paths"]
