"""How much of our own code a sign-in passes through: at most 14 files, 30 functions, 7 frames deep.

Reading a setting or the client's address counts as reading data, not as a step; so does waiting for one's turn at the
hasher, and running a statement, which is Django's otherwise (docs/adr/0011). Nor do the log and the audit trail, which
listen (docs/adr/0009).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import nhost_auth
from tests.conftest import Api

OURS = str(Path(nhost_auth.__file__).parent)
NO_STEPS = (
    "setting_kinds.py",
    "http/client_address.py",
    "infra/hashing.py",
    "infra/deadlocks.py",
    "models/compiled.py",
    "flows/audit.py",
    "models/audit_events.py",
    "logs/calls.py",
    "logs/trace.py",
    "logs/masking.py",
)


def ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(OURS)


def stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def trace(call: Callable[[], Any]) -> tuple[set[str], set[Any], int]:
    """The files and functions of ours that a call passes, and the most frames of ours on the stack at once."""
    files, functions, deepest = set[str](), set[Any](), 0

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal deepest
        if event != "call" or not ours(frame) or frame.f_code.co_name.startswith("<"):
            return
        above = [caller for caller in stack(frame) if ours(caller)]
        if any(caller.f_code.co_filename.endswith(NO_STEPS) for caller in above):
            return
        files.add(frame.f_code.co_filename)
        functions.add(frame.f_code)
        deepest = max(deepest, len(above))

    sys.setprofile(watch)
    try:
        call()
    finally:
        sys.setprofile(None)
    return files, functions, deepest


def test_sign_in_is_short(api: Api) -> None:
    api.sign_up()
    api.sign_in()
    files, functions, deepest = trace(api.sign_in)
    assert len(files) <= 14, sorted(files)
    assert len(functions) <= 30, sorted(code.co_qualname for code in functions)
    assert deepest <= 7
