"""The site is built without a warning, and asks nobody else for anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs_site.pages import made

ROOT = Path(__file__).parents[2]
FETCHED = re.compile(r"""<(?:script|img|iframe|source)[^>]*\ssrc=["']?(https?:|//)|<link[^>]*href=["']?(https?:|//)""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs", reason="pip install nhost-auth[docs]")
    directory = tmp_path_factory.mktemp("site")
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_", "PYTHON"))
    }
    command = [str(Path(sys.executable).with_name("mkdocs")), "build", "--strict", "--site-dir", str(directory)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


def test_every_page_is_there_and_found_by_the_search(site: Path) -> None:
    pages = {*made(), *(file.relative_to(ROOT / "docs").as_posix() for file in (ROOT / "docs").rglob("*.md"))}
    places = {re.sub(r"(^|/)index$", r"\1", page.removesuffix(".md")).rstrip("/") for page in pages}
    assert all((site / place / "index.html").is_file() for place in places)
    found = {
        entry["location"].partition("#")[0]
        for entry in json.loads((site / "search/search_index.json").read_text())["docs"]
    }
    assert {place.rstrip("/") for place in found} == places


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        assert not FETCHED.search(page.read_text()), page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"""(url\(["']?|@import ["'])(https?:)?//""", sheet.read_text()), sheet


def test_anchors_of_the_reference_are_on_its_pages(site: Path) -> None:
    assert 'id="auth_otp_email_enabled"' in (site / "reference/settings/index.html").read_text()
    assert 'id="post-signin-otp-email-verify"' in (site / "reference/endpoints/index.html").read_text()
