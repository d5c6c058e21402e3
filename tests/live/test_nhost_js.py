"""The unchanged @nhost/nhost-js client against the demo server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.live.demo import Demo

HERE = Path(__file__).parent / "sdk"
SCENARIOS = re.findall(r"^  async (\w+)\(", (HERE / "run.mjs").read_text(), re.MULTILINE)


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client of package-lock.json installed. Missing tools are a reason to skip, but not in CI."""
    folder = tmp_path_factory.mktemp("sdk")
    if shutil.which("npm") is None and not os.environ.get("CI"):
        pytest.skip("Node and npm are not installed")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, capture_output=True, text=True
    )
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"@nhost/nhost-js cannot be installed: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(demo: Demo, sdk: Path, scenario: str) -> None:
    done = subprocess.run(
        ["node", str(HERE / "run.mjs"), scenario],
        env={"PATH": os.environ["PATH"], "AUTH_URL": demo.api, "SDK": str(sdk / "package.json")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_scenarios_are_found() -> None:
    assert len(SCENARIOS) >= 5
