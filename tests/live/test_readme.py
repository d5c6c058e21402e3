"""The README's transcript works as printed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.live.demo import ROOT, Demo

MARK = "-- end of output --"


def transcript() -> list[tuple[str, str]]:
    """Commands and what they print; an ellipsis stands for anything."""
    (block,) = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    parts = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    return [(command, output.rstrip("\n")) for command, output in parts]


def test_transcript_prints_what_it_says(tmp_path: Path) -> None:
    steps = transcript()
    assert len(steps) > 8
    script = "\n".join(f"{command}\necho; echo '{MARK}'" for command, _ in steps)
    with Demo(tmp_path, AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED="true").start() as demo:
        script = script.replace("127.0.0.1:4000", f"127.0.0.1:{demo.port}")
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert demo.stop() == 0
    printed = [part.strip() for part in done.stdout.replace(str(demo.port), "4000").split(MARK)]
    for (command, expected), output in zip(steps, printed, strict=False):
        pattern = ".*".join(map(re.escape, expected.split("…")))
        assert re.fullmatch(pattern, output, re.DOTALL), f"{command} printed {output!r}"
