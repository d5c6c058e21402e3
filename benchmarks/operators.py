"""What an operator waits for with 100,000 accounts: admin pages, searches, pruning, the doctor, the audit trail.

    python benchmarks/operators.py [DATABASE_URL] [--accounts 100000]

Makes a database of its own beside the one of the URL (default: PostgreSQL on this machine), prints a table, drops it.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
BATCH = 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", nargs="?", default="postgres://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--accounts", type=int, default=100_000)
    options = parser.parse_args()
    os.environ["DATABASE_URL"] = options.database

    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import get_runner, setup_test_environment, teardown_test_environment

    settings.ALLOWED_HOSTS = ["testserver"]
    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        fill(options.accounts)
        report()
    finally:
        runner.teardown_databases(databases)
        teardown_test_environment()


def fill(count: int) -> None:
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.utils import timezone

    from nhost_auth.models import Account, AccountRole, AuditEvent, RefreshToken, Role, Ticket

    Role.objects.ensure_configured()
    now = timezone.now()
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        users = get_user_model().objects.bulk_create(
            get_user_model()(username=f"user{n}", email=f"user{n}@example.com", password="!", last_login=now)
            for n in numbers
        )
        accounts = [new_account(Account, user, n) for user, n in zip(users, numbers, strict=True)]
        Account.objects.bulk_create(accounts)
        AccountRole.objects.bulk_create(
            AccountRole(account=a, role_id=role) for a in accounts for role in ("user", "me")
        )
        RefreshToken.objects.bulk_create(token(RefreshToken, a, now + age) for a in accounts for age in AGES)
        Ticket.objects.bulk_create(
            Ticket(account=a, kind="verifyEmail", hash=uuid.uuid4().hex, expires_at=now - timedelta(days=1))
            for a in accounts[::2]
        )
        AuditEvent.objects.append([event(AuditEvent, a.pk, now) for a in accounts])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


AGES = (timedelta(days=20), timedelta(days=-5))


def new_account(kind: Any, user: Any, number: int) -> Any:
    made = kind(user=user, locale="en", default_role_id="user", display_name=f"User {number}")
    made.set_email(user.email)
    made.phone_number = f"+1202{number:07}"
    return made


def token(kind: Any, account: Any, expires_at: Any) -> Any:
    return kind(account=account, hash=uuid.uuid4().hex * 2, expires_at=expires_at, ip="192.0.2.1", device="Browser/1.0")


def event(kind: Any, account_id: Any, now: Any) -> Any:
    return kind(
        at=now, event="signed_in", account_id=account_id, ip="192.0.2.1", agent="Browser/1.0", data={"method": "pat"}
    )


def report() -> None:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from nhost_auth.models import Account

    admin = Client()
    admin.force_login(get_user_model().objects.create_superuser("boss"))
    someone = Account.objects.order_by("pk")[Account.objects.count() // 2]
    page = "/admin/nhost_auth/account/"
    print(f"{connection.vendor}, {Account.objects.count():,} accounts\n")
    print(f"{'what':44}{'wall ms':>10}{'CPU ms':>10}{'queries':>9}")

    def measure(what: str, call: Callable[[], Any], times: int = 5) -> None:
        if times > 1:
            call()
        with CaptureQueriesContext(connection) as asked:
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(times):
                call()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"{what:44}{wall / times * 1000:10,.1f}{cpu / times * 1000:10,.1f}{len(asked) // times:9,}")

    def get(address: str) -> Callable[[], None]:
        def call() -> None:
            assert admin.get(address).status_code == 200

        return call

    measure("admin: accounts, first page", get(page))
    measure("admin: accounts, page 90", get(f"{page}?p=90"))
    measure("admin: search by address", get(f"{page}?q={someone.email}"))
    measure("admin: search by beginning of an address", get(f"{page}?q=user99@"))
    measure("admin: search by number", get(f"{page}?q=%2B{someone.phone_number[1:]}"))
    measure("admin: search by id", get(f"{page}?q={someone.pk}"))
    measure("admin: search for nobody", get(f"{page}?q=nobody@example.com"))
    measure("admin: one account", get(f"{page}{someone.pk}/change/"))
    measure("admin: sessions", get("/admin/nhost_auth/refreshtoken/"))
    measure("admin: audit trail", get("/admin/nhost_auth/auditevent/"))
    with open(os.devnull, "w") as nowhere:
        quiet = {"stdout": nowhere, "stderr": nowhere}
        measure("auth_doctor", lambda: doctor(call_command, quiet), 1)
        measure("auth_prune: 100% + 50% of the accounts", lambda: call_command("auth_prune", **quiet), 1)
        measure("auth_prune: nothing left", lambda: call_command("auth_prune", **quiet), 1)
        measure("auth_audit verify", lambda: call_command("auth_audit", "verify", **quiet), 1)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


def doctor(call_command: Any, quiet: dict[str, Any]) -> None:
    from django.core.management import CommandError

    try:
        call_command("auth_doctor", **quiet)
    except (CommandError, SystemExit):
        return  # the settings of the tests are not those of a healthy server


if __name__ == "__main__":
    main()
