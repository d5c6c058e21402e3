"""The journey under each host project (design.md 1.3, 4), each in a process: Django's settings are global."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
JOURNEYS = {
    "bare_user": ["journey", "imports"],
    "hostile_settings": ["journey", "rest_journey"],
    "no_admin": ["journey", "no_admin/journey"],
    "no_username": ["journey", "imports"],
    "otp_plugins": ["journey", "otp_plugins/journey"],
    "unfold_admin": ["unfold_admin/journey"],
    "uuid_key": ["journey", "rest_journey", "imports"],
}
"""Where what is at stake: imports depend on the user model, views of the host on its settings."""


@pytest.mark.parametrize("project", JOURNEYS)
def test_journey_passes_under(project: str) -> None:
    if project == "unfold_admin":
        pytest.importorskip("unfold")
    options = ["-p", "no:cacheprovider", "-n0", "-q", f"--ds=tests.projects.{project}.settings"]
    command = [sys.executable, "-m", "pytest", *options, *(f"tests/projects/{name}.py" for name in JOURNEYS[project])]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
