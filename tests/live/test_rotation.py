"""Signing keys change under three servers and twenty requests a second, and nobody is refused (security.md 49)."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import jwt
import requests

from tests.conftest import PASSWORD
from tests.live.demo import Demo, Start

RATE = 20
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
ENVIRONMENT = {
    "AUTH_SERVER_URL": "https://auth.example.com/v1",  # one name for the three: it is the issuer
    "AUTH_SIGNING_ALGORITHM": "RS256",
    "AUTH_KEYRING_TTL": "1",
    "AUTH_SIGNING_KEY_PUBLISH_AHEAD": "1",
}
JOURNEY = ("ES256", "EdDSA", "RS256")


class Load:
    """One person's client, spread over the servers: it asks who it is, and exchanges its tokens now and then."""

    def __init__(self, servers: list[Demo]) -> None:
        self.servers = servers
        body = {"email": "ann@example.com", "password": PASSWORD}
        self.session = requests.post(f"{servers[0].api}/signup/email-password", json=body, timeout=20).json()["session"]
        self.tokens = {self.kid: self.session["accessToken"]}
        """A token of each key."""
        self.published: list[dict[str, Any]] = []
        self.requests: list[Future[int]] = []
        self._refreshing = threading.Lock()

    @property
    def kid(self) -> str:
        return str(jwt.get_unverified_header(self.session["accessToken"])["kid"])

    @property
    def algorithm(self) -> str:
        return str(jwt.get_unverified_header(self.session["accessToken"])["alg"])

    def ask(self, number: int) -> int:
        server = self.servers[number % len(self.servers)]
        if number % 5 == 4:
            return self.refresh(server)
        headers = {"Authorization": f"Bearer {self.session['accessToken']}"}
        return requests.get(f"{server.api}/user", headers=headers, timeout=20).status_code

    def refresh(self, server: Demo) -> int:
        with self._refreshing:
            body = {"refreshToken": self.session["refreshToken"]}
            reply = requests.post(f"{server.api}/token", json=body, timeout=20)
            self.session = reply.json()
            self.tokens[self.kid] = self.session["accessToken"]
            return reply.status_code

    def verifies_elsewhere(self) -> bool:
        """Whether somebody who has the keys from another server believes the newest token; nobody asks us again."""
        for server in self.servers:
            keys = requests.get(f"{server.api}/.well-known/jwks.json", timeout=20).json()["keys"]
            self.published += keys
            token = self.session["accessToken"]
            known = {key["kid"]: jwt.PyJWK(key) for key in keys}
            kid = jwt.get_unverified_header(token)["kid"]
            if kid not in known:
                return False
            jwt.decode(token, known[kid], algorithms=[known[kid].algorithm_name], options={"verify_aud": False})
        return True

    @contextmanager
    def running(self) -> Iterator[None]:
        stopped, began = threading.Event(), time.monotonic()

        def send() -> None:
            for number in itertools.count():
                if stopped.wait(max(0.0, began + number / RATE - time.monotonic())):
                    return
                self.requests.append(pool.submit(self.ask, number))

        with ThreadPoolExecutor(8) as pool:
            sender = threading.Thread(target=send)
            sender.start()
            try:
                yield
            finally:
                stopped.set()
                sender.join()


def await_algorithm(load: Load, algorithm: str, *, published_ahead: bool = True) -> None:
    deadline = time.monotonic() + 30
    while load.algorithm != algorithm:
        assert time.monotonic() < deadline, f"{algorithm} never signed"
        assert load.verifies_elsewhere() or not published_ahead


def test_49_keys_rotate_under_load_and_nobody_is_refused(start: Start) -> None:
    servers = [start(**ENVIRONMENT) for _ in range(3)]
    load = Load(servers)
    assert load.algorithm == "RS256"
    with load.running():
        for algorithm in JOURNEY:
            servers[0].manage("auth_keys", "rotate", "--algorithm", algorithm)
            await_algorithm(load, algorithm)
        # At once, as after a theft: the other servers have not heard of the key when its first tokens reach them.
        servers[0].manage("auth_keys", "rotate", "--algorithm", "ES256", "--publish-ahead", "0")
        await_algorithm(load, "ES256", published_ahead=False)
    statuses = [request.result() for request in load.requests]
    assert set(statuses) == {200}
    assert len(statuses) > RATE
    for token, server in itertools.product(load.tokens.values(), servers):
        assert requests.post(f"{server.api}/token/verify", json={"token": token}, timeout=20).status_code == 200
    assert len(load.tokens) == 5
    states = [row["state"] for row in json.loads(servers[0].manage("auth_keys", "list", "--json"))]
    assert states == ["active", "retiring", "retiring", "retiring", "retiring"]
    assert load.published
    assert not [key for key in load.published if PRIVATE_MEMBERS & set(key)]
