"""Requests that leave at the same moment, from threads with connections of their own."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.test import Client

from tests.conftest import PREFIX, Reply


@dataclass(frozen=True)
class Shot:
    """One request, as data: a client belongs to its thread."""

    path: str
    body: dict[str, Any] | None = None
    token: str | None = None
    query: dict[str, str] | None = None

    def fire(self, client: Client) -> Reply:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        response = client.generic(
            "GET" if self.body is None else "POST",
            PREFIX + self.path,
            "" if self.body is None else json.dumps(self.body),
            content_type="application/json",
            query_params=self.query,
            headers=headers,
        )
        return Reply(response)


def at_once(shots: list[Shot]) -> list[Reply]:
    barrier = threading.Barrier(len(shots))

    def fire(shot: Shot) -> Reply:
        client = Client()
        client.get(f"{PREFIX}/version")
        barrier.wait()
        try:
            return shot.fire(client)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(shots)) as pool:
        return list(pool.map(fire, shots))
