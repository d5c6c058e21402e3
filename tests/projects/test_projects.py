"""The journey under each host project (design.md 1.3, 4), each in a process: Django's settings are global."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
JOURNEYS = [f"tests/projects/{name}.py" for name in ("journey", "rest_journey", "imports")]
FURTHER = {"otp_plugins": ["tests/projects/otp_plugins/journey.py"]}


@pytest.mark.parametrize("project", ["bare_user", "hostile_settings", "no_username", "otp_plugins", "uuid_key"])
def test_journey_passes_under(project: str) -> None:
    options = ["-p", "no:cacheprovider", "-n0", "-q", f"--ds=tests.projects.{project}.settings"]
    command = [sys.executable, "-m", "pytest", *options, *JOURNEYS, *FURTHER.get(project, [])]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
