"""Asking modules of this package that run with Django set up for a database, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmarks.processes import ROOT, environment_of


def ask(module: str, environment: dict[str, str], *arguments: object, given: Any = None) -> Any:
    """What `python -m benchmarks.<module> ARGUMENTS` prints as JSON, for the site `ours`; it reads `given` as JSON.

    Nothing is prepared there: PostgreSQL explains statements, and guesses types, by the values that stand in them.
    """
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    site = environment_of("ours", {**environment, "BENCHMARK_UNPREPARED": "1"})
    done = subprocess.run(
        command, cwd=ROOT, env=site, input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)
