"""The internet of the tests: hosts that are played by functions. What the app asks of them is recorded.

The fixture `internet` puts it in the environment's proxy settings, so the app's own way to the outside is what is
tested: TLS with verified certificates, real sockets, time-outs.
"""

from __future__ import annotations

import json as json_format
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.tls_proxy import Answer, Asked, Authority, Proxy, Told

PATIENCE_SECONDS = 2.0


def json(value: Any, status: int = 200) -> Told:
    return Told(status, json_format.dumps(value).encode(), {"Content-Type": "application/json"})


def text(value: str, status: int = 200, content_type: str = "text/plain") -> Told:
    return Told(status, value.encode(), {"Content-Type": content_type})


class Internet:
    """Hosts by name. What nobody plays is answered with 404, and the test fails for it when it is over."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        """What the app has asked so far."""
        self.unexpected: list[Asked] = []
        """What of it nobody plays. A test that means to ask for such a thing clears this."""
        self._played: dict[tuple[str, str, str], Answer] = {}
        self._instead: dict[tuple[str, str], Answer] = {}
        self._over = threading.Event()

    def play(self, method: str, host: str, path: str, answer: Answer) -> None:
        """Let a function answer one method of one path."""
        self._played[method, host, path] = answer

    def answer(self, host: str, path: str, status: int = 200, value: Any = None) -> None:
        """From now on a path answers with this: `Told` as it is, a string as text, anything else as JSON."""
        render = text if isinstance(value, str) else json
        told = value if isinstance(value, Told) else render(value, status)
        self._instead[host, path] = lambda _: told

    def stall(self, host: str, path: str) -> None:
        """From now on a path answers only those who wait longer than anybody should here."""
        answer = self._find_any(host, path)
        self._instead[host, path] = lambda asked: Told(503) if self._over.wait(PATIENCE_SECONDS) else answer(asked)

    def once_asked(self, host: str, path: str, action: Callable[[], Any]) -> None:
        """Do something each time a path has been asked, before its answer leaves."""
        answer = self._find_any(host, path)

        def act(asked: Asked) -> Told:
            told = answer(asked)
            action()
            return told

        self._instead[host, path] = act

    def calls(self, host: str, path: str | None = None) -> list[Asked]:
        """What the app has asked of a host, or of one path there."""
        return [asked for asked in self.asked if asked.host == host and path in (None, asked.path)]

    def browse(self, url: str) -> Told:
        """What a person's browser sees at a URL; the app has no part in it."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        asked = Asked("GET", parts.netloc, parts.path, query)
        found = self._find(asked)
        assert found is not None, f"there is no such page: {url}"
        return found(asked)

    def receive(self, asked: Asked) -> Told:
        self.asked.append(asked)
        found = self._find(asked)
        if found is None:
            self.unexpected.append(asked)
            return text("nobody plays this", 404)
        return found(asked)

    def close(self) -> None:
        """Let go of whoever still waits for an answer."""
        self._over.set()

    def _find(self, asked: Asked) -> Answer | None:
        return self._instead.get(asked.place) or self._played.get((asked.method, *asked.place))

    def _find_any(self, host: str, path: str) -> Answer:
        if (host, path) in self._instead:
            return self._instead[host, path]
        return next(answer for (_, *place), answer in self._played.items() if place == [host, path])


@pytest.fixture(scope="session")
def internet_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    proxy = Proxy(Authority(tmp_path_factory.mktemp("internet")))
    yield proxy
    proxy.close()


@pytest.fixture
def internet(internet_proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    from nhost_auth.infra.key_sets import key_set

    key_set.cache_clear()
    for name, value in {"https_proxy": internet_proxy.url, "no_proxy": "127.0.0.1,localhost"}.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(internet_proxy.authority.bundle))
    found = Internet()
    internet_proxy.answer = found.receive
    yield found
    found.close()
    internet_proxy.settle()
    key_set.cache_clear()
    assert found.unexpected == []
