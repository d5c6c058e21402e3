"""docs/production.md: its settings make a project that `check --deploy` is content with, its commands exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands, load_command_class

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/production.md").read_text()
(SETTINGS,) = re.findall(r"(?ms)^```python\n(# shop/production\.py\n.*?)^```$", PAGE)
(CRON,) = re.findall(r"(?ms)^```cron\n(.*?)^```$", PAGE)
SECRETS = re.findall(r'os\.environ\["(\w+)"\]', SETTINGS)
LINES = [line for line in CRON.splitlines() if line]
SCHEDULE = re.compile(r"(?:\S+ +){5}python manage\.py (.+)")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `check --deploy` says of a project with these settings, beside those that Django begins with."""
    directory = tmp_path_factory.mktemp("shop")
    call_command("startproject", "shop", str(directory))
    apps = '\nINSTALLED_APPS += ["social_django", "nhost_auth"]\n'
    with (directory / "shop/settings.py").open("a") as file:
        file.write(apps)
    (directory / "shop/urls.py").write_text(
        'from django.urls import include, path\n\nurlpatterns = [path("v1/", include("nhost_auth.urls"))]\n'
    )
    (directory / "shop/production.py").write_text(SETTINGS)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
    environ |= {name: os.urandom(32).hex() for name in SECRETS}
    environ |= {"DJANGO_SETTINGS_MODULE": "shop.production", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "manage.py", "check", "--deploy"]
    done = subprocess.run(command, cwd=directory, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_check_has_nothing_to_say_but_what_the_page_prints(printed: str) -> None:
    (told,) = re.findall(r"(?s)check --deploy\n(.*?)```", PAGE)
    assert set(re.findall(r"\(([\w.]+[WE]\d+)\)", printed)) == set(re.findall(r"[\w]+\.[WE]\d+", told))


def test_secrets_are_as_many_as_the_page_counts() -> None:
    assert len(set(SECRETS)) == 4
    assert "has the four secrets" in PAGE


@pytest.mark.parametrize("line", LINES)
def test_what_runs_by_the_clock_exists_and_takes_its_arguments(line: str) -> None:
    found = SCHEDULE.fullmatch(line)
    assert found, line
    name, *arguments = shlex.split(found[1])
    if name not in get_commands():  # an app that the settings of the tests do not have
        assert find_spec(f"django_tasks_db.management.commands.{name}")
        return
    load_command_class(str(get_commands()[name]), name).create_parser("manage.py", name).parse_args(arguments)


def test_secrets_are_of_the_kind_that_the_settings_want() -> None:
    commands = re.findall(r"(?m)^\$ python (-c .*)$", PAGE)
    key = [subprocess.check_output([sys.executable, *shlex.split(c)], text=True).strip() for c in commands][1]
    assert len(bytes.fromhex(key)) == 32
