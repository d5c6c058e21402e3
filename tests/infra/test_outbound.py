"""The door to the outside: time-outs, a bound on what is read, no redirects (design.md section 6)."""

from __future__ import annotations

import gzip
import socket
from http.server import BaseHTTPRequestHandler

import pytest

from nhost_auth.infra import outbound
from nhost_auth.infra.outbound import MAX_BYTES, Answer, OutboundError
from tests.infra.loopback import Loopback, reply

SHORT_TIMEOUT = 0.1


def test_answer_is_status_and_text(server: Loopback) -> None:
    server.answers = [reply(404, "naïve".encode(), content_type="text/plain; charset=utf-8")]
    assert outbound.get(f"{server.url}/a?b=c", headers={"X-Test": "1"}) == Answer(404, "naïve")
    assert server.asked[0].path == "/a?b=c"
    assert server.asked[0].headers["x-test"] == "1"


def test_bytes_that_are_no_text_do_not_break_the_answer(server: Loopback) -> None:
    server.answers = [reply(200, b"\xff\xfeok", content_type="text/plain; charset=utf-8")]
    assert outbound.get(server.url).text.endswith("ok")


def test_unknown_charset_does_not_break_the_answer(server: Loopback) -> None:
    server.answers = [reply(200, b"ok", content_type="text/plain; charset=nonsense")]
    assert outbound.get(server.url) == Answer(200, "ok")


def test_greatest_answer_is_read_and_one_byte_more_is_not(server: Loopback) -> None:
    server.answers = [reply(200, b"x" * MAX_BYTES), reply(200, b"x" * (MAX_BYTES + 1))]
    assert len(outbound.get(server.url).text) == MAX_BYTES
    with pytest.raises(OutboundError, match="more than"):
        outbound.get(server.url)


def test_endless_answer_is_not_read_to_its_end(server: Loopback) -> None:
    poured = []

    def pour(handler: BaseHTTPRequestHandler) -> None:
        reply(200, content_length=str(64 * MAX_BYTES))(handler)
        for turn in range(64):
            handler.wfile.write(b"x" * MAX_BYTES)
            poured.append(turn)

    server.answers = [pour]
    with pytest.raises(OutboundError, match="more than"):
        outbound.get(server.url)
    assert len(poured) < 64


def test_small_answer_that_unpacks_to_a_large_one_is_refused(server: Loopback) -> None:
    packed = gzip.compress(b"x" * (20 * MAX_BYTES))
    assert len(packed) < MAX_BYTES
    server.answers = [reply(200, packed, content_encoding="gzip")]
    with pytest.raises(OutboundError, match="more than"):
        outbound.get(server.url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_an_answer_and_not_followed(server: Loopback, status: int) -> None:
    server.answers = [reply(status, location="/elsewhere")]
    assert outbound.get(server.url).status == status
    assert [asked.path for asked in server.asked] == ["/"]


def test_server_that_never_answers_is_not_waited_for(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", SHORT_TIMEOUT)
    server.answers = [server.silence]
    with pytest.raises(OutboundError):
        outbound.get(server.url)
    assert len(server.asked) == 1


def test_answer_that_stops_midway_is_not_waited_for(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", SHORT_TIMEOUT)
    server.answers = [server.stalling(b"half")]
    with pytest.raises(OutboundError):
        outbound.get(server.url)


def test_answer_that_ends_too_early_is_an_error(server: Loopback) -> None:
    server.answers = [reply(200, b"half", content_length="100")]
    with pytest.raises(OutboundError):
        outbound.get(server.url)


def test_answer_that_does_not_unpack_is_an_error(server: Loopback) -> None:
    server.answers = [reply(200, b"this is not gzip", content_encoding="gzip")]
    with pytest.raises(OutboundError):
        outbound.get(server.url)


def test_nobody_there_is_an_error() -> None:
    with socket.socket() as reserved:  # bound but not listening, so that nobody else takes the port
        reserved.bind(("127.0.0.1", 0))
        with pytest.raises(OutboundError):
            outbound.get(f"http://127.0.0.1:{reserved.getsockname()[1]}/")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://", "nonsense", "http://[::1/"])
def test_address_that_is_none_is_an_error(url: str) -> None:
    with pytest.raises(OutboundError):
        outbound.get(url)


def test_error_says_what_happened_and_not_where(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", SHORT_TIMEOUT)
    server.answers = [server.silence]
    with pytest.raises(OutboundError) as caught:
        outbound.get(f"{server.url}/secret")
    assert str(caught.value) == "ReadTimeout"
