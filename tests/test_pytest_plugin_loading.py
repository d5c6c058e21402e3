"""pytest loads our plugin in every run where the package is installed: it keeps quiet where nobody asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import nhost_auth

PLAIN = """
import sys

def test_nothing_of_django_or_ours_is_loaded():
    loaded = {name.partition(".")[0] for name in sys.modules} & {"rest_framework", "cbor2", "jwt", "social_core"}
    ours = {name for name in sys.modules if name.startswith("nhost_auth")}
    assert (loaded, ours) == (set(), {"nhost_auth", "nhost_auth.pytest_plugin"})
    assert "django.db.models" not in sys.modules

def test_warnings(recwarn):
    assert not recwarn.list
"""
ASKING = "def test_account(nhost_account): pass"


def run(tmp_path: Path, test: str, *options: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "test_plain.py").write_text(test)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    environ = {**os.environ, "PYTHONPATH": str(Path(nhost_auth.__file__).parents[1])}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)


def test_package_offers_the_plugin() -> None:
    assert [found.value for found in entry_points(group="pytest11", name="nhost_auth")] == ["nhost_auth.pytest_plugin"]


def test_run_without_django_does_not_notice(tmp_path: Path) -> None:
    for options in ((), ("-p", "no:django")):
        ended = run(tmp_path, PLAIN, *options)
        assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
        assert "2 passed" in ended.stdout
        assert "warning" not in ended.stdout


def test_fixture_without_pytest_django_says_what_it_lacks(tmp_path: Path) -> None:
    ended = run(tmp_path, ASKING, "-p", "no:django")
    assert ended.returncode == 1
    assert "fixture 'db' not found" in ended.stdout


def test_fixtures_are_listed_with_what_they_do(tmp_path: Path) -> None:
    told = run(tmp_path, ASKING, "--fixtures").stdout
    fixtures = ("account", "api_client", "authenticator", "client", "messages")
    for name in fixtures:
        described = told.partition(f"nhost_{name} -- ")[2].splitlines()[1]
        assert described.strip() not in ("", "no docstring available")
