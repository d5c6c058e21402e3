"""Whether the time of an answer tells who has an account here (security.md 11).

    python benchmarks/timing.py [DATABASE_URL] [--pairs 400]

Asks for an unknown address and for one of another kind by turns, in an order drawn anew for each pair, with settings
that `check --deploy` asks for. Prints a table; ends with 1 where medians lie more than 5 % apart or a Mann-Whitney
test finds p < 0.01. Needs `pip install scipy`. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

WARM_UP = 20
APART, SIGNIFICANT = 0.05, 0.01
PASSWORD, WRONG = "correct-horse-battery", "Tr0ub4dor&3-wrong"
KINDS = ("known", "disabled", "unverified", "without password")
Body = Callable[[str], dict[str, Any]]

OPERATIONS: dict[str, tuple[str, Body]] = {
    "sign-in, wrong password": ("/signin/email-password", lambda email: {"email": email, "password": WRONG}),
    "wrong code by mail": ("/signin/otp/email/verify", lambda email: {"email": email, "otp": "000000"}),
    "reset of the password": ("/user/password/reset", lambda email: {"email": email}),
    "passkey options": ("/signin/webauthn", lambda email: {"email": email}),
}


@dataclass(frozen=True)
class Sample:
    """Milliseconds and statements of the answers about unknown addresses and about those of another kind."""

    operation: str
    kind: str
    unknown: list[float]
    other: list[float]
    statements: tuple[int, int]

    @property
    def apart(self) -> float:
        return median(self.other) / median(self.unknown) - 1

    @property
    def p(self) -> float:
        from scipy.stats import mannwhitneyu

        return float(mannwhitneyu(self.unknown, self.other).pvalue)

    @property
    def tells(self) -> bool:
        return abs(self.apart) > APART or self.p < SIGNIFICANT

    def __str__(self) -> str:
        times = f"{median(self.unknown):.2f} | {median(self.other):.2f} | {self.apart:+.1%} | {self.p:.3f}"
        return f"| {self.operation} | {self.kind} | {times} | {self.statements[0]} / {self.statements[1]} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", nargs="?", default="postgres://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--pairs", type=int, default=400)
    options = parser.parse_args()
    os.environ["DATABASE_URL"] = options.database

    import django
    from django.conf import settings

    configure(settings)
    django.setup()
    from django.test.utils import get_runner, setup_test_environment

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        return report(options.pairs)
    finally:
        runner.teardown_databases(databases)


def configure(settings: Any) -> None:
    from tests.strict_settings import STRICT

    for name, value in STRICT.items():
        setattr(settings, name, value)
    settings.PASSWORD_HASHERS = ["nhost_auth.hashers.Argon2idHasher"]
    settings.AUTH_RATE_LIMIT_ENABLE = settings.AUTH_PASSWORD_HIBP_ENABLED = False
    settings.AUTH_WEBAUTHN_ENABLED = settings.AUTH_WEBAUTHN_CONCEAL_KEYS = settings.AUTH_OTP_EMAIL_ENABLED = True
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "django_tasks_db"]
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.LOGGING_CONFIG = None


def report(pairs: int) -> int:
    import logging

    logging.disable(logging.CRITICAL)
    for kind in KINDS:
        fill(kind, pairs + WARM_UP)
    print("| operation | compared with unknown | unknown ms | other ms | apart | p | statements |")
    print("|---|---|---:|---:|---:|---:|---:|")
    samples = [show(sample) for sample in measure(pairs)]
    return int(any(sample.tells for sample in samples))


def show(sample: Sample) -> Sample:
    print(sample, "<- tells" if sample.tells else "", flush=True)
    return sample


def fill(kind: str, count: int) -> None:
    """Accounts of a kind: address0@kind.example and so on."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    from nhost_auth.models import Account, Role

    Role.objects.ensure_configured()
    users, password = get_user_model(), make_password(None if kind == "without password" else PASSWORD)
    made = users.objects.bulk_create(
        users(username=address(kind, n), email=address(kind, n), password=password, is_active=kind != "disabled")
        for n in range(count)
    )
    Account.objects.bulk_create(
        Account(
            user=user,
            email=user.email,
            email_normalized=user.email,
            email_verified=kind != "unverified",
            locale="en",
            default_role_id="user",
        )
        for user in made
    )


def address(kind: str, number: int) -> str:
    return f"address{number}@{kind.replace(' ', '-')}.example"


def measure(pairs: int) -> Iterator[Sample]:
    for operation, (path, body) in OPERATIONS.items():
        for kind in KINDS:
            gc.collect()
            gc.disable()
            yield compare(operation, kind, pairs, lambda email, path=path, body=body: timed(path, body(email)))
            gc.enable()


def compare(operation: str, kind: str, pairs: int, ask: Callable[[str], tuple[float, int]]) -> Sample:
    found: dict[str, list[tuple[float, int]]] = {"unknown": [], kind: []}
    for number in range(pairs + WARM_UP):
        for who in random.sample(sorted(found), 2):
            found[who].append(ask(address(who, number)))
    unknown, other = found["unknown"][WARM_UP:], found[kind][WARM_UP:]
    times = [[time for time, _ in answers] for answers in (unknown, other)]
    return Sample(operation, kind, times[0], times[1], (unknown[-1][1], other[-1][1]))


def timed(path: str, body: dict[str, Any]) -> tuple[float, int]:
    """How long an answer takes in milliseconds, and its statements."""
    from django.db import connection
    from django.test import Client

    client, content = Client(), json.dumps(body)
    statements: list[str] = []
    with connection.execute_wrapper(lambda run, sql, *rest: (statements.append(sql), run(sql, *rest))[1]):
        start = time.perf_counter()
        client.post(f"/v1{path}", content, content_type="application/json")
        return (time.perf_counter() - start) * 1000, len(statements)


if __name__ == "__main__":
    sys.exit(main())
