"""The npm packages of the page /app, installed beside a copy of its sources."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "example_project" / "page"
BUNDLE = PAGE.parent / "static" / "example_project" / "app.js"


class PageTools:
    """`npm ci && npm run build` in `folder`. Missing tools are a reason to skip, but not in CI."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "page"
        shutil.copytree(PAGE, self.folder, ignore=shutil.ignore_patterns("node_modules"))
        if shutil.which("npm") is None and not os.environ.get("CI"):
            pytest.skip("Node and npm are not installed")
        done = self._npm("ci", "--no-audit", "--no-fund", "--ignore-scripts")
        if done.returncode and not os.environ.get("CI"):
            pytest.skip(f"The page's packages cannot be installed: {done.stderr[-300:]}")
        assert done.returncode == 0, done.stderr

    def build(self) -> Path:
        """The bundle that the command makes."""
        done = self._npm("run", "build")
        assert done.returncode == 0, done.stderr
        return self.folder.parent / "static" / "example_project" / "app.js"

    @property
    def axe(self) -> str:
        """A script that looks for what keeps people out."""
        return (self.folder / "node_modules" / "axe-core" / "axe.min.js").read_text()

    def _npm(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["npm", *arguments], cwd=self.folder, capture_output=True, text=True)
