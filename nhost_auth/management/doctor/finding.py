"""What a diagnosis says."""

from __future__ import annotations

import enum
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError


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


def describe(fault: Exception) -> str:
    """A fault in one line. Of what is not the system's or the database's the name alone: it may quote a password,
    out of the URL of a cache, or the address that a mail server refuses.
    """
    name = type(fault).__name__
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{name} {fault.smtp_code}"
    if isinstance(fault, smtplib.SMTPException):
        return name
    is_systems = isinstance(fault, OSError) and fault.errno is not None
    first_line = str(fault).strip().partition("\n")[0].rstrip(".")
    return f"{name}: {first_line}" if is_systems or isinstance(fault, DatabaseError) else name
