"""The system checks of this app, those of `check --deploy` too."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import ERROR, WARNING, CheckMessage
from django.core.checks.registry import registry

from nhost_auth.management.doctor.finding import Finding, Level, ok

SUBJECT = "settings"


def diagnose() -> Iterator[Finding]:
    raised = [message for message in _messages() if message.level >= WARNING and not message.is_silenced()]
    for message in raised:
        level = Level.ERROR if message.level >= ERROR else Level.WARNING
        yield Finding(level, SUBJECT, f"{message.id}: {message.msg}", message.hint or "")
    if not raised:
        yield ok(SUBJECT, "No system check complains.")


def _messages() -> Iterator[CheckMessage]:
    """Of our own checks. Those of others can break down where this installation is broken: on a cache, on URLs."""
    for check in registry.get_checks(include_deployment_checks=True):
        if check.__module__.startswith("nhost_auth."):
            yield from check(app_configs=None, databases=None)
