"""Explains every statement of all ways in, against the database of DATABASE_URL; prints what it found as JSON.

Each statement is explained right before it runs, with its parameters, where it stands: inside its transaction, behind
the statements before it. What explaining does to the data is rolled back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import django
import psycopg
from django.db import connection
from django.test import Client, override_settings

EVERY_WAY = {
    "AUTH_EMAIL_PASSWORDLESS_ENABLED": True,
    "AUTH_OTP_EMAIL_ENABLED": True,
    "AUTH_SMS_PASSWORDLESS_ENABLED": True,
    "AUTH_MFA_ENABLED": True,
    "AUTH_WEBAUTHN_ENABLED": True,
    "AUTH_ACCESS_TOKEN_SESSION_BOUND": True,
    "AUTH_EMAIL_DELIVERY": "now",
    "AUTH_EMAIL_SECRET_HEADERS": True,
    "AUTH_SMS_PROVIDER": "memory",
    "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    "ALLOWED_HOSTS": ["*"],
}
EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
LARGE = 1000
"""Rows. Smaller tables are read as a whole, and rightly so."""
UNINDEXED = """
SELECT conrelid::regclass::text || '.' || attname FROM pg_constraint
  JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
  WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1])
"""


@dataclass
class Recorder:
    """A client whose every call is on record with its statements."""

    client: Client = field(default_factory=Client)
    found: list[dict[str, Any]] = field(default_factory=list)

    def call(self, name: str, body: Any = None, *, token: str = "", query: dict[str, str] | None = None) -> Any:
        """One request, `POST /token` for one; its answer. A word behind the path tells calls of one path apart."""
        method, path, *_ = name.split()
        sent: dict[str, Any] = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with connection.execute_wrapper(lambda *arguments: self._explain(name, *arguments)):
            return self.client.generic(method, f"/v1{path}", headers=headers, query_params=query, **sent)

    def _explain(self, name: str, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        driver = connection.connection
        # A row that is there already: what happens then is told by running it.
        with suppress(psycopg.IntegrityError), driver.transaction(force_rollback=True), driver.cursor() as cursor:
            if sql.startswith(EXPLAINED):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                (explained,) = cursor.fetchone()[0]
                self.found.append({"call": name, "statement": shortened(sql), **_summary(explained)})
        return execute(sql, params, many, context)


def shortened(sql: str) -> str:
    """A statement without quotes, prefixes, and the columns it reads and writes."""
    text = sql.replace('"', "").replace("nhost_auth_", "")
    text = re.sub(r"(INSERT INTO \w+) .*", r"\1 …", text, flags=re.DOTALL)
    text = re.sub(r"(UPDATE \w+ SET) .*?( WHERE |$)", r"\1 …\2", text)
    return re.sub(r"SELECT .*? FROM", "SELECT … FROM", text)


def _summary(explained: dict[str, Any]) -> dict[str, Any]:
    nodes = list(_nodes(explained["Plan"]))
    scans = [node for node in nodes if "Relation Name" in node and node["Node Type"] != "ModifyTable"]
    return {
        "scans": [_scan(node) for node in scans] + [f"{n['Node Type']} {n['Index Name']}" for n in nodes if _bitmap(n)],
        "milliseconds": explained["Execution Time"],
        "pages": explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"],
        "rows_read": max((_rows_read(node) for node in scans), default=0),
        "large_seq_scans": [n["Relation Name"] for n in scans if n["Node Type"] == "Seq Scan" and _is_large(n)],
    }


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


def _scan(node: dict[str, Any]) -> str:
    return f"{node['Node Type']} {node.get('Index Name') or node['Relation Name']}"


def _bitmap(node: dict[str, Any]) -> bool:
    return bool(node["Node Type"] == "Bitmap Index Scan")


def _rows_read(node: dict[str, Any]) -> int:
    dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + dropped) * node["Actual Loops"])


def _is_large(node: dict[str, Any]) -> bool:
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [node["Relation Name"]])
        return bool(cursor.fetchone()[0] > LARGE)


def main() -> None:
    django.setup()
    from benchmarks.ways_in import walk

    recorder = Recorder()
    with override_settings(**EVERY_WAY):
        walk(recorder)
    with connection.cursor() as cursor:
        cursor.execute(UNINDEXED)
        unindexed = [name for (name,) in cursor.fetchall()]
    print(json.dumps({"statements": recorder.found, "unindexed": unindexed}))


if __name__ == "__main__":
    main()
