"""The names of the tests: what a host's look-up answers, so that none is asked for outside."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

PUBLIC, ALSO_PUBLIC = "93.184.215.14", "93.184.215.15"


class Names:
    """Names by their addresses. One that has none does not exist; what is an address itself is one."""

    def __init__(self, look_up: Callable[..., Any]) -> None:
        self.asked: list[str] = []
        """What has been looked up so far."""
        self._answers: dict[str, list[list[str]]] = {}
        self._look_up = look_up

    def point(self, host: str, *answers: list[str]) -> None:
        """Let a name have these addresses, at each look-up the next list, the last for ever."""
        self._answers[host] = list(answers)

    def look_up(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        self.asked.append(host)
        answers = self._answers.get(host, [[host]])
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        flags = socket.AI_NUMERICHOST
        return [found for address in addresses for found in self._look_up(address, port, 0, 1, 0, flags)]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    made = Names(socket.getaddrinfo)
    monkeypatch.setattr(socket, "getaddrinfo", made.look_up)
    return made
