"""`auth_doctor`: whether this installation is healthy; for people, and by its exit status for monitoring."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from nhost_auth.management import doctor
from nhost_auth.management.doctor import mail
from nhost_auth.management.doctor.finding import Finding, Level

FAILING = {Level.WARNING: {Level.WARNING, Level.ERROR}, Level.ERROR: {Level.ERROR}}


class Command(BaseCommand):
    help = "Examines settings, keys, database, mail, cache and more; exits with 1 if something is wrong."
    requires_system_checks = []  # they are among the findings, and must not keep the others back

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument("--send-test-mail", metavar="ADDRESS", help="send a mail there, as all our mails are sent")
        parser.add_argument(
            "--fail-level",
            type=Level,
            choices=list(FAILING),
            default=Level.ERROR,
            help="the least finding that makes the exit status 1; default: error",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        address = options["send_test_mail"]
        test_mail = mail.test_mail_to(_checked(address)) if address is not None else None
        findings = list(doctor.examine(test_mail))
        self.stdout.write(_as_json(findings) if options["json"] else _as_table(findings))
        counts = Counter(finding.level for finding in findings)
        if FAILING[Level(options["fail_level"])] & set(counts):
            raise CommandError(f"Errors: {counts[Level.ERROR]}, warnings: {counts[Level.WARNING]}.")


def _checked(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError as error:
        raise CommandError("--send-test-mail needs an e-mail address.") from error
    return address


def _as_json(findings: Iterable[Finding]) -> str:
    return json.dumps([asdict(finding) for finding in findings], indent=2)


def _as_table(findings: Iterable[Finding]) -> str:
    lines = []
    for subject, group in groupby(findings, key=lambda finding: finding.subject):
        lines.append(subject)
        for finding in group:
            lines.append(f"  {finding.level:<7}  {finding.text}")
            lines += [f"  {'':7}  -> {finding.hint}"] if finding.hint else []
    return "\n".join(lines)
