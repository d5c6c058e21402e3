"""Two server processes with one PostgreSQL and one Redis are one server to their clients (security.md 19, 49, 69)."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from tests.conftest import PASSWORD
from tests.live.demo import Demo
from tests.live.postgres import PostgreSQL
from tests.live.redis_server import Redis

BURST, MANY = 6, 8
ENVIRONMENT = {
    "AUTH_CLIENT_URL": "https://app.example.com",
    "AUTH_EMAIL_PASSWORDLESS_ENABLED": "true",
    "AUTH_KEYRING_TTL": "1",
    "AUTH_RATE_LIMIT_BRUTE_FORCE_BURST": "1000",
    "AUTH_RATE_LIMIT_ENABLE": "true",
    "AUTH_RATE_LIMIT_GLOBAL_BURST": "10000",
    "AUTH_RATE_LIMIT_SIGNUPS_BURST": str(BURST),
    "AUTH_SERVER_URL": "https://auth.example.com/v1",
}
Pair = tuple[Demo, Demo]


@pytest.fixture(scope="module")
def servers(postgres: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    counters = Redis(tmp_path_factory.mktemp("redis"))
    shared = {"DATABASE_URL": postgres.make_database(), "AUTH_RATE_LIMIT_STORAGE": counters.uri}
    one, two = (Demo(tmp_path_factory.mktemp("server"), **ENVIRONMENT, **shared) for _ in range(2))
    with one, two:
        yield one.start(), two.resume()
        assert [demo.stop() for demo in (one, two)] == [0, 0]
    counters.stop()


def post(demo: Demo, path: str, body: dict[str, Any]) -> requests.Response:
    return requests.post(demo.api + path, json=body, timeout=20)


def guest(demo: Demo) -> dict[str, Any]:
    session: dict[str, Any] = post(demo, "/signin/anonymous", {}).json()["session"]
    return session


def at_once(servers: Pair, path: str, body: dict[str, Any]) -> list[requests.Response]:
    """The same request MANY times, at both servers by turns."""
    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(lambda number: post(servers[number % 2], path, body), range(MANY)))


def test_69_limit_is_one_for_both(servers: Pair) -> None:
    body = {"email": "not an address", "password": PASSWORD}
    statuses = [post(servers[number % 2], "/signup/email-password", body).status_code for number in range(BURST + 2)]
    assert statuses == [400] * BURST + [429, 429]


def test_19_refresh_at_both_at_once_gives_one_successor(servers: Pair) -> None:
    one, two = servers
    session = guest(one)
    replies = at_once(servers, "/token", {"refreshToken": session["refreshToken"]})
    assert {reply.status_code for reply in replies} == {200}
    (following,) = {reply.json()["refreshToken"] for reply in replies}
    assert post(two, "/token", {"refreshToken": following}).status_code == 200
    assert post(two, "/token/verify", {"token": session["accessToken"]}).status_code == 200


def test_session_that_ended_at_one_has_ended_at_the_other(servers: Pair) -> None:
    session = guest(servers[0])
    assert post(servers[1], "/signout", {"refreshToken": session["refreshToken"]}).status_code == 200
    assert post(servers[0], "/token", {"refreshToken": session["refreshToken"]}).status_code == 401


def newest_mail(demo: Demo) -> str:
    return requests.get(f"{demo.origin}/inbox", timeout=20).text


def test_19_ticket_of_one_is_good_at_both_and_once(servers: Pair) -> None:
    one, two = servers
    post(one, "/signin/passwordless/email", {"email": "ann@example.com"})
    link = urlsplit(re.findall(r'href="([^"]*ticket=[^"]*)"', newest_mail(two))[0].replace("&amp;", "&"))

    def follow(number: int) -> str:
        url = f"{servers[number % 2].api}/verify?{link.query}"
        return requests.get(url, allow_redirects=False, timeout=20).headers["Location"]

    with ThreadPoolExecutor(MANY) as pool:
        found = [parse_qs(urlsplit(target).query) for target in pool.map(follow, range(MANY))]
    assert Counter(query.get("error", [""])[0] for query in found) == {"": 1, "invalid-ticket": MANY - 1}
    (secret,) = [query["refreshToken"][0] for query in found if "error" not in query]
    assert post(two, "/token", {"refreshToken": secret}).json()["user"]["email"] == "ann@example.com"


def test_19_code_of_one_is_good_at_both_and_once(servers: Pair) -> None:
    post(servers[0], "/signin/otp/email", {"email": "bob@example.com"})
    code = re.findall(r"your code is (\d{6})", newest_mail(servers[1]))[0]
    replies = at_once(servers, "/signin/otp/email/verify", {"email": "bob@example.com", "otp": code})
    assert Counter(reply.status_code for reply in replies)[200] == 1
    assert {reply.json()["error"] for reply in replies if reply.status_code != 200} == {"invalid-otp"}


def test_49_rotation_at_one_is_seen_by_both(servers: Pair) -> None:
    before = [guest(demo)["accessToken"] for demo in servers]
    servers[0].manage("auth_keys", "rotate", "--publish-ahead", "0")
    deadline, after = time.monotonic() + 60, before
    while {kid(token) for token in after} & {kid(token) for token in before}:
        assert time.monotonic() < deadline, "the new key never signed at both"
        after = [guest(demo)["accessToken"] for demo in servers]
    assert len({kid(token) for token in after}) == 1
    for demo in servers:
        assert {post(demo, "/token/verify", {"token": token}).status_code for token in (*before, *after)} == {200}


def kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])
