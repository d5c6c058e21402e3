"""The script of the page /app is what the one documented command makes of its sources."""

from __future__ import annotations

import json
import re

from tests.live.page_tools import BUNDLE, PAGE, PageTools

SOURCES = sorted(PAGE.glob("*.js"))
MAX_LINES = 150


def test_committed_bundle_is_what_the_command_makes(page_tools: PageTools) -> None:
    assert page_tools.build().read_text() == BUNDLE.read_text(), "run `npm ci && npm run build` in example_project/page"


def test_bundle_is_whole() -> None:
    """Nothing is fetched from elsewhere, and nothing is left to be resolved by the browser."""
    assert not re.search(r"""\bimport\s*[("'{*]|\bfrom\s*["']""", BUNDLE.read_text())


def test_versions_are_pinned() -> None:
    described = json.loads((PAGE / "package.json").read_text())
    versions = described["dependencies"] | described["devDependencies"]
    assert [version for version in versions.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_every_way_is_a_short_file_that_main_imports() -> None:
    main = (PAGE / "main.js").read_text()
    imported = set(re.findall(r"'\./(\w+\.js)'", "".join(path.read_text() for path in SOURCES)))
    assert {path.name for path in SOURCES} == imported | {"main.js"}
    assert {path.name: count for path in SOURCES if (count := path.read_text().count("\n")) >= MAX_LINES} == {}
    assert "email_password.js" in main
