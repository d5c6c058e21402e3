"""Connections to the outside: the deadline of a call, and the address that it goes to (security line 63)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from nhost_auth.infra import outbound
from nhost_auth.infra.outbound import OutboundError
from tests.infra.loopback import Loopback, reply
from tests.names import ALSO_PUBLIC, PUBLIC, Names
from tests.tls_proxy import Proxy

HOST = "api.example.com"
SECONDS = 0.2
LENGTHY = b"x" * 1000
HEAD = b"HTTP/1.0 200 OK\r\n"
SHAPES = {
    "status": b"HTTP/1.0 200 " + b"O" * 500 + b"\r\n\r\n",
    "headers": HEAD + b"X-A: b\r\n" * 90 + b"\r\n",
    "body": HEAD + b"Content-Length: 1000\r\n\r\n" + LENGTHY,
    "body-until-the-end": HEAD + b"\r\n" + LENGTHY,
    "chunks": HEAD.replace(b"1.0", b"1.1") + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 200 + b"0\r\n\r\n",
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "DEADLINE_SECONDS", SECONDS)
    monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", SECONDS)


@pytest.fixture
def site(internet_proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """HOST over TLS, at PUBLIC as far as the app knows, without a proxy."""
    for name in ("https_proxy", "http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(internet_proxy.authority.bundle))
    with Loopback(internet_proxy.authority.context(HOST)) as loopback:
        connect = socket.socket.connect

        def reach(self: socket.socket, address: Any) -> None:
            connect(self, ("127.0.0.1", loopback.port) if address[0] == PUBLIC else address)

        monkeypatch.setattr(socket.socket, "connect", reach)
        yield loopback


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("shape", SHAPES)
def test_63_answer_that_only_drips_is_not_waited_for(server: Loopback, shape: str) -> None:
    server.answers = [server.dripping(SHAPES[shape])]
    with pytest.raises(OutboundError):
        outbound.get(server.url)
    assert server.dripped < len(SHAPES[shape]) / 2


def test_answer_in_time_is_whole_however_small_its_pieces(server: Loopback) -> None:
    server.answers = [server.dripping(HEAD + b"\r\nhello")]
    assert outbound.get(server.url).text == "hello"


@pytest.mark.usefixtures("impatient")
def test_63_site_that_does_not_end_its_handshake_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(OutboundError):
        outbound.get(f"https://127.0.0.1:{listening.getsockname()[1]}/")


def test_63_deadline_holds_over_tls_too(site: Loopback, names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "DEADLINE_SECONDS", 1.0)
    monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", 1.0)
    names.point(HOST, [PUBLIC])
    site.answers = [site.dripping(SHAPES["headers"])]
    with pytest.raises(OutboundError):
        outbound.get(f"https://{HOST}/")
    assert site.dripped < len(SHAPES["headers"]) / 2


@pytest.mark.usefixtures("impatient")
def test_63_resolver_that_takes_its_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait() and [])
    with pytest.raises(OutboundError):
        outbound.get("http://127.0.0.1:1/")
    over.set()


def test_deadline_leaves_no_thread_behind(server: Loopback) -> None:
    assert outbound.get(server.url).status == 200
    assert [thread for thread in threading.enumerate() if type(thread) is threading.Timer] == []


def test_63_host_is_named_to_the_site_whose_address_was_looked_at(
    site: Loopback, names: Names, internet_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str | None] = []
    context = internet_proxy.authority.context(HOST)
    monkeypatch.setattr(context, "sni_callback", lambda _sock, name, _context: named.append(name))
    names.point(HOST, [PUBLIC], ["127.0.0.1"])
    site.answers = [reply(200, b"good")]
    assert outbound.get(f"https://{HOST}/a").text == "good"
    assert (named, names.asked) == ([HOST], [HOST])
    assert site.asked[0].headers["host"] == HOST
    with pytest.raises(OutboundError, match="ConnectionError"):
        outbound.get(f"https://{HOST}/a")
    assert len(site.asked) == 1


@pytest.mark.usefixtures("site")
def test_certificate_of_another_host_is_not_believed(names: Names) -> None:
    names.point("other.example.com", [PUBLIC])
    with pytest.raises(OutboundError, match="SSLError"):
        outbound.get("https://other.example.com/")


def test_next_address_is_tried_where_one_does_not_answer(site: Loopback, names: Names) -> None:
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        if address[0] == ALSO_PUBLIC:
            raise ConnectionRefusedError
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        names.point(HOST, [ALSO_PUBLIC, PUBLIC])
        assert outbound.get(f"https://{HOST}/").status == 200
        names.point(HOST, [ALSO_PUBLIC])
        with pytest.raises(OutboundError, match="ConnectionError"):
            outbound.get(f"https://{HOST}/")


def test_kind_of_address_that_this_machine_lacks_is_passed_over(
    site: Loopback, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    class WithoutSix(socket.socket):
        def __init__(self, family: int = -1, *args: Any, **kwargs: Any) -> None:
            if family == socket.AF_INET6:
                raise OSError("Address family not supported")
            super().__init__(family, *args, **kwargs)

    names.point(HOST, ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", PUBLIC])
    monkeypatch.setattr(socket, "socket", WithoutSix)
    assert outbound.get(f"https://{HOST}/").status == 200
    assert len(site.asked) == 1
