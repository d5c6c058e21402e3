"""Fills the database of DATABASE_URL with accounts and what belongs to them, as fast as PostgreSQL takes it.

    DATABASE_URL=… DJANGO_SETTINGS_MODULE=benchmarks.sites.ours.settings python -m benchmarks.filling ACCOUNTS [EXPIRED]

Every account has a password, two roles, a session, an event of the audit trail and a phone number; every second one
has refreshed, every tenth has some of what else there is. EXPIRED more sessions are over. Prints {"seconds": …,
"bytes": …} of the database.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import django
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.db.models import AutoField

from benchmarks.people import EMAIL, PAT_EVERY, SECOND_FACTOR, hash_in_sql, key_in_sql
from benchmarks.systems import PASSWORD

AHEAD = "now() + interval '1 day' + n % 2500000 * interval '1 second'"
"""Within a month; rows that stand together come minutes one after another."""
BEFORE = "now() - interval '30 days' + n % 2500000 * interval '1 second'"
ACCOUNT, SESSION = key_in_sql("account"), key_in_sql("session")
IP = "('10.' || n % 200 || '.' || n / 200 % 250 || '.1')::inet"
AGENT = "'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'"
DROPPED = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
  WHERE contype IN ('f', 'p', 'u') AND connamespace = 'public'::regnamespace ORDER BY contype <> 'f'
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  WHERE relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@dataclass(frozen=True)
class Rows:
    """Rows of a model, one of each `every`th number from `first` on; values of columns are SQL of that number, `n`.

    A column that is not named has the default of its field.
    """

    model: str
    values: dict[str, str]
    every: int = 1
    first: int = 1

    def insert(self, count: int) -> None:
        model = apps.get_model(self.model)
        missing = {
            field.column: field.get_db_prep_save(field.get_default(), connection)
            for field in model._meta.local_concrete_fields
            if field.column not in self.values and not isinstance(field, AutoField)
        }
        columns = ", ".join(f'"{name}"' for name in (*self.values, *missing))
        values = ", ".join((*self.values.values(), *["%s"] * len(missing))).replace("% ", "%% ")
        run(
            f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {values} FROM generate_series(%s, %s, %s) n',
            *missing.values(),
            self.first,
            count,
            self.every,
        )


def main(accounts: int, expired: int = 0) -> None:
    django.setup()
    begun = time.perf_counter()
    from nhost_auth.flows import passwords
    from nhost_auth.models import Role, SigningKey

    Role.objects.ensure_configured()
    SigningKey.objects.ensure_one()
    with _without_indexes(), ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(partial(Rows.insert, count=expired), _over(accounts)))
        list(pool.map(partial(Rows.insert, count=accounts), _all_rows(passwords.hash_new(PASSWORD))))
    for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
        run(statement)
    run("VACUUM (ANALYZE)")
    run("CHECKPOINT")
    size = run("SELECT pg_database_size(current_database())")[0][0]
    print(json.dumps({"seconds": time.perf_counter() - begun, "bytes": size}))


def run(statement: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Sorting all keys at the end takes a fraction of putting each into its place."""
    constraints, indexes = run(DROPPED), run(INDEXES)
    for table, name, _ in constraints:
        run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        run(f"DROP INDEX {name}")
    yield
    run("SET maintenance_work_mem = '1GB'")
    for _, definition in indexes:
        run(definition)
    for table, name, definition in reversed(constraints):
        run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _all_rows(password: str) -> Iterator[Rows]:
    """By number: each tenth of the accounts has something else beside what all have; PAT_EVERY have nothing more."""
    yield from _people(password)
    yield from _sessions()
    yield from _factors()
    yield from _under_way()


def _people(password: str) -> Iterator[Rows]:
    person = {"password": f"'{password}'", "username": f"{ACCOUNT}::text", "email": EMAIL}
    yield Rows("auth.User", {"id": "n", **person, "last_login": BEFORE, "date_joined": BEFORE})
    names = {"display_name": "'User ' || n", "locale": "'en'", "default_role_id": "'user'"}
    address = {"email": EMAIL, "email_normalized": EMAIL, "email_verified": "true"}
    picture = {"avatar_url": "'https://www.gravatar.com/avatar/' || md5(n::text) || '?r=g&default=blank'"}
    phone = {"phone_number": "'+1' || 2000000000 + n", "phone_number_verified": "true"}
    times = {"created_at": BEFORE, "updated_at": BEFORE}
    yield Rows("nhost_auth.Account", {"id": ACCOUNT, "user_id": "n", **names, **address, **picture, **phone, **times})
    for role in ("user", "me"):
        facts = {"account_id": ACCOUNT, "role_id": f"'{role}'", "created_at": BEFORE}
        yield Rows("nhost_auth.AccountRole", {"id": key_in_sql(role), **facts})


def _sessions() -> Iterator[Rows]:
    facts = {"account_id": ACCOUNT, "created_at": BEFORE, "last_used_at": BEFORE, "expires_at": AHEAD}
    used = {"ip": IP, "device": AGENT}
    yield Rows("nhost_auth.RefreshToken", {"id": SESSION, "hash": hash_in_sql("refresh"), **facts, **used})
    pat = {"id": key_in_sql("pat row"), "kind": "'pat'", "hash": hash_in_sql("pat")}
    yield Rows("nhost_auth.RefreshToken", {**pat, **facts}, every=PAT_EVERY)
    spent = {"hash": hash_in_sql("spent"), "token_id": SESSION, "spent_at": BEFORE}
    yield Rows("nhost_auth.SpentRefreshToken", spent, every=2)
    chain = {"details_hash": hash_in_sql("details"), "hash": hash_in_sql("event")}
    event = {"number": "n", "at": BEFORE, "event": "'signed_in'", "account_id": ACCOUNT}
    yield Rows("nhost_auth.AuditEvent", {**event, "ip": IP, "agent": AGENT, **chain})


def _over(accounts: int) -> Iterator[Rows]:
    """Sessions that have expired, a fifth of them after a refresh. They stand before those that live, being older."""
    at, session = "now() - interval '60 days' + n % 2500000 * interval '1 second'", key_in_sql("old session")
    owner = f"md5('account' || 1 + n % {accounts})::uuid"
    facts = {"account_id": owner, "created_at": at, "last_used_at": at, "expires_at": at, "ip": IP, "device": AGENT}
    yield Rows("nhost_auth.RefreshToken", {"id": session, "hash": hash_in_sql("old"), **facts})
    spent = {"hash": hash_in_sql("old spent"), "token_id": session, "spent_at": at}
    yield Rows("nhost_auth.SpentRefreshToken", spent, every=5)


def _factors() -> Iterator[Rows]:
    key = {"id": key_in_sql("key"), "credential_id": hash_in_sql("credential"), "credential_hash": hash_in_sql("hash")}
    public = {"public_key": "sha512(n::text::bytea)", "created_at": BEFORE}
    yield Rows("nhost_auth.SecurityKey", {**key, "account_id": ACCOUNT, **public}, every=10, first=2)
    device = {"user_id": "n", "name": "'TOTP'", "encrypted_secret": "repeat(md5(n::text), 5)", "created_at": BEFORE}
    yield Rows("nhost_auth.TotpDevice", device, every=10, first=SECOND_FACTOR)
    recovery = {"id": "n", "user_id": "n", "name": "'Recovery codes'", "salt": "md5(n::text)"}
    yield Rows("nhost_auth.RecoveryDevice", recovery, every=10, first=SECOND_FACTOR)
    yield Rows(
        "nhost_auth.RecoveryCode", {"device_id": "n", "hash": hash_in_sql("code")}, every=10, first=SECOND_FACTOR
    )
    link = {"user_id": "n", "provider": "'github'", "uid": "n::text", "created": BEFORE, "modified": BEFORE}
    yield Rows("social_django.UserSocialAuth", {**link, "extra_data": "'{}'", "id_key": "''"}, every=10, first=4)
    kept = {"id": key_in_sql("kept"), "link": "'github'", "user_id_hash": hash_in_sql("provider"), "updated_at": BEFORE}
    content = {"encrypted_content": "repeat(md5(n::text), 8)"}
    yield Rows("nhost_auth.ProviderSession", {"account_id": ACCOUNT, **kept, **content}, every=10, first=4)


def _under_way() -> Iterator[Rows]:
    """None of it over: the first who begins something of the kind would have to clear it away."""
    owner = {"account_id": ACCOUNT, "expires_at": "now() + interval '1 day'"}
    ticket = {
        "id": key_in_sql("ticket"),
        "kind": "'passwordReset'",
        "hash": hash_in_sql("ticket"),
        "created_at": BEFORE,
    }
    yield Rows("nhost_auth.Ticket", {**owner, **ticket}, every=10, first=5)
    code = {"method": "'sms'", "hash": hash_in_sql("otp"), "target": "'+1' || 2000000000 + n"}
    yield Rows("nhost_auth.OneTimeCode", {**owner, **code}, every=10, first=6)
    pkce = {"hash": hash_in_sql("pkce"), "challenge": "md5(n::text)", "created_at": BEFORE}
    yield Rows("nhost_auth.PkceCode", {**owner, **pkce}, every=10, first=7)
    yield Rows("nhost_auth.Challenge", {**owner, "hash": hash_in_sql("challenge"), "purpose": "'sign-in'"}, 10, 8)
    visit = {"hash": hash_in_sql("visit"), "provider": "'github'", "encrypted_data": "repeat(md5(n::text), 8)"}
    yield Rows("nhost_auth.ProviderVisit", {**visit, "expires_at": owner["expires_at"]}, every=10, first=9)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
