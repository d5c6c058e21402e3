"""The internet of the tests itself, asked through the app's own door to the outside."""

from __future__ import annotations

import pytest

from nhost_auth.infra import outbound
from tests.internet import Internet
from tests.tls_proxy import Told

HOST = "api.example.com"


def test_function_answers_for_a_host_and_what_is_asked_is_recorded(internet: Internet) -> None:
    internet.play("POST", HOST, "/echo", lambda asked: Told(201, asked.form["name"].encode()))
    answer = outbound.post(f"https://{HOST}/echo?a=1&b=", data={"name": "Ann & Bob"}, headers={"X-Who": "me"})
    assert (answer.status, answer.text) == (201, "Ann & Bob")
    assert internet.calls(HOST, "/echo") == internet.calls(HOST) == internet.asked
    asked = internet.asked[0]
    assert (asked.method, asked.place, asked.query) == ("POST", (HOST, "/echo"), {"a": "1", "b": ""})
    assert (asked.headers["x-who"], asked.body) == ("me", b"name=Ann+%26+Bob")


@pytest.mark.parametrize(("method", "host", "path"), [("GET", HOST, "/b"), ("GET", "b", "/a"), ("POST", HOST, "/a")])
def test_what_nobody_plays_is_not_found_and_noted(internet: Internet, method: str, host: str, path: str) -> None:
    internet.play("GET", HOST, "/a", lambda _: Told())
    assert outbound.request(method, f"https://{host}{path}").status == 404
    assert [(asked.method, *asked.place) for asked in internet.unexpected] == [(method, host, path)]
    internet.unexpected.clear()


def test_answers_can_be_replaced(internet: Internet) -> None:
    internet.play("GET", HOST, "/", lambda _: Told(200, b"first"))
    seen: list[str] = []
    internet.once_asked(HOST, "/", lambda: seen.append("asked"))
    assert (outbound.get(f"https://{HOST}/").text, seen) == ("first", ["asked"])
    internet.answer(HOST, "/", 403, {"error": "denied"})
    answer = outbound.get(f"https://{HOST}/")
    assert (answer.status, answer.json()) == (403, {"error": "denied"})


def test_host_that_stalls_is_not_waited_for(internet: Internet) -> None:
    internet.play("GET", HOST, "/", lambda _: Told())
    internet.stall(HOST, "/")
    with pytest.raises(outbound.OutboundError):
        outbound.get(f"https://{HOST}/", timeout=0.05)


def test_certificates_are_of_an_authority_that_only_these_tests_trust(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(outbound.OutboundError, match="SSLError"):
        outbound.get(f"https://{HOST}/")


def test_browser_sees_the_same_pages(internet: Internet) -> None:
    internet.play("GET", HOST, "/page", lambda asked: Told(302, headers={"Location": asked.query["next"]}))
    assert internet.browse(f"https://{HOST}/page?next=%2Fthere").headers == {"Location": "/there"}
    assert internet.asked == []
