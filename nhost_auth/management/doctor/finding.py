"""What a diagnosis says."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass


class Level(enum.StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` never holds a secret; `hint` says what to do, where something is to be done."""

    level: Level
    subject: str
    text: str
    hint: str = ""


Diagnosis = Callable[[], Iterator[Finding]]


def ok(subject: str, text: str, hint: str = "") -> Finding:
    return Finding(Level.OK, subject, text, hint)


def warning(subject: str, text: str, hint: str = "") -> Finding:
    return Finding(Level.WARNING, subject, text, hint)


def error(subject: str, text: str, hint: str = "") -> Finding:
    return Finding(Level.ERROR, subject, text, hint)
