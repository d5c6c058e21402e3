"""How long `auth_import_nhost` takes: 10,000 users with what belongs to them, out of a real Nhost schema.

    DATABASE_URL=postgres://postgres@127.0.0.1:5432/bench python benchmarks/import_nhost.py [USERS]

Without DATABASE_URL the target is a SQLite file. The target's test database is made and dropped, so is the source's.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django  # noqa: E402
import psycopg  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

SERVER = "postgres://postgres@127.0.0.1:5432"
HASHERS = ["nhost_auth.hashers.Argon2idHasher", "django.contrib.auth.hashers.BCryptPasswordHasher"]
ROWS = """
insert into auth.users (email, locale, password_hash, display_name, metadata, last_seen, totp_secret, active_mfa_type)
  select n || '@example.com', 'en', crypt('password ' || n % 10, gen_salt('bf', 4)), 'User ' || n, '{"n": 1}', now(),
    case when n % 10 = 0 then repeat('GEZDGNBV', 6) || 'GEZD' end, case when n % 10 = 0 then 'totp' end
  from generate_series(1, %(users)s) n;
insert into auth.user_roles (user_id, role) select id, role from auth.users, unnest(array['user', 'me']) role;
insert into auth.user_providers (user_id, access_token, provider_id, provider_user_id)
  select id, 'unset', 'github', email from auth.users where email ~ '^[0-9]*[0-2]@';
insert into auth.user_security_keys (user_id, credential_id, credential_public_key)
  select id, email, 'key' from auth.users where email ~ '^[0-9]*[34]@';
insert into auth.refresh_tokens (user_id, expires_at, refresh_token_hash, type)
  select id, now() + '30 days', '\\x' || encode(sha256((id || n::text)::bytea), 'hex'),
    case n when 1 then 'regular' else 'pat' end
  from auth.users, generate_series(1, 2) n where n = 1 or email ~ '^[0-9]*[5-9]@';
"""


def main(users: int) -> None:
    django.setup()
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    source = f"nhost_bench_{uuid.uuid4().hex}"
    targets = runner.setup_databases()
    try:
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
            server.execute(f"create database {source}".encode())
            try:
                measure(f"{SERVER}/{source}", users)
            finally:
                server.execute(f"drop database {source} with (force)".encode())
    finally:
        runner.teardown_databases(targets)


def measure(url: str, users: int) -> None:
    from django.db import connection

    with psycopg.connect(url, autocommit=True) as connected:
        connected.execute((ROOT / "tests/imports/nhost_schema.sql").read_bytes())
        connected.execute(ROWS.replace("%(users)s", str(users)).encode())
    for name, arguments in (("first run", ()), ("second run", ()), ("--update", ("--update",))):
        begun = time.perf_counter()
        with override_settings(PASSWORD_HASHERS=HASHERS):
            call_command("auth_import_nhost", url, *arguments)
        print(f"{connection.vendor}, {users:,} users, {name}: {time.perf_counter() - begun:.1f} s\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
