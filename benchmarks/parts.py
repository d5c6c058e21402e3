"""What no server can be faster than: the database with the SQL of a refresh alone, and hashing a password alone.

    python -m benchmarks.parts [--seconds 4] [--tokens 100000]

pgbench sends the very statements of POST /token, prepared, over a database of so many accounts with a token each.
Needs pgbench: apt-get install postgresql-contrib. Writes benchmarks/results/parts.json.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import machine, measuring
from benchmarks.compare import write
from benchmarks.systems import ANN, PASSWORD, SYSTEMS
from benchmarks.tables import head, row

CLIENTS = 8
FIRST = 1_000_000
"""The first made-up account's number: its user's key, and the digits of its own and its token's ids."""
GENERATIONS = 1_000_000
"""Room for so many hashes of each token; a hash is a number here, token by token and counted up with each rotation."""
NUMBERED = "lpad(to_hex({}::bigint), 32, '0')::uuid"
TIME = re.compile(r"'(\d{4}-\d\d-\d\d[T ][\d:.]+\+00:00)'(?:::timestamptz)?")
PRINTED = {
    "transactions": r"transactions actually processed: (\d+)",
    "rate": r"tps = ([\d.]+)",
    "latency": r"latency average = ([\d.]+) ms",
}
THREADS = (1, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=100_000)
    options = parser.parse_args()
    ours = next(system for system in SYSTEMS if system.site == "ours")
    facts = machine.facts(options.database)
    with measuring.migrated(ours, options.database) as environment:
        _set_up(environment)
        lines = _statements()
        _fill(environment["DATABASE_URL"], options.tokens)
        refresh = _pgbench(environment["DATABASE_URL"], _script(lines, options.tokens), options.seconds)
        _let_go()
    hashes = [_hashing(title, hasher, options.seconds) for title, hasher in _hashers().items()]
    found = {"statements": lines, "refresh": refresh, "hashes": hashes}
    document = {"machine": facts, "options": vars(options), **found}
    write("parts", document)
    print(tables(document))


def _set_up(environment: dict[str, str]) -> None:
    """Make this process one of ours."""
    os.environ |= {**environment, "DJANGO_SETTINGS_MODULE": "benchmarks.sites.ours.settings"}
    import django

    django.setup()


def _let_go() -> None:
    from django.db import connection

    connection.close()


def _statements() -> list[str]:
    """What a refresh sends, with pgbench's variables in the place of what differs from token to token."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from nhost_auth.models import RefreshToken

    client = Client()

    def post(path: str, body: dict[str, Any]) -> Any:
        answer = client.post(f"/v1{path}", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    session = post("/signup/email-password", {"email": ANN, "password": PASSWORD})["session"]
    session = post("/token", {"refreshToken": session["refreshToken"]})  # caches are full now
    old = RefreshToken.objects.select_related("account__user").get()
    with CaptureQueriesContext(connection) as captured:
        post("/token", {"refreshToken": session["refreshToken"]})
    new = RefreshToken.objects.get()
    known = {
        f"'{old.hash}'": ":old",
        f"'{new.hash}'": ":new",
        **{f"'{id_.hex}'::uuid": NUMBERED.format(":number") for id_ in (old.pk, old.account_id)},
        f'"auth_user"."id" = {old.account.user_id}': '"auth_user"."id" = :number',
    }
    return [_with_variables(query["sql"], known) for query in captured.captured_queries]


def _with_variables(statement: str, known: dict[str, str]) -> str:
    for value, variable in known.items():
        statement = statement.replace(value, variable)
    return TIME.sub(_from_now, statement).replace("\n", " ")


def _from_now(found: re.Match[str]) -> str:
    """A time as it is meant: what is written has to differ from what was there."""
    seconds = round((datetime.fromisoformat(found[1]) - datetime.now(UTC)).total_seconds())
    return f"now() + interval '{seconds} seconds'" if seconds else "now()"


def _fill(url: str, count: int) -> None:
    """Copies of the account that signed up, whatever columns it has."""
    own, made = NUMBERED.format("n"), "n || '@example.com'"
    token = f"'id', {own}, 'account_id', {own}, 'hash', (n::bigint * {GENERATIONS})::text"
    copies = {
        "auth_user": f"'id', n, 'username', {made}, 'email', {made}",
        "nhost_auth_account": f"'id', {own}, 'user_id', n, 'email', {made}, 'email_normalized', {made}",
        "nhost_auth_accountrole": f"'id', gen_random_uuid(), 'account_id', {own}",
        "nhost_auth_refreshtoken": token,
    }
    with psycopg.connect(url, autocommit=True) as connection:
        for table, changed in copies.items():
            copied = f"(jsonb_populate_record(old, jsonb_build_object({changed}))).*"
            numbers = f"generate_series({FIRST}, {FIRST + count - 1}) n"
            connection.execute(f"INSERT INTO {table} SELECT {copied} FROM {table} old, {numbers}".encode())
        connection.execute("VACUUM ANALYZE")


def _script(statements: list[str], tokens: int) -> str:
    """For pgbench: each client goes round its own tokens."""
    own = tokens // CLIENTS
    lines = [
        rf"\set number {FIRST} + :client_id * {own} + :step % {own}",
        rf"\set old :number * {GENERATIONS} + :step / {own}",
        r"\set new :old + 1",
        r"\set step :step + 1",
    ]
    return "\n".join([*lines, *(f"{statement};" for statement in statements)]) + "\n"


def _pgbench(url: str, script: str, seconds: int) -> dict[str, float]:
    """Transactions a second, and the milliseconds of one."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        scale = ["-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-D", "step=0", "-M", "prepared", "-n"]
        command = [_program(), *scale, "-f", file.name, url]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = {name: float(re.findall(pattern, printed)[0]) for name, pattern in PRINTED.items()}
    assert found.pop("transactions") == _rotated(url), "pgbench did not do what a refresh does"
    return found


def _rotated(url: str) -> int:
    with psycopg.connect(url) as connection:
        counted = f"sum(hash::bigint % {GENERATIONS}) FROM nhost_auth_refreshtoken WHERE hash ~ '^[0-9]{{13}}$'"
        found = connection.execute(f"SELECT {counted}".encode()).fetchone()
    return int(found[0]) if found else 0


def _program() -> str:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    found = str(places[-1]) if places else shutil.which("pgbench")
    assert found, "There is no pgbench here: apt-get install postgresql-contrib"
    return found


def _hashers() -> dict[str, Any]:
    from django.contrib.auth import hashers

    from nhost_auth.hashers import Argon2idHasher

    bcrypt_of_nhost = hashers.BCryptPasswordHasher()
    bcrypt_of_nhost.rounds = 10
    return {
        "Argon2id, 19 MiB, 2 passes, 1 lane: ours": Argon2idHasher(),
        "Argon2id, 100 MiB, 2 passes, 8 lanes: Django's": hashers.Argon2PasswordHasher(),
        "bcrypt, cost 10: Nhost's": bcrypt_of_nhost,
        "bcrypt over SHA-256, cost 12: Django's": hashers.BCryptSHA256PasswordHasher(),
        "PBKDF2 with SHA-256: Django's default": hashers.PBKDF2PasswordHasher(),
    }


def _hashing(title: str, hasher: Any, seconds: int) -> dict[str, Any]:
    salt = hasher.salt()
    found = {str(threads): _rate(lambda: hasher.encode(PASSWORD, salt), threads, seconds) for threads in THREADS}
    return {"hasher": title, **found}


def _rate(work: Callable[[], Any], threads: int, seconds: int) -> dict[str, float]:
    """Times a second that so many threads together get it done, and the CPU of one time in milliseconds."""

    def repeat() -> int:
        done = 0
        while time.monotonic() < end:
            work()
            done += 1
        return done

    work()
    begun, cpu = time.monotonic(), time.process_time()
    end = begun + seconds
    with ThreadPoolExecutor(threads) as pool:
        done = sum(pool.map(lambda _: repeat(), range(threads)))
    return {"rate": done / (time.monotonic() - begun), "cpu": (time.process_time() - cpu) * 1000 / done}


def tables(document: dict[str, Any]) -> str:
    """Markdown."""
    refresh, count, tokens = document["refresh"], len(document["statements"]), document["options"]["tokens"]
    columns = [f"{what}, {threads} at once" for threads in THREADS for what in ("a second", "CPU ms")]
    lines = [
        "## What the parts do alone",
        "",
        f"pgbench, {CLIENTS} connections, the {count} statements of `POST /token`, prepared, each by itself,",
        f"{tokens:,} accounts with a token each: {refresh['rate']:,.0f} refreshes a second,"
        f" {refresh['latency']:.2f} ms each.",
        "",
        *head(["a password hashed in threads of one process", *columns]),
    ]
    for found in document["hashes"]:
        numbers = [f"{found[str(threads)][what]:.1f}" for threads in THREADS for what in ("rate", "cpu")]
        lines.append(row([found["hasher"], *numbers]))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
