"""The journey under each host project (design.md 1.3, 4), each in a process: Django's settings are global."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECTS = ("bare_user", "hostile_settings", "no_admin", "no_username", "otp_plugins", "unfold_admin", "uuid_key")
FURTHER = {name: [f"tests/projects/{name}/journey.py"] for name in ("no_admin", "otp_plugins", "unfold_admin")}


@pytest.mark.parametrize("project", PROJECTS)
def test_journey_passes_under(project: str) -> None:
    if project == "unfold_admin":
        pytest.importorskip("unfold")
    options = ["-p", "no:cacheprovider", "-n0", "-q", f"--ds=tests.projects.{project}.settings"]
    command = [sys.executable, "-m", "pytest", *options, "tests/projects/journey.py", *FURTHER.get(project, [])]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
