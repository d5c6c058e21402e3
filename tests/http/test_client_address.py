"""Whose address counts: the connection's, or what the trusted proxies say of it (configuration.md 6.4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from nhost_auth.http.client_address import client_address
from nhost_auth.models import Account, AuditEvent
from tests.conftest import PASSWORD, PREFIX, Api

CONNECTION, SPOOFED, REAL, PROXY = "192.0.2.1", "198.51.100.66", "203.0.113.7", "192.0.2.2"


def told(remote: str = CONNECTION, **headers: str) -> str | None:
    return client_address(RequestFactory(REMOTE_ADDR=remote, headers=headers).get("/"))


@pytest.mark.parametrize(
    ("connection", "address"),
    [
        ("203.0.113.7", REAL),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", REAL),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("unix:", None),
        ("203.0.113.7:4711", None),
    ],
)
def test_address_of_the_connection_in_its_shortest_form(connection: str, address: str | None) -> None:
    assert told(connection) == address


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"])
def test_no_header_is_believed_by_default(name: str) -> None:
    assert told(**{name: SPOOFED}) == CONNECTION


@pytest.mark.parametrize(
    ("count", "forwarded", "address"),
    [
        (1, REAL, REAL),
        (1, f"{SPOOFED}, {REAL}", REAL),
        (1, f"{SPOOFED},not-an-address ,  {REAL} ", REAL),
        (2, f"{SPOOFED}, {REAL}, {PROXY}", REAL),
        (2, REAL, CONNECTION),
        (1, "", CONNECTION),
        (1, "unknown", CONNECTION),
        (1, f"{SPOOFED}, 300.1.1.1", CONNECTION),
        (1, f"{SPOOFED}, ", CONNECTION),
        (1, f"{SPOOFED}, ::ffff:203.0.113.7", REAL),
        (0, REAL, CONNECTION),
        (-1, f"{REAL}, {SPOOFED}", CONNECTION),
    ],
)
def test_proxies_are_counted_from_the_right(settings: Any, count: int, forwarded: str, address: str) -> None:
    settings.AUTH_TRUSTED_PROXY_COUNT = count
    assert told(**{"X-Forwarded-For": forwarded}) == address


def test_proxies_that_said_nothing_leave_the_connection(settings: Any) -> None:
    settings.AUTH_TRUSTED_PROXY_COUNT = 1
    assert told() == CONNECTION


@pytest.mark.parametrize("name", ["X-Real-IP", "cf-connecting-ip"])
def test_named_header_is_believed_and_no_other(settings: Any, name: str) -> None:
    settings.AUTH_TRUSTED_PROXY_HEADER, settings.AUTH_TRUSTED_PROXY_COUNT = name, 1
    assert told(**{name: REAL, "X-Forwarded-For": SPOOFED}) == REAL
    assert told(**{name: f"{SPOOFED}, {REAL}", "X-Forwarded-For": SPOOFED}) == CONNECTION
    assert told(**{"X-Forwarded-For": SPOOFED}) == CONNECTION


def test_proxy_on_a_unix_socket_may_tell_the_address(settings: Any) -> None:
    settings.AUTH_TRUSTED_PROXY_COUNT = 1
    assert told("", **{"X-Forwarded-For": REAL}) == REAL


def test_sessions_and_audit_trail_have_the_whole_address(api: Api, settings: Any) -> None:
    settings.AUTH_TRUSTED_PROXY_COUNT = 1
    client = Client(REMOTE_ADDR="::1", headers={"X-Forwarded-For": f"{SPOOFED}, 2001:db8::a:b"})
    body = {"email": "ann@example.com", "password": PASSWORD}
    assert client.post(f"{PREFIX}/signup/email-password", body, "application/json").status_code == 200
    assert Account.objects.get().refresh_tokens.get().ip == "2001:db8::a:b"
    assert client.post(f"{PREFIX}/signin/email-password", body | {"password": "wrong"}, "application/json")
    assert set(AuditEvent.objects.values_list("ip", flat=True)) == {"2001:db8::a:b"}
