"""Documents of applications: from where they are fetched, and from where not (identity.md 7.9, security line 63)."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from nhost_auth.models import OAuth2Client
from nhost_auth.oauth2 import client_documents
from tests.conftest import Api
from tests.infra.loopback import Loopback, reply
from tests.internet import Internet
from tests.names import PUBLIC, Names
from tests.oauth2.application import Application
from tests.oauth2.documents import CANNOT, HOST, INSECURE, INVALID, PATH, URL, ask, description, document
from tests.tls_proxy import Told

UNKNOWN = "Unknown client"
DOTS, FRAGMENT = "The client ID URL must not have dot segments", "The client ID URL must not have a fragment"
ODD, NOBODY = "The client ID is no URL", "The client ID URL names no host"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"http://{HOST}{PATH}", UNKNOWN),
        (f"ftp://{HOST}{PATH}", UNKNOWN),
        (f"//{HOST}{PATH}", UNKNOWN),
        (f"https://{HOST}", UNKNOWN),
        (f"https://{HOST}/", UNKNOWN),
        (f"https://{HOST}/?a/b", UNKNOWN),
        ("https:///client.json", UNKNOWN),
        ("https://[::1/client.json", UNKNOWN),
        (f"{URL}#x", FRAGMENT),
        (f"{URL}#", FRAGMENT),
        (f"https://ann@{HOST}{PATH}", "The client ID URL must not hold credentials"),
        (f"https://ann:secret@{HOST}{PATH}", "The client ID URL must not hold credentials"),
        (f"https://@{HOST}{PATH}", "The client ID URL must not hold credentials"),
        *((f"https://{HOST}{path}", DOTS) for path in ("/./a", "/a/../b", "/a/..", "/a/.", "/..", "/%2e/a", "/a/.%2E")),
        (f"https://{HOST}:0x{PATH}", ODD),
        (f"https://{HOST}:65536{PATH}", ODD),
        (f"https://{HOST}\\@evil.example{PATH}", ODD),
        (f"https://{HOST}{PATH} ", ODD),
        (f"https://{HOST}{PATH}\n", ODD),
        (f"https://{HOST}/\u00e4", ODD),
        ("https://\uff11\uff10.0.0.1/a", ODD),
        ("https://app%2eexample.com/a", NOBODY),
        (f"https://{HOST}:/a", NOBODY),
        ("https://a b/c", ODD),
        ("https://[v1.x]/c", NOBODY),
    ],
    ids=ascii,
)
def test_url_has_to_be_a_plain_one(app: Application, internet: Internet, url: str, expected: str) -> None:
    assert description(ask(app, client_id=url)) == expected
    assert internet.asked == []


def test_url_has_to_be_short(app: Application, internet: Internet) -> None:
    longest = URL.ljust(512, "x")
    internet.answer(HOST, longest.removeprefix(f"https://{HOST}"), value=document(client_id=longest))
    assert ask(app, client_id=longest).status == 302
    assert ask(app, client_id=f"{longest}x").outcome == (400, "invalid_request")
    assert len(internet.asked) == 1


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0", "localhost", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "0xa9fea9fe", "100.100.100.200", "0.0.0.0", "224.0.0.1", "[::1]", "[::]", "[fe80::1]"),
        *("[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:a9fe:a9fe::]", "inside.example.com", "both.example.com"),
    ],
)
def test_63_place_that_is_not_public_is_not_asked(
    app: Application, internet: Internet, names: Names, settings: Any, host: str
) -> None:
    settings.AUTH_OUTBOUND_PRIVATE_HOSTS = [host]
    names.point("localhost", ["127.0.0.1"])
    names.point("inside.example.com", ["192.168.1.1"])
    names.point("both.example.com", [PUBLIC, "fd00::1"])
    assert description(ask(app, client_id=f"https://{host}{PATH}")) == CANNOT
    assert internet.asked == []
    assert not OAuth2Client.objects.exists()


def test_63_name_that_leads_elsewhere_at_a_second_look_leads_nowhere(
    app: Application, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []

    def refuse(_: socket.socket, address: Any) -> None:
        opened.append(address)
        raise ConnectionRefusedError

    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")
    monkeypatch.setattr(socket.socket, "connect", refuse)
    names.point(HOST, [PUBLIC], ["127.0.0.1"])
    assert description(ask(app)) == CANNOT
    assert opened == []
    names.point(HOST, [PUBLIC], [PUBLIC], ["127.0.0.1"])
    assert description(ask(app)) == CANNOT
    assert opened == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    "target", ["https://169.254.169.254/x", "https://inside.example.com/x", f"http://{HOST}/x", "https://[::1]/x"]
)
def test_63_redirect_leads_to_no_place_that_is_not_public(
    app: Application, internet: Internet, names: Names, target: str
) -> None:
    names.point("inside.example.com", ["10.0.0.1"])
    internet.answer(HOST, PATH, value=Told(302, headers={"Location": target}))
    assert description(ask(app)) == CANNOT
    assert len(internet.asked) == 1


def test_63_three_redirects_are_followed_and_a_fourth_is_not(app: Application, internet: Internet) -> None:
    for number in range(4):
        internet.answer(HOST, f"/{number}", value=Told(307, headers={"Location": f"/{number + 1}"}))
    internet.answer(HOST, "/4", value=document())
    internet.answer(HOST, PATH, value=Told(302, headers={"Location": "/1"}))
    assert description(ask(app)) == CANNOT
    internet.answer(HOST, PATH, value=Told(302, headers={"Location": "/2"}))
    assert ask(app).status == 302


@pytest.mark.parametrize("status", [201, 204, 304, 400, 404, 500])
def test_document_is_one_of_status_200(app: Application, internet: Internet, status: int) -> None:
    internet.answer(HOST, PATH, status=status, value=document())
    assert description(ask(app)) == CANNOT


def test_63_document_of_five_kilobytes_is_read_and_one_byte_more_is_not(app: Application, internet: Internet) -> None:
    def padded(size: int) -> Told:
        text = json.dumps(document()).encode()
        return Told(200, text + b" " * (size - len(text)), {"Content-Type": "application/json"})

    internet.answer(HOST, PATH, value=padded(5121))
    assert description(ask(app)) == CANNOT
    internet.answer(HOST, PATH, value=padded(5120))
    assert ask(app).status == 302


def test_63_document_that_does_not_come_is_not_waited_for(
    app: Application, internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_documents, "FETCH_SECONDS", 0.2)
    internet.stall(HOST, PATH)
    assert description(ask(app)) == CANNOT


@pytest.mark.usefixtures("documents_enabled")
def test_63_document_that_drips_is_not_waited_for(api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_documents, "FETCH_SECONDS", 0.2)
    setattr(settings, INSECURE, True)
    with Loopback() as server:
        url = f"{server.url}{PATH}"
        body = json.dumps(document(client_id=url, redirect_uris=[f"{server.url}/back"])).encode()
        drops = b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n" + b"X-A: b\r\n" * 90 + b"\r\n" + body
        server.answers = [server.dripping(drops), reply(200, body, content_type="application/json")]
        app = Application(api, row=OAuth2Client(client_id=url))
        assert description(app.ask(redirect_uri=f"{server.url}/back")) == CANNOT
        assert server.dripped < len(drops) / 2
        monkeypatch.setattr(client_documents, "FETCH_SECONDS", 60)
        assert app.ask(redirect_uri=f"{server.url}/back").status == 302


@pytest.mark.usefixtures("documents_enabled")
def test_in_development_a_client_may_be_on_this_machine(api: Api, settings: Any) -> None:
    setattr(settings, INSECURE, True)
    with Loopback() as server:
        url, back = f"{server.url}{PATH}", f"{server.url}/back"
        body = json.dumps(document(client_id=url, redirect_uris=[back])).encode()
        server.answers = [reply(302, location="/there"), reply(200, body, content_type="application/json")]
        app = Application(api, row=OAuth2Client(client_id=url))
        assert app.ask(redirect_uri=back).status == 302
        setattr(settings, INSECURE, False)
        assert app.ask(redirect_uri=back).outcome == INVALID


def test_in_development_a_redirect_may_be_http_at_any_host(app: Application, settings: Any) -> None:
    setattr(settings, INSECURE, True)
    with Loopback() as server, pytest.MonkeyPatch.context() as patch:
        connect = socket.socket.connect
        patch.setattr(socket.socket, "connect", lambda own, _: connect(own, ("127.0.0.1", server.port)))
        url, back = f"http://{HOST}:3000{PATH}", f"http://{HOST}:3000/back"
        body = json.dumps(document(client_id=url, redirect_uris=[back])).encode()
        server.answers = [reply(200, body, content_type="application/json")]
        found = client_documents.find_client(url)
    assert (found.redirect_uris, app.api.get("/healthz").status) == ([back], 200)
