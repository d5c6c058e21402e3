"""The system checks of this app, those of `check --deploy` too."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import ERROR, WARNING, run_checks

from nhost_auth.management.doctor.finding import Finding, Level, ok

SUBJECT = "settings"


def diagnose() -> Iterator[Finding]:
    raised = [
        message
        for message in run_checks(include_deployment_checks=True)
        if str(message.id).startswith("nhost_auth.") and message.level >= WARNING and not message.is_silenced()
    ]
    for message in raised:
        level = Level.ERROR if message.level >= ERROR else Level.WARNING
        yield Finding(level, SUBJECT, f"{message.id}: {message.msg}", message.hint or "")
    if not raised:
        yield ok(SUBJECT, "No system check complains.")
