"""The database goes away in a request: a plain 500 of the API's own, wherever it happens (security.md 69)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection

from tests.conftest import Api, Inbox
from tests.ways import GUEST, KNOWN, everything_on, known

CRASH = {"status": 500, "message": "Internal server error", "error": "internal-server-error"}
FAULT = 'connection to server at "10.0.0.7", port 5432 failed: FATAL: password authentication failed'
AFTERWARDS = ("SAVEPOINT", "RELEASE", "ROLLBACK", 'SELECT "nhost_auth_auditevent"')
"""How statements begin that come when all is done: the audit trail costs nobody the answer."""


@contextmanager
def database_down(after: int) -> Iterator[list[str]]:
    """Only so many statements are executed; those that were refused."""
    left, refused = [None] * after, list[str]()

    def execute(run: Any, sql: str, *arguments: Any) -> Any:
        if left:
            left.pop()
            return run(sql, *arguments)
        refused.append(sql)
        raise OperationalError(FAULT)

    with connection.execute_wrapper(execute):
        yield refused


@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize("name", [*KNOWN, *GUEST])
def test_69_database_down(api: Api, inbox: Inbox, settings: Any, name: str, after: int) -> None:
    everything_on(settings)
    settings.DEBUG = True  # what is to be kept from clients is kept from developers' browsers too
    act = {**KNOWN, **GUEST}[name](api, inbox, known(api) if name in KNOWN else api.anonymous())
    api._client.raise_request_exception = False
    with database_down(after) as refused:
        reply = act()
    if reply.status == 500:
        assert reply.json == CRASH
    elif "error" in (reply.query if reply.status == 302 else {}):
        assert reply.query["error"] == "internal-server-error"
    else:
        assert reply.status in (200, 302)
        assert all(sql.replace("`", '"').startswith(AFTERWARDS) for sql in refused)
    assert FAULT not in reply.text
