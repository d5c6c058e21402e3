"""GET /user/webauthn/keys, PATCH and DELETE /user/webauthn/keys/<id>: ours, not Nhost's (identity.md 1.4)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model

from nhost_auth import signals
from nhost_auth.models import SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator, Flag
from tests.conftest import Api, Reply, account
from tests.endpoints.test_user_webauthn import again
from tests.webauthn_page import ADD, ADD_VERIFY, ELEVATE, ELEVATE_VERIFY, add_key, elevate, enable, sign_in

KEYS, ORIGIN = "/user/webauthn/keys", "https://somewhere.example"
INVALID = (400, "invalid-request")
NICKNAME = {"nickname": "travel key"}
MORNING = datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

each_method = pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
changing = pytest.mark.parametrize("method", ["PATCH", "DELETE"])


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    enable(settings)


@pytest.fixture
def ann(api: Api) -> Reply:
    return api.sign_up()


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def key_id(api: Api, ann: Reply, device: Authenticator) -> str:
    """Of the key of Ann's that the device has."""
    return str(add_key(api, ann.token, device, "first").json["id"])


def listed(api: Api, session: Reply) -> list[dict[str, Any]]:
    reply = api.get(KEYS, token=session.token)
    assert (reply.status, list(reply.json)) == (200, ["keys"])
    found: list[dict[str, Any]] = reply.json["keys"]
    return found


def ask(api: Api, method: str, key_id: object, token: str | None) -> Reply:
    """A good request of the method."""
    path, body = (KEYS, None) if method == "GET" else (f"{KEYS}/{key_id}", NICKNAME if method == "PATCH" else None)
    return api.call(method, path, body, token=token)


def rename(api: Api, session: Reply, key_id: object, body: Any = None, **arguments: Any) -> Reply:
    return api.call("PATCH", f"{KEYS}/{key_id}", body, token=session.token, **arguments)


def remove(api: Api, session: Reply, key_id: object) -> Reply:
    return api.call("DELETE", f"{KEYS}/{key_id}", token=session.token)


def is_untouched(api: Api, ann: Reply, device: Authenticator) -> bool:
    """Whether Ann's key is called as it was and signs her in."""
    names = [key["nickname"] for key in listed(api, ann)]
    return names == ["first"] and sign_in(api, device).user["id"] == ann.user["id"]


def test_key_is_told_with_all_that_its_owner_may_know(api: Api) -> None:
    device = Authenticator(transports=("usb", "nfc"), aaguid=bytes(range(16)))
    with time_machine.travel(MORNING, tick=False) as clock:
        ann = api.sign_up()
        added = add_key(api, ann.token, device)
        told = {
            "id": added.json["id"],
            "nickname": None,
            "createdAt": "2030-01-02T03:04:05.678901Z",
            "lastUsedAt": None,
            "transports": ["nfc", "usb"],
            "backedUp": False,
            "aaguid": "00010203-0405-0607-0809-0a0b0c0d0e0f",
        }
        assert listed(api, ann) == [told]
        clock.shift(60)
        sign_in(api, device)
        assert listed(api, ann) == [told | {"lastUsedAt": "2030-01-02T03:05:05.678901Z"}]


def test_elevation_is_a_use_too_and_what_is_refused_is_none(
    api: Api, ann: Reply, device: Authenticator, key_id: str
) -> None:
    assert sign_in(api, device, origin=ORIGIN).outcome == INVALID
    assert listed(api, ann)[0]["lastUsedAt"] is None
    elevate(api, ann.token, device)
    assert listed(api, ann)[0]["lastUsedAt"] is not None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((), []),
        (("internal",), ["internal"]),
        (("usb", "smart-card", "hybrid"), ["hybrid", "smart-card", "usb"]),
        (("usb", "made-up", "usb", ",", ""), ["usb"]),
        (("made-up",), []),
    ],
    ids=str,
)
def test_transports_are_those_of_the_standard(api: Api, ann: Reply, given: tuple[str, ...], told: list[str]) -> None:
    add_key(api, ann.token, Authenticator(transports=given))
    assert listed(api, ann)[0]["transports"] == told


def test_backup_is_told_as_the_key_said_last(api: Api, ann: Reply) -> None:
    device = Authenticator(synced=True)
    add_key(api, ann.token, device)
    assert listed(api, ann)[0]["backedUp"] is True
    for flags, backed_up in ((Flag.UP | Flag.BE, False), (Flag.UP | Flag.BE | Flag.BS, True)):
        assert sign_in(api, device, flags=flags).status == 200
        assert listed(api, ann)[0]["backedUp"] is backed_up


def test_oldest_key_comes_first(api: Api) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        ann = api.sign_up()
        for minute in (3, 1, 2):  # not as they are made, which is what an unordered table gives back
            clock.move_to(MORNING.replace(minute=4 + minute))
            add_key(api, ann.token, Authenticator(), f"minute {minute}")
        assert [key["nickname"] for key in listed(api, ann)] == ["minute 1", "minute 2", "minute 3"]


def test_everybody_sees_their_own(api: Api, ann: Reply, key_id: str) -> None:
    bob = api.sign_up("bob@example.com")
    assert listed(api, bob) == []
    add_key(api, bob.token, Authenticator(), "Bob's")
    assert [key["nickname"] for key in listed(api, ann)] == ["first"]
    assert [key["nickname"] for key in listed(api, bob)] == ["Bob's"]


@changing
def test_key_of_another_user_is_as_unknown_as_one_that_nobody_has(
    api: Api, ann: Reply, device: Authenticator, key_id: str, method: str
) -> None:
    bob = api.sign_up("bob@example.com")
    add_key(api, bob.token, Authenticator())
    answers = [ask(api, method, wanted, bob.token) for wanted in (key_id, uuid.uuid4(), uuid.UUID(int=0))]
    assert [answer.outcome for answer in answers] == [INVALID] * 3
    assert len({answer.text for answer in answers}) == 1
    assert is_untouched(api, ann, device)


@changing
@pytest.mark.parametrize(
    "wrong", ["nonsense", "1", "00000000-0000-4000-8000-00000000000g", "00000000000040008000", "%00"]
)
def test_what_is_no_id_is_no_path(api: Api, ann: Reply, method: str, wrong: str) -> None:
    assert ask(api, method, wrong, ann.token).status == 404


def test_other_methods_are_not_there(api: Api, ann: Reply, device: Authenticator, key_id: str) -> None:
    others = {KEYS: ("POST", "PUT", "PATCH", "DELETE"), f"{KEYS}/{key_id}": ("GET", "POST", "PUT")}
    for path, methods in others.items():
        replies = [api.call(method, path, NICKNAME, token=ann.token) for method in methods]
        assert {(reply.status, reply.text) for reply in replies} == {(404, "404 page not found")}
    assert is_untouched(api, ann, device)


@pytest.mark.parametrize("nickname", ["travel key", "", "x" * 255, "🔑" * 127 + "x"], ids=len)
def test_renaming_answers_the_key_and_is_kept(api: Api, ann: Reply, key_id: str, nickname: str) -> None:
    before = listed(api, ann)[0]
    reply = rename(api, ann, key_id, {"nickname": nickname})
    assert (reply.status, reply.json) == (200, before | {"nickname": nickname})
    assert listed(api, ann) == [reply.json]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, 'property "nickname" is missing'),
        ({"nickname": None}, "Value is not nullable"),
        ({"nickname": 1}, "value must be a string"),
        ({"nickname": "x" * 256}, "maximum string length is 255"),
        ({"nickname": "🔑" * 128}, "maximum string length is 255"),
        ({"nickname": "nul\0"}, "string holds characters that cannot be stored"),
        ({**NICKNAME, "backedUp": True}, 'property "backedUp" is unsupported'),
        ({**NICKNAME, "id": str(uuid.UUID(int=1))}, 'property "id" is unsupported'),
        ([NICKNAME], "value must be an object"),
    ],
    ids=lambda given: ascii(given)[:40],
)
def test_body_holds_a_nickname_and_nothing_else(
    api: Api, ann: Reply, device: Authenticator, key_id: str, body: Any, reason: str
) -> None:
    reply = rename(api, ann, key_id, body)
    assert (reply.outcome, reply.json["reason"]) == ((400, "schema-validation-error"), reason)
    assert is_untouched(api, ann, device)


def test_renaming_needs_a_body(api: Api, ann: Reply, key_id: str) -> None:
    for content in (None, b"", b"{"):
        assert rename(api, ann, key_id, content=content).outcome == (400, "request-validation-error")


def test_key_that_is_removed_is_of_no_use_any_more(api: Api, ann: Reply, device: Authenticator, key_id: str) -> None:
    asked = api.post(ELEVATE, token=ann.token).json
    other = Authenticator()
    add_key(api, ann.token, other, "second")
    reply = remove(api, ann, key_id)
    assert (reply.status, reply.text) == (200, '"OK"\n')
    assert [key["nickname"] for key in listed(api, ann)] == ["second"]
    assert sign_in(api, device).outcome == INVALID
    late = {"credential": device.get(asked)}
    assert api.post(ELEVATE_VERIFY, late, token=ann.token).outcome == INVALID
    assert sign_in(api, other, "ann@example.com").user["id"] == ann.user["id"]
    assert elevate(api, ann.token, other).status == 200


def test_who_has_removed_the_last_key_has_none(api: Api, ann: Reply, device: Authenticator, key_id: str) -> None:
    assert remove(api, ann, key_id).status == 200
    assert listed(api, ann) == []
    assert remove(api, ann, key_id).outcome == INVALID
    assert sign_in(api, device, "ann@example.com").outcome == INVALID
    assert elevate(api, ann.token, device).outcome == INVALID
    assert api.get("/elevate", token=ann.token).json["methods"] == []


def test_credential_that_was_removed_may_come_back(api: Api, ann: Reply, device: Authenticator) -> None:
    first = device.create(api.post(ADD, token=ann.token).json)
    added = api.post(ADD_VERIFY, {"credential": first}, token=ann.token)
    remove(api, ann, added.json["id"])
    fresh = Authenticator().create(api.post(ADD, token=ann.token).json)
    assert api.post(ADD_VERIFY, {"credential": again(first, fresh)}, token=ann.token).status == 200
    assert sign_in(api, device).user["id"] == ann.user["id"]


def test_host_is_told_of_a_removed_key_and_not_of_one_that_stays(api: Api, ann: Reply, key_id: str) -> None:
    heard: list[dict[str, Any]] = []

    def receive(signal: Any, sender: Any, **details: Any) -> None:
        heard.append(details)

    signals.security_key_removed.connect(receive)
    try:
        assert remove(api, api.sign_up("bob@example.com"), key_id).outcome == INVALID
        remove(api, ann, key_id)
        assert remove(api, ann, key_id).outcome == INVALID
    finally:
        signals.security_key_removed.disconnect(receive)
    assert heard == [{"account": account(ann), "key_id": key_id}]


@each_method
def test_token_is_needed(api: Api, ann: Reply, device: Authenticator, key_id: str, method: str) -> None:
    reply = ask(api, method, key_id, None)
    scheme = "BearerAuth" if method == "GET" else "BearerAuthElevated"
    assert (reply.outcome, reply.json["securityScheme"]) == ((401, "unauthorized"), scheme)
    assert is_untouched(api, ann, device)


@each_method
def test_switched_off_it_is_a_conflict(api: Api, ann: Reply, key_id: str, settings: Any, method: str) -> None:
    settings.AUTH_WEBAUTHN_ENABLED = False
    assert ask(api, method, key_id, ann.token).outcome == (409, "disabled-endpoint")
    assert SecurityKey.objects.get().nickname == "first"


@each_method
def test_disabled_user_is_refused(api: Api, ann: Reply, key_id: str, method: str) -> None:
    get_user_model().objects.update(is_active=False)
    assert ask(api, method, key_id, ann.token).outcome == (401, "disabled-user")
    assert SecurityKey.objects.get().nickname == "first"


@each_method
def test_guest_is_forbidden(api: Api, key_id: str, method: str) -> None:
    assert ask(api, method, key_id, api.anonymous().token).outcome == (403, "forbidden-anonymous")


def test_browsers_may_send_every_method_from_other_origins(api: Api, ann: Reply, key_id: str) -> None:
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    for path, methods in ((KEYS, "POST, GET"), (f"{KEYS}/{key_id}", "POST, GET, PATCH, DELETE")):
        reply = api.call("OPTIONS", path, headers=headers)
        assert (reply.status, reply.headers["Access-Control-Allow-Methods"]) == (204, methods)
    answered = rename(api, ann, key_id, NICKNAME, headers={"Origin": ORIGIN})
    assert (answered.status, answered.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)
