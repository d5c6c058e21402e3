"""Other parties' public keys: how often they are asked for, and what of an answer is kept."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from nhost_auth.infra import key_sets
from nhost_auth.infra.key_sets import MAX_KEYS, KeySet, KeysUnavailable
from nhost_auth.infra.outbound import MAX_BYTES
from tests.conftest import Api
from tests.internet import Internet
from tests.issuers import Issuer, jwk, key
from tests.issuers import google as google
from tests.jws import ALGORITHMS, by, compact, part
from tests.tls_proxy import Told

HOST, PATH = "keys.example.com", "/jwks.json"
URL = f"https://{HOST}{PATH}"
OLD, NEW, RSA = "ES256 old", "ES256 new", "RS256 of Google"


class Clock:
    """The monotonic clock, which time_machine leaves alone."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(key_sets, "time", clock)
    return clock


@pytest.fixture
def keys(internet: Internet, clock: Clock) -> KeySet:
    publish(internet, OLD)
    return KeySet(URL)


def publish(internet: Internet, *keys: Any) -> None:
    """Keys by name, or whatever else stands in a set."""
    internet.answer(HOST, PATH, value={"keys": [jwk(key) if key in (OLD, NEW) else key for key in keys]})


def times_asked(internet: Internet) -> int:
    return len(internet.calls(HOST, PATH))


def test_nothing_is_asked_for_before_a_key_is_needed(internet: Internet, keys: KeySet) -> None:
    assert times_asked(internet) == 0
    assert keys.find(OLD) is not None
    assert times_asked(internet) == 1


def test_set_is_asked_for_once_an_hour(internet: Internet, keys: KeySet, clock: Clock) -> None:
    for minute in range(61):
        clock.now = 1000.0 + 60 * minute
        assert keys.find(OLD) is not None
        assert times_asked(internet) == 1
    clock.now += 0.1
    assert keys.find(OLD) is not None
    assert times_asked(internet) == 2


def test_key_that_left_the_set_is_gone_within_the_hour_and_a_new_one_is_there(
    internet: Internet, keys: KeySet, clock: Clock
) -> None:
    keys.find(OLD)
    publish(internet, NEW)
    clock.now += 3599
    assert keys.find(OLD) is not None
    clock.now += 2
    assert keys.find(OLD) is None
    assert keys.find(NEW) is not None
    assert times_asked(internet) == 2


def test_unknown_kid_asks_anew_but_once_a_minute(internet: Internet, keys: KeySet, clock: Clock) -> None:
    keys.find(OLD)
    publish(internet, OLD, NEW)
    clock.now += 59.9
    assert [keys.find(f"made up {turn}") for turn in range(20)] == [None] * 20
    assert keys.find(NEW) is None
    assert times_asked(internet) == 1
    clock.now += 0.1
    assert keys.find(NEW) is not None
    assert keys.find("made up") is None
    assert times_asked(internet) == 2


ANSWERS: dict[str, Any] = {
    "error": Told(500, b"{}"),
    "forbidden": Told(403, b'{"keys":[]}'),
    "redirect": Told(302, b"", {"Location": "https://elsewhere.example/"}),
    "not modified": Told(304),
    "page": "<html>",
    "empty": "",
    "not UTF-8": Told(200, b"\xff\xfe"),
    "deep": "[" * 100_000,
    "too large": f'{{"keys":[],"x":"{"x" * MAX_BYTES}"}}',
    "list": [{"kid": OLD}],
    "null": None,
    "number": 5,
    "no keys": {},
    "keys no list": {"keys": {"kid": OLD}},
    "keys null": {"keys": None},
    "too many keys": {"keys": [{"kid": f"{turn}"} for turn in range(MAX_KEYS + 1)]},
}


def tell(internet: Internet, answer: str) -> None:
    told = ANSWERS[answer]
    internet.answer(HOST, PATH, value=told)


@pytest.mark.parametrize("answer", ANSWERS)
def test_known_keys_stay_in_use_while_there_is_no_good_answer(
    internet: Internet, keys: KeySet, clock: Clock, answer: str
) -> None:
    keys.find(OLD)
    tell(internet, answer)
    clock.now += 3601
    for minute in range(3):
        assert keys.find(OLD) is not None
        assert times_asked(internet) == minute + 2
        clock.now += 60
    publish(internet, NEW)
    assert keys.find(OLD) is None


@pytest.mark.parametrize("answer", ["error", "page", "too large", "too many keys", "list"])
def test_without_any_answer_so_far_keys_are_unavailable_until_there_is_one(
    internet: Internet, keys: KeySet, clock: Clock, answer: str
) -> None:
    tell(internet, answer)
    for _ in range(3):
        with pytest.raises(KeysUnavailable):
            keys.find(OLD)
    assert times_asked(internet) == 1
    publish(internet, OLD)
    clock.now += 60
    assert keys.find(OLD) is not None


def test_greatest_number_of_keys_is_read(internet: Internet, keys: KeySet) -> None:
    publish(internet, *(jwk(OLD, kid=f"{turn}") for turn in range(MAX_KEYS)))
    assert keys.find(f"{MAX_KEYS - 1}") is not None


NO_KEYS: list[Any] = [
    *(None, 5, "key", [], {}, {"kid": "x"}, {"kid": "x", "kty": "RSA"}, {"kid": "x", "kty": ["RSA"]}),
    {"kid": "x", "kty": "XYZ"},
    {"kid": "x", "kty": "oct", "k": part(b"s" * 64)},
    {"kid": "x", "kty": "oct", "k": part(b"s" * 64), "alg": "HS256", "use": "sig"},
    {"kid": "x", "kty": "OKP", "crv": "Ed25519", "x": "AA"},
    {"kid": "x", "kty": "OKP", "crv": "X25519", "x": "A" * 43},
]
SPOILT: list[tuple[str, dict[str, Any]]] = [
    *((RSA, {"alg": alg}) for alg in ("none", "None", "HS256", "ES256", "EdDSA", "dir", 5, ["RS256"])),
    *((RSA, {"n": n}) for n in ("", "AA", "é", "\ud800", 5, None, "!" * 30)),
    *((RSA, {"e": e}) for e in ("", "AA", "Ag", "_" * 2000)),
    *((RSA, {"use": use}) for use in ("enc", "", None, ["sig"])),
    (RSA, {"d": "AQAB"}),
    *((OLD, changed) for changed in ({"crv": "P-257"}, {"crv": ["P-256"]}, {"x": "AA"}, {"y": "A" * 43}, {"y": None})),
]


@pytest.mark.parametrize("odd", NO_KEYS, ids=ascii)
def test_what_is_no_key_is_left_out_and_the_others_are_read(internet: Internet, keys: KeySet, odd: Any) -> None:
    publish(internet, odd, OLD, odd)
    assert keys.find(OLD) is not None
    assert keys.find("x") is None


@pytest.mark.parametrize(("name", "changed"), SPOILT, ids=lambda value: ascii(value)[:30])
def test_spoilt_key_is_left_out_and_the_others_are_read(
    internet: Internet, keys: KeySet, name: str, changed: dict[str, Any]
) -> None:
    publish(internet, jwk(name, kid="x", **changed), OLD)
    assert keys.find(OLD) is not None
    assert keys.find("x") is None


def test_private_key_is_left_out(internet: Internet, keys: KeySet) -> None:
    publish(internet, {**ALGORITHMS["RS256"].to_jwk(key(RSA), as_dict=True), "kid": "x"}, OLD)
    assert keys.find(OLD) is not None
    assert keys.find("x") is None


@pytest.mark.parametrize("kid", [5, None, ["x"], {"x": 1}, True], ids=repr)
def test_key_needs_a_kid_that_is_text(internet: Internet, keys: KeySet, kid: Any) -> None:
    publish(internet, jwk(RSA, kid=kid), OLD)
    assert keys.find(OLD) is not None
    assert keys.find(str(kid)) is None


def test_crowd_of_threads_asks_once_and_all_get_the_key(internet: Internet, keys: KeySet) -> None:
    start, found = threading.Barrier(16), []

    def find() -> None:
        start.wait()
        found.append(keys.find(OLD))

    crowd = [threading.Thread(target=find) for _ in range(16)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert (len(found), None in found) == (16, False)
    assert times_asked(internet) == 1


def test_one_url_has_one_set_and_each_url_its_own() -> None:
    assert key_sets.key_set(URL) is key_sets.key_set(URL)
    assert key_sets.key_set(URL) is not key_sets.key_set(f"{URL}?v=2")


def test_warning_says_where_and_not_what(internet: Internet, keys: KeySet, caplog: pytest.LogCaptureFixture) -> None:
    internet.answer(HOST, PATH, 500, {"error": "hunter2"})
    with pytest.raises(KeysUnavailable):
        keys.find(OLD)
    assert [record.levelname for record in caplog.records if record.name == "nhost_auth.key_sets"] == ["WARNING"]
    assert URL in caplog.text
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("path", ["/signin/idtoken", "/signup/idtoken", "/link/idtoken"])
def test_sign_in_without_keys_is_an_error_of_the_server_until_they_are_there(
    api: Api, google: Issuer, internet: Internet, clock: Clock, path: str
) -> None:
    token = api.sign_up("bob@example.com").token
    internet.answer("www.googleapis.com", "/oauth2/v3/certs", 503, "try later")
    assert api.post(path, google.body(), token=token).outcome == (500, "internal-server-error")
    google.publish(jwk(google.name))
    clock.now += 60
    assert api.post(path, google.body(), token=token).status == 200
    internet.answer("www.googleapis.com", "/oauth2/v3/certs", 503, "try later")
    clock.now += 3601
    reply = api.post(path, google.body(sub="2", email="carl@example.com"), token=token)
    assert reply.status == 200


def test_rotated_key_is_found_at_the_first_token_that_names_it(api: Api, google: Issuer, clock: Clock) -> None:
    assert google.sign_in(api).status == 200
    google.publish(jwk("RS256 of a stranger"), jwk(google.name))
    clock.now += 60
    header = {"alg": "RS256", "kid": "RS256 of a stranger"}
    token = compact(header, google.claims(), by(key("RS256 of a stranger"), "RS256"))
    assert api.post("/signin/idtoken", {"provider": "google", "idToken": token}).status == 200
    assert google.sign_in(api).status == 200
    assert google.times_asked == 2
