"""The address a request comes from, told by trusted proxies only (configuration.md 6.4)."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

from nhost_auth.conf import conf


def client_address(request: HttpRequest) -> str | None:
    """An IPv4 or IPv6 address; None where there is none, as behind a Unix socket.

    What no trusted proxy has written, or what is no address, is ignored for the address of the connection.
    """
    told = _told_by_proxy(request)
    return (told and _parsed(told)) or _parsed(request.META.get("REMOTE_ADDR", ""))


def _told_by_proxy(request: HttpRequest) -> str:
    if conf.AUTH_TRUSTED_PROXY_HEADER:
        return request.headers.get(conf.AUTH_TRUSTED_PROXY_HEADER, "")
    count = conf.AUTH_TRUSTED_PROXY_COUNT
    if count < 1:
        return ""
    # From the right: whatever stands further left came with the request and may be made up.
    entries = request.headers.get("X-Forwarded-For", "").split(",")
    return entries[-count] if len(entries) >= count else ""


def _parsed(text: str) -> str | None:
    try:
        ip = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    # Without the zone of a link-local address, which no database column takes.
    return str(ip.ipv4_mapped or ipaddress.IPv6Address(int(ip)))
