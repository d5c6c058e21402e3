"""What a diagnosis says, by level."""

from __future__ import annotations

from types import ModuleType

from nhost_auth.management.doctor.finding import Finding, Level


def findings(subject: ModuleType) -> list[Finding]:
    found: list[Finding] = list(subject.diagnose())
    assert {finding.subject for finding in found} <= {subject.SUBJECT}
    return found


def texts(subject: ModuleType, level: str) -> list[str]:
    return [finding.text for finding in findings(subject) if finding.level == Level(level)]


def errors(subject: ModuleType) -> list[str]:
    return texts(subject, "error")


def warnings(subject: ModuleType) -> list[str]:
    return texts(subject, "warning")


def is_well(subject: ModuleType) -> bool:
    """Whether there is something to say, and nothing to complain of."""
    found = findings(subject)
    return bool(found) and all(finding.level == Level.OK for finding in found)
