"""Have I Been Pwned by k-anonymity (accounts.md 1.13, configuration.md 4.6)."""

from __future__ import annotations

import hashlib

import pytest

from nhost_auth.infra import hibp, outbound
from nhost_auth.infra.outbound import OutboundError
from tests.infra.loopback import Loopback, reply

PASSWORD = "Correct-horse-7 é"
DIGEST = hashlib.sha1(PASSWORD.encode()).hexdigest().upper()
SUFFIX = DIGEST[5:]
OTHER = "0018A45C4D1DEF81644B54AB7F969B88D65"


@pytest.fixture(autouse=True)
def asks_loopback(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hibp, "RANGE_URL", f"{server.url}/range/")
    # What is retried stays as it is; the pauses between would only make the tests wait.
    monkeypatch.setattr(hibp, "RETRY_WHEN_BUSY", hibp.RETRY_WHEN_BUSY.new(backoff_factor=0))


def entries(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    ("lines", "pwned"),
    [
        ((f"{SUFFIX}:1",), True),
        ((f"{OTHER}:3", f"{SUFFIX}:47205", f"{OTHER[:-1]}6:1"), True),
        ((), False),
        ((f"{OTHER}:3",), False),
        ((f"{SUFFIX}:0",), False),
        ((f"{OTHER}:3", f"{SUFFIX}:0", f"{OTHER[:-1]}6:0"), False),
        ((f"{SUFFIX[:-1]}:1",), False),
        ((f"{SUFFIX}0:1",), False),
    ],
    ids=["alone", "among others", "empty", "not there", "padding", "padding among others", "shorter", "longer"],
)
def test_4_password_is_pwned_when_its_suffix_is_listed_with_a_count(
    server: Loopback, lines: tuple[str, ...], pwned: bool
) -> None:
    server.answers = [reply(200, entries(*lines))]
    assert hibp.is_pwned(PASSWORD) is pwned


def test_4_five_characters_of_the_hash_leave_and_nothing_else(server: Loopback) -> None:
    hibp.is_pwned(PASSWORD)
    asked = server.asked[0]
    assert asked.path == f"/range/{DIGEST[:5]}"
    assert asked.headers["add-padding"] == "true"
    text = asked.text.upper()
    assert DIGEST[:6] not in text
    assert not any(DIGEST[i : i + 6] in text for i in range(1, 35))
    assert "CORRECT" not in text


def test_busy_server_is_asked_again(server: Loopback) -> None:
    server.answers = [reply(429), reply(200, entries(f"{SUFFIX}:1"))]
    assert hibp.is_pwned(PASSWORD) is True
    assert [asked.path for asked in server.asked] == [f"/range/{DIGEST[:5]}"] * 2


def test_server_that_stays_busy_is_asked_four_times(server: Loopback) -> None:
    server.answers = [reply(429)]
    with pytest.raises(OutboundError, match="429"):
        hibp.is_pwned(PASSWORD)
    assert len(server.asked) == 4


def test_busy_server_does_not_decide_how_long_the_request_waits(server: Loopback) -> None:
    server.answers = [reply(429, retry_after="86400"), reply(200)]
    assert hibp.is_pwned(PASSWORD) is False


@pytest.mark.parametrize("status", [301, 302, 400, 403, 404, 500, 502, 503])
def test_any_other_answer_is_an_error_at_once(server: Loopback, status: int) -> None:
    server.answers = [reply(status, entries(f"{SUFFIX}:1"), location="/elsewhere"), reply(200)]
    with pytest.raises(OutboundError, match=str(status)):
        hibp.is_pwned(PASSWORD)
    assert len(server.asked) == 1


def test_4_silent_server_is_an_error_after_one_try(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hibp, "TIMEOUT_SECONDS", 0.1)
    server.answers = [server.silence]
    with pytest.raises(OutboundError):
        hibp.is_pwned(PASSWORD)
    assert len(server.asked) == 1


def test_answer_without_end_is_an_error(server: Loopback) -> None:
    server.answers = [reply(200, entries(f"{SUFFIX}:1") + b"\r\n" * outbound.MAX_BYTES)]
    with pytest.raises(OutboundError):
        hibp.is_pwned(PASSWORD)
