"""Whether an installation is healthy: one file for each subject, whose diagnosis yields findings.

Each is quick however many accounts there are, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from nhost_auth.management.doctor import (
    audit_trail,
    cache,
    clock,
    encryption,
    expired_rows,
    indexes,
    keys,
    mail,
    migrations,
    proxy,
    rate_limits,
    redirects,
    settings,
    sms,
    users,
)
from nhost_auth.management.doctor.finding import Diagnosis, Finding, describe, error

DIAGNOSES: dict[str, Diagnosis] = {
    settings.SUBJECT: settings.diagnose,
    migrations.SUBJECT: migrations.diagnose,
    indexes.SUBJECT: indexes.diagnose,
    keys.SUBJECT: keys.diagnose,
    encryption.SUBJECT: encryption.diagnose,
    mail.SUBJECT: mail.diagnose,
    sms.SUBJECT: sms.diagnose,
    cache.SUBJECT: cache.diagnose,
    rate_limits.SUBJECT: rate_limits.diagnose,
    proxy.SUBJECT: proxy.diagnose,
    redirects.SUBJECT: redirects.diagnose,
    clock.SUBJECT: clock.diagnose,
    users.SUBJECT: users.diagnose,
    audit_trail.SUBJECT: audit_trail.diagnose,
    expired_rows.SUBJECT: expired_rows.diagnose,
}


def examine(test_mail: Diagnosis | None = None) -> Iterator[Finding]:
    """The findings of every diagnosis in the order above; `test_mail` is one of `mail`, asked for on purpose."""
    for subject, diagnose in DIAGNOSES.items():
        yield from _guarded(subject, diagnose)
        if subject == mail.SUBJECT and test_mail is not None:
            yield from _guarded(subject, test_mail)


def _guarded(subject: str, diagnose: Diagnosis) -> Iterator[Finding]:
    """The findings of one diagnosis. That it broke down is one too: the others are still asked."""
    try:
        yield from diagnose()
    except Exception as fault:  # whatever is broken shows itself in its own way
        yield error(subject, f"Could not be examined: {describe(fault)}.")
