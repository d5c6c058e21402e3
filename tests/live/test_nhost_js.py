"""The unchanged @nhost/nhost-js client against the demo server."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.live.demo import Demo

HERE = Path(__file__).parent / "sdk"
SCENARIOS = re.findall(r"^  async (\w+)\(", (HERE / "run.mjs").read_text(), re.MULTILINE)


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
