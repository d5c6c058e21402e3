"""URLs that strangers have named: what is fetched for them, and what not (security line 63)."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import InsecureRequestWarning

from nhost_auth.infra import outbound
from nhost_auth.infra.outbound import Answer, OutboundError
from tests.infra.loopback import Loopback, reply
from tests.internet import Internet
from tests.names import PUBLIC, Names
from tests.tls_proxy import Proxy, Told

HOST, OTHER, INTERNAL = "api.example.com", "other.example.com", "internal.example.com"
MOST = 100


@pytest.fixture(autouse=True)
def known(names: Names) -> None:
    names.point(HOST, [PUBLIC])
    names.point(OTHER, [PUBLIC])
    names.point(INTERNAL, ["10.0.0.1"])


def fetch(url: str, **changes: Any) -> Answer:
    limits: dict[str, Any] = {"headers": {"Accept": "text/plain"}, "seconds": 5, "max_bytes": MOST, "redirects": 3}
    return outbound.fetch(url, **limits | changes)


def refused(url: str, **changes: Any) -> str:
    with pytest.raises(OutboundError) as caught:
        fetch(url, **changes)
    return str(caught.value)


def lead(internet: Internet, *targets: str) -> None:
    """Let the paths /0, /1 and so on of HOST lead on to these."""
    for number, target in enumerate(targets):
        internet.answer(HOST, f"/{number}", value=Told(302, headers={"Location": target}))


def test_answer_and_what_was_asked(internet: Internet) -> None:
    internet.answer(HOST, "/0", value="hello")
    answer = fetch(f"https://{HOST}/0")
    assert (answer, answer.content_type) == (Answer(200, "hello"), "text/plain")
    assert internet.asked[0].headers["accept"] == "text/plain"


def test_63_three_redirects_are_followed_and_a_fourth_is_not(internet: Internet) -> None:
    lead(internet, f"https://{HOST}/1", "/2", "3", f"https://{OTHER}/")
    internet.answer(OTHER, "/", value="hello")
    assert fetch(f"https://{HOST}/1").text == "hello"
    assert refused(f"https://{HOST}/0") == "too many redirects"
    assert len(internet.calls(OTHER)) == 1


@pytest.mark.parametrize(
    "target",
    [
        *(f"http://{HOST}/", f"//{INTERNAL}/", f"https://{INTERNAL}/", "https://127.0.0.1/", "https://[::1]/"),
        *("https://169.254.169.254/latest", "https://0x7f.1/", "https://2130706433/", "https://[::ffff:10.0.0.1]/"),
        *("https://[64:ff9b::a9fe:a9fe]/", "https://localhost@10.0.0.1/", "https://10.0.0.1#@api.example.com/"),
        *("https://10.0.0.1\\@api.example.com/", "ftp://api.example.com/", "file:///etc/passwd", "https://[::1/"),
        *("https://\uff11\uff10.0.0.1/", "javascript:alert(1)", "https://api.example.com:0x/"),
    ],
    ids=ascii,
)
def test_63_redirect_leads_to_public_places_alone(internet: Internet, target: str) -> None:
    internet.answer(HOST, "/0", value=Told(302, headers={"Location": target.encode().decode("latin-1")}))
    assert refused(f"https://{HOST}/0")
    assert [asked.place for asked in internet.asked] == [(HOST, "/0")]


def test_63_name_is_looked_at_anew_for_each_hop(internet: Internet, names: Names) -> None:
    names.point(HOST, [PUBLIC], [PUBLIC, "10.0.0.1"])
    lead(internet, "/1")
    assert refused(f"https://{HOST}/0") == "NotPublic"
    assert [asked.path for asked in internet.asked] == ["/0"]


@pytest.mark.parametrize("host", [INTERNAL, "10.0.0.1", "127.0.0.1", "[::1]", "169.254.169.254"])
def test_63_proxy_and_list_of_private_hosts_open_nothing_for_strangers(
    internet: Internet, settings: Any, host: str
) -> None:
    settings.AUTH_OUTBOUND_PRIVATE_HOSTS = [host]
    assert refused(f"https://{host}/") == "NotPublic"
    assert internet.asked == []


def test_63_without_a_proxy_the_list_of_private_hosts_opens_nothing_either(
    names: Names, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    settings.AUTH_OUTBOUND_PRIVATE_HOSTS = [INTERNAL]
    opened: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: opened.append(address))
    names.point(INTERNAL, [PUBLIC], ["10.0.0.1"])  # public for who looks first, and not for who goes there
    assert refused(f"https://{INTERNAL}/")
    assert (names.asked, opened) == ([INTERNAL, INTERNAL], [])


def test_name_that_only_a_proxy_can_look_up_passes(internet: Internet) -> None:
    internet.answer("far.example.com", "/", value="hello")
    assert fetch("https://far.example.com/").text == "hello"


@pytest.mark.parametrize("url", ["http://api.example.com/", "ftp://api.example.com/", "https://", "api.example.com"])
def test_63_nothing_but_https(internet: Internet, url: str) -> None:
    assert refused(url)
    assert internet.asked == []


def test_63_greatest_answer_is_read_and_one_byte_more_is_not(internet: Internet) -> None:
    internet.answer(HOST, "/0", value="x" * MOST)
    assert len(fetch(f"https://{HOST}/0").text) == MOST
    internet.answer(HOST, "/0", value="x" * (MOST + 1))
    assert refused(f"https://{HOST}/0") == f"more than {MOST} bytes"


def test_63_one_deadline_for_all_hops(internet: Internet) -> None:
    lead(internet, "/1", "/2")
    internet.stall(HOST, "/1")
    assert refused(f"https://{HOST}/0", seconds=0.3)


def test_63_slow_answer_is_not_waited_for_in_development_either(server: Loopback) -> None:
    server.answers = [server.dripping(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * MOST + b"x" * 200)]
    assert refused(server.url, seconds=0.2, max_bytes=1000, insecure=True)


def test_63_no_secret_of_this_machine_is_shown(internet: Internet, tmp_path: Path, monkeypatch: Any) -> None:
    file = tmp_path / "netrc"
    file.write_text("default login ann password secret\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    internet.answer(HOST, "/0", value="hello")
    outbound.get(f"https://{HOST}/0")
    fetch(f"https://{HOST}/0")
    assert ["authorization" in asked.headers for asked in internet.asked] == [True, False]


def test_in_development_all_goes(server: Loopback, internet_proxy: Proxy) -> None:
    server.answers = [reply(302, location=f"{server.url}/b"), reply(200, b"hello")]
    assert fetch(server.url, insecure=True).text == "hello"
    with Loopback(internet_proxy.authority.context(HOST)) as secure, pytest.warns(InsecureRequestWarning):
        assert fetch(f"https://127.0.0.1:{secure.port}/", insecure=True).status == 200


def test_certificates_are_verified_by_the_authority_of_the_environment(
    internet: Internet, internet_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    internet.answer(HOST, "/0", value="hello")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert refused(f"https://{HOST}/0") == "SSLError"
    monkeypatch.setenv("SSL_CERT_FILE", str(internet_proxy.authority.bundle))
    assert fetch(f"https://{HOST}/0").text == "hello"
