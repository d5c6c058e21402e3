"""`openid-client` of Node signs somebody in against the demo server: what most applications in JavaScript use."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.live.application import PUBLIC, REDIRECT, registered, signed_up
from tests.live.demo import Demo

SCRIPT = Path(__file__).parent / "sdk" / "openid.mjs"
SCENARIOS = re.findall(r"^  async (\w+)\(", SCRIPT.read_text(), re.MULTILINE)
KEEP_A_SECRET = {"secretByBasic", "secretByPost", "wrongSecret"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(demo: Demo, sdk: Path, scenario: str) -> None:
    client_id, secret = registered(demo, *(() if scenario in KEEP_A_SECRET else PUBLIC))
    environment = {"ISSUER": demo.api, "REDIRECT_URI": REDIRECT, "ACCESS_TOKEN": signed_up(demo)["accessToken"]}
    environment |= {"CLIENT_ID": client_id, "CLIENT_SECRET": secret, "SDK": str(sdk / "package.json")}
    done = subprocess.run(
        ["node", "--disable-warning=ExperimentalWarning", str(SCRIPT), scenario],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_scenarios_are_found() -> None:
    assert set(SCENARIOS) >= {"publicApplication", "secretByBasic", "secretByPost"}
