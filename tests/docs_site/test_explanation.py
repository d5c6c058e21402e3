"""docs/explanation/: facts on its pages that the code or another page decides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs_site.settings import OURS, grouped
from nhost_auth.conf import all_settings

DOCS = Path(__file__).parents[2] / "docs"
DEFAULTS = {setting.name: setting.default for setting in all_settings()}
NO_WAYS_IN = {"trying.md", "sms-gateway.md"}


def read(page: str) -> str:
    return (DOCS / page).read_text()


def test_what_each_way_in_withstands_is_told_of_each() -> None:
    linked = set(re.findall(r"\(\.\./how-to/([\w-]+\.md)", read("explanation/threats.md")))
    assert linked >= {file.name for file in (DOCS / "how-to").iterdir()} - NO_WAYS_IN


def test_lines_that_are_named_have_tests() -> None:
    shown = dict(re.findall(r"(?m)^\| (\d+) \|.*\| (.*) \|$", read("security.md")))
    told = read("explanation/threats.md")
    groups = re.findall(r"\(((?:\d+, )*\d+)\)", told)
    lines = {line for group in groups for line in group.split(", ")}
    assert len(lines) > 20
    assert {line for line in lines if "test_" not in shown.get(line, "")} == set()


def test_every_setting_that_leaves_nhosts_way_is_among_the_differences() -> None:
    page = read("explanation/differences.md")
    differing = [setting.name for setting in grouped()[OURS] if "Nhost" in setting.meaning]
    assert [name for name in differing if f"`{name}" not in page and name not in page] == []


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("AUTH_ACCESS_TOKEN_EXPIRES_IN", 15 * 60, "`AUTH_ACCESS_TOKEN_EXPIRES_IN`, 15 minutes"),
        ("AUTH_REFRESH_TOKEN_EXPIRES_IN", 30 * 24 * 3600, "`AUTH_REFRESH_TOKEN_EXPIRES_IN`, 30 days from its last use"),
        ("AUTH_REFRESH_TOKEN_REUSE_WINDOW", 10, "`AUTH_REFRESH_TOKEN_REUSE_WINDOW` (10 seconds)"),
    ],
)
def test_times_of_sessions(setting: str, value: int, told: str) -> None:
    assert DEFAULTS[setting] == value
    assert told in read("explanation/sessions.md")


def test_defaults_among_the_differences() -> None:
    page = read("explanation/differences.md")
    for name, number in re.findall(r"(?m)^\| `(AUTH_\w+)` \|[^|\d]*(\d+) [^|]*\| [^|]* \|$", page):
        assert DEFAULTS[name] == int(number), name


def test_drawing_has_the_floors_that_imports_keep_to() -> None:
    drawing = read("explanation/floor-plan.svg")
    for floor in ("urls", "endpoints", "http", "flows", "models", "infra"):
        assert floor in drawing
