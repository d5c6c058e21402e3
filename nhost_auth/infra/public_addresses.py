"""Which addresses are on the public internet: what is called from here must not be led behind the firewall.

Named one by one is what may be called, as far as that is possible: registries of special addresses grow, and each
version of Python knows another one (IANA's registries of 2025, RFC 6890).
"""

from __future__ import annotations

import socket
from concurrent.futures import Future
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Thread
from typing import Any

Found = tuple[Any, ...]
"""An entry of `socket.getaddrinfo`: family, kind, protocol, a name, and the address to connect to."""

UNICAST = ip_network("2000::/3")
"""All that IANA has given out of IPv6."""
TRANSLATED = ip_network("64:ff9b::/96")
"""IPv4 as networks of IPv6 alone reach it (RFC 6052)."""
REFUSED = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # where Azure answers its machines, though it looks public
        "192.0.0.0/24",  # protocols' own; Oracle's cloud answers its machines there
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # Teredo, which holds an IPv4 address, and protocols' own
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds an IPv4 address
        "3fff::/20",  # documentation
    )
)


class NotPublic(OSError):
    """An address behind the firewall."""


def is_public(text: str) -> bool:
    """Whether an address as text is one of the public internet. Raises ValueError for what is no address."""
    address = _unwrapped(ip_address(text.partition("%")[0]))
    if not address.is_global or address.is_multicast or any(address in network for network in REFUSED):
        return False
    return address.version == 4 or address in UNICAST


def look_up(host: str, port: int, seconds: float) -> list[Found]:
    """All addresses of a host. Raises OSError, TimeoutError after `seconds`, and ValueError for what is no name.

    In a thread, for a resolver takes the time it takes, and whose name it is may have a say in that.
    """
    answer: Future[list[Found]] = Future()

    def ask() -> None:
        try:
            answer.set_result(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except Exception as error:  # whatever it is, it is the caller's
            answer.set_exception(error)

    Thread(target=ask, name="nhost_auth look-up", daemon=True).start()
    return answer.result(seconds)


def ensure_public(found: list[Found]) -> None:
    """Raises NotPublic unless every address is public: who controls a name puts a public one beside a private one."""
    if not found or not all(is_public(str(address[0])) for *_, address in found):
        raise NotPublic("not a public address")


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that one of IPv6 stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address
