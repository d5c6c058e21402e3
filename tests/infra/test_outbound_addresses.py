"""The door to the outside: which addresses may be reached, through which proxy, trusting whom (security line 63)."""

from __future__ import annotations

import socket
import uuid
from typing import Any

import pytest

from nhost_auth.infra import hasura, outbound, sms
from nhost_auth.infra.outbound import OutboundError
from tests.infra.loopback import Loopback, reply
from tests.infra.sms.gateway import NUMBER, TEXT, Gateway
from tests.internet import Internet
from tests.tls_proxy import Proxy

PUBLIC, HOST, INTERNAL = "93.184.215.14", "api.example.com", "internal.example.com"
PROXIES = ("https_proxy", "http_proxy", "all_proxy", "no_proxy")
AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
Address = tuple[Any, ...]


@pytest.fixture(autouse=True)
def strict(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No host behind the firewall is listed, and there is no proxy."""
    settings.AUTH_OUTBOUND_PRIVATE_HOSTS = []
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Address]:
    """To where connections have been opened; none comes about."""
    found: list[Address] = []

    def refuse(_: socket.socket, address: Address) -> None:
        found.append(address[:2])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return found


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names have these addresses, at each look-up the next list; the names that are looked up."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def refused(url: str, **parts: Any) -> bool:
    with pytest.raises(OutboundError):
        outbound.request("GET", url, **parts)
    return True


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{}/",
        "HTTP://127.0.0.1:{}/",
        "hTTp://127.0.0.1:{}/",
        " http://127.0.0.1:{}/",
        "\thttp://127.0.0.1:{}/",
        "http://127.1:{}/",
        "http://127.0.0.2:{}/",
        "http://0x7f000001:{}/",
        "http://2130706433:{}/",
        "http://0177.0.0.1:{}/",
        "http://0:{}/",
        "http://[::ffff:127.0.0.1]:{}/",
        "http://[::ffff:7f00:1]:{}/",
        "http://localhost:{}/",
        "http://LOCALHOST:{}/",
        "http://localhost.:{}/",
        "http://listed.example@127.0.0.1:{}/",
        "http://127.0.0.1:{}#@listed.example/",
        "http://127.0.0.1:{}?@listed.example/",
        "http://127.0.0.1:{}\\@listed.example/",
        "http://\uff11\uff12\uff17.0.0.1:{}/",
        "http://127\u30020\u30020\u30021:{}/",
    ],
    ids=ascii,
)
def test_server_behind_the_firewall_is_not_reached_however_it_is_written(
    server: Loopback, settings: Any, url: str
) -> None:
    settings.AUTH_OUTBOUND_PRIVATE_HOSTS = ["listed.example"]
    assert refused(url.format(server.url.rpartition(":")[2]))
    assert server.asked == []


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.255.255.254", "127.1", "0.0.0.0", "0", "0x7f.1", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("100.64.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.9", "255.255.255.255", "240.0.0.1"),
        *("169.254.169.254", "169.254.43518", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376"),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::ffff:10.0.0.1]"),
        *("[fe80::1]", "[fe80::1%25lo]", "[fd00:ec2::254]", "[fc00::1]", "[2001:db8::1]"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_knocks_at_an_address_that_is_not_public(connected: list[Address], scheme: str, host: str) -> None:
    assert refused(f"{scheme}://{host}/latest/meta-data/")
    assert connected == []


@pytest.mark.parametrize(("url", "port"), [("http://{}/", 80), ("https://{}/", 443), ("https://{}:8443/", 8443)])
@pytest.mark.parametrize("host", [PUBLIC, "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]"])
def test_public_address_is_gone_to(connected: list[Address], url: str, port: int, host: str) -> None:
    assert refused(url.format(host))
    assert connected == [(host.strip("[]"), port)]


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.1"], [PUBLIC, "127.0.0.1"], ["169.254.169.254", PUBLIC]], ids=str
)
def test_name_that_leads_behind_the_firewall_is_not_followed(
    connected: list[Address], monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    asked = resolve(monkeypatch, addresses)
    assert refused(f"https://{HOST}/")
    assert (asked, connected) == ([HOST], [])


def test_name_with_public_addresses_is_followed(connected: list[Address], monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, [PUBLIC, "93.184.215.15"])
    assert refused(f"https://{HOST}/")
    assert connected == [(PUBLIC, 443), ("93.184.215.15", 443)]


def test_63_address_that_was_looked_at_is_the_one_that_is_gone_to(
    connected: list[Address], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolve(monkeypatch, [PUBLIC], ["127.0.0.1"])
    assert refused(f"https://{HOST}/")
    assert (asked, connected) == ([HOST], [(PUBLIC, 443)])


@pytest.mark.parametrize("listed", [INTERNAL, INTERNAL.upper()])
@pytest.mark.parametrize("asked", [INTERNAL, f"{INTERNAL}.", INTERNAL.upper()])
def test_listed_host_may_be_anywhere_and_no_other_may(
    server: Loopback, settings: Any, monkeypatch: pytest.MonkeyPatch, listed: str, asked: str
) -> None:
    settings.AUTH_OUTBOUND_PRIVATE_HOSTS = [listed]
    resolve(monkeypatch, ["127.0.0.1"])
    port = server.url.rpartition(":")[2]
    assert outbound.get(f"http://{asked}:{port}/").status == 200
    for other in (f"sub.{INTERNAL}", f"x{INTERNAL}", f"{INTERNAL}.evil.example", "127.0.0.1", "[::ffff:127.0.0.1]"):
        assert refused(f"http://{other}:{port}/")
    assert len(server.asked) == 1


def test_listed_address_is_that_address_alone(server: Loopback, settings: Any) -> None:
    settings.AUTH_OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
    port = server.url.rpartition(":")[2]
    assert outbound.get(f"http://127.0.0.1:{port}/").status == 200
    assert refused(f"http://127.0.0.2:{port}/")
    assert refused(f"http://localhost:{port}/")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_of_a_listed_host_leads_nowhere(server: Loopback, settings: Any, status: int) -> None:
    settings.AUTH_OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
    for target in (f"{server.url}/elsewhere", "http://169.254.169.254/", "file:///etc/passwd"):
        server.answers = [reply(status, location=target)]
        before = len(server.asked)
        assert outbound.get(server.url).status == status
        assert len(server.asked) == before + 1


def test_sms_webhook_of_the_settings_may_stand_behind_the_firewall(settings: Any) -> None:
    with Gateway() as gateway:
        settings.AUTH_SMS_PROVIDER, settings.AUTH_SMS_GENERIC_URL = "generic", gateway.url
        settings.AUTH_SMS_GENERIC_BODY_TEMPLATE = '{"to":"${to}","text":"${body}"}'
        sms.send(NUMBER, TEXT)
        assert refused(gateway.url)
        assert len(gateway.posted) == 1


def test_hasura_of_the_settings_may_stand_behind_the_firewall(settings: Any) -> None:
    with Gateway() as gateway:
        settings.HASURA_GRAPHQL_GRAPHQL_URL = f"{gateway.url}/v1/graphql"
        gateway.answers = [reply(200, b'{"data":{"user":{"x":1}}}')]
        assert hasura.fetch_user(uuid.UUID(int=0), {"x": {}}) == {"x": 1}


def test_proxy_of_the_environment_is_asked_and_decides_what_may_be_reached(internet: Internet) -> None:
    for host in (HOST, INTERNAL, "localhost.localdomain"):
        internet.answer(host, "/", value=f"I am {host}")
        assert outbound.get(f"https://{host}/").text == f"I am {host}"


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_host_that_goes_past_the_proxy_is_looked_at_again(
    internet: Internet, connected: list[Address], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for either in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(either)
    monkeypatch.setenv(name, HOST)
    resolve(monkeypatch, ["127.0.0.1"])
    assert refused(f"https://{HOST}/")
    assert (connected, internet.asked) == ([], [])


@pytest.mark.parametrize("name", AUTHORITIES)
def test_authority_of_the_environment_is_trusted(
    internet: Internet, internet_proxy: Proxy, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    internet.answer(HOST, "/", value="good")
    for authority in AUTHORITIES:
        monkeypatch.delenv(authority, raising=False)
    assert refused(f"https://{HOST}/")
    monkeypatch.setenv(name, str(internet_proxy.authority.bundle))
    assert outbound.get(f"https://{HOST}/").text == "good"


def test_host_that_shows_the_certificate_of_another_is_not_believed(
    internet: Internet, internet_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_another = internet_proxy.authority.context("other.example.com")
    monkeypatch.setitem(internet_proxy.authority._contexts, HOST, of_another)
    assert refused(f"https://{HOST}/")
    assert internet.asked == []
