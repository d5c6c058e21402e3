"""Which addresses are on the public internet (security line 63)."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from nhost_auth.infra.public_addresses import NotPublic, ensure_public, is_public, look_up
from tests.names import ALSO_PUBLIC, PUBLIC, Names

HOST = "api.example.com"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255"),
        *("192.168.0.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "100.127.255.255", "192.0.0.1"),
        *("192.0.0.170", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1"),
        *("203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    ],
)
def test_63_address_of_ipv4_that_is_special_is_not_public(address: str) -> None:
    assert not is_public(address)
    for form in (f"::ffff:{address}", f"64:ff9b::{address}", f"::{address}", f"::ffff:0:{address}"):
        assert not is_public(form), form


@pytest.mark.parametrize(
    "address",
    [
        *("::", "::1", "::2", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "feff::1", "fc00::1", "fd00:ec2::254"),
        *("ff02::1", "ff0e::1", "100::1", "64:ff9b:1::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "::ffff:7f00:1"),
        *("2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1"),
        *("2002:a9fe:a9fe::", "2002:5db8:d70e::1", "3fff::1", "5f00::1", "4000::1", "e000::1"),
    ],
)
def test_63_address_of_ipv6_that_is_special_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", PUBLIC, "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.255"),
        *("2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2a00:1450:4001::1", f"::ffff:{PUBLIC}", f"64:ff9b::{PUBLIC}"),
    ],
)
def test_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "a", "1.2.3", "01.2.3.4", "1.2.3.4.5", "[::1]", "::g"])
def test_what_is_no_address_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        is_public(text)


@pytest.mark.parametrize("addresses", [[], ["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["fd00::1", PUBLIC]], ids=str)
def test_63_one_private_address_among_public_ones_is_enough(names: Names, addresses: list[str]) -> None:
    names.point(HOST, addresses)
    with pytest.raises(NotPublic):
        ensure_public(look_up(HOST, 443, 5))
    names.point(HOST, [PUBLIC, ALSO_PUBLIC])
    ensure_public(look_up(HOST, 443, 5))


def test_name_that_does_not_exist_is_an_error(names: Names) -> None:
    with pytest.raises(socket.gaierror):
        look_up(HOST, 443, 5)
    with pytest.raises(UnicodeError):
        look_up("a" * 64, 443, 5)


def test_63_look_up_that_takes_its_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def wait(*_: Any, **__: Any) -> list[Any]:
        over.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    with pytest.raises(TimeoutError):
        look_up(HOST, 443, 0.01)
    over.set()
