"""Load by wrk: each thread has one connection, so that a thread's script can carry sessions on."""

from __future__ import annotations

import json
import subprocess
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from benchmarks.systems import Call

SCRIPT = Path(__file__).with_name("load.lua")
Session = dict[str, str]


@dataclass(frozen=True)
class Load:
    """What wrk saw; times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    refused: int
    """Answers with a status of 400 or above, and connections that broke."""

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def run(url: str, call: Call, sessions: list[Session], seconds: int, connections: int | None = None) -> Load:
    """Send a call over and over on so many connections, which share the sessions out; without a number one for each."""
    connections = connections or len(sessions)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as plan:
        plan.write(_plan(call, sessions, connections))
        plan.flush()
        scale = ["-t", str(connections), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "20s"]
        command = ["wrk", *scale, "-s", str(SCRIPT), url, "--", plan.name]
        found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Load(**json.loads(found.partition("RESULT ")[2]))


def _plan(call: Call, sessions: list[Session], connections: int) -> str:
    """The call as a Lua table. Text in ASCII without control characters is written alike in JSON and in Lua."""
    known = [", ".join(f"{name} = {json.dumps(text)}" for name, text in session.items()) for session in sessions]
    facts = {
        "run": json.dumps(f"r{uuid.uuid4().hex}"),
        "connections": str(connections),
        "path": json.dumps(call.path),
        "body": "nil" if call.body is None else json.dumps(json.dumps(call.body)),
        "bearer": str(call.bearer).lower(),
        "refresh_field": json.dumps(call.refresh_field),
        "sessions": "{" + ", ".join(f"{{{each}}}" for each in known) + "}",
    }
    return "return {" + ", ".join(f"{name} = {value}" for name, value in facts.items()) + "}"
