"""POST /signin/webauthn/verify: which answers prove who somebody is (identity.md 1.2, 1.3, WebAuthn Level 3, 7.2)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Challenge, RefreshToken, SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator, Flag, encode, flip
from tests.conftest import Api, Reply
from tests.webauthn_page import (
    ADD,
    ELEVATE,
    ORIGIN,
    SIGN_IN_VERIFY,
    begin_sign_in,
    begin_sign_up,
    enable,
    sign_in,
    sign_up,
)

ANN, BOB = "ann@example.com", "bob@example.com"
REFUSED, WRONG_SHAPE = (400, "invalid-request"), (400, "schema-validation-error")
BY = pytest.mark.parametrize("email", [None, ANN], ids=["by passkey", "by address"])

Answer = dict[str, Any]


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def ann(api: Api, device: Authenticator) -> Reply:
    return sign_up(api, device)


@pytest.fixture
def bobs(api: Api) -> Authenticator:
    """The device of somebody else who has an account."""
    device = Authenticator()
    sign_up(api, device, BOB)
    return device


def tell(api: Api, answer: Answer) -> tuple[int, str | None]:
    return api.post(SIGN_IN_VERIFY, {"credential": answer}).outcome


def assert_refused(api: Api, answer: Answer) -> None:
    """Nobody is signed in, and no use of a key is noted."""
    before = RefreshToken.objects.count(), list(SecurityKey.objects.values())
    assert tell(api, answer) == REFUSED
    assert (RefreshToken.objects.count(), list(SecurityKey.objects.values())) == before


@BY
def test_user_handle_may_be_the_text_we_sent_or_encoded_once_more(
    api: Api, ann: Reply, device: Authenticator, email: str | None
) -> None:
    user_id = ann.user["id"]
    for handle in (user_id, encode(user_id.encode())):
        assert sign_in(api, device, email, user_handle=handle).user["id"] == user_id


@BY
@pytest.mark.parametrize("foreign", ["bob", "bob encoded", "nobody", "bytes of the id", "short", "not base64", "more"])
def test_foreign_user_handle_is_refused(
    api: Api, ann: Reply, device: Authenticator, bobs: Authenticator, email: str | None, foreign: str
) -> None:
    bob_id = encode(bobs.credentials[0].user_handle)
    handles = {
        "bob": bob_id,
        "bob encoded": encode(bob_id.encode()),
        "nobody": str(uuid.UUID(int=0)),
        "bytes of the id": encode(uuid.UUID(ann.user["id"]).bytes),
        "short": "x",
        "not base64": f"{ann.user['id']}é",
        "more": encode(ann.user["id"].encode()) + "!",
    }
    assert_refused(api, device.get(begin_sign_in(api, email), user_handle=handles[foreign]))


@pytest.mark.parametrize("handle", [None, ""])
def test_missing_user_handle_will_do_only_where_an_address_said_who(
    api: Api, ann: Reply, device: Authenticator, handle: str | None
) -> None:
    assert sign_in(api, device, ANN, user_handle=handle).user["id"] == ann.user["id"]
    assert_refused(api, device.get(begin_sign_in(api), user_handle=handle))


@pytest.mark.parametrize(("email", "says"), [(None, "ann"), (ANN, "ann"), (ANN, "bob"), (ANN, "nobody")])
def test_key_of_somebody_else_does_not_sign_in(
    api: Api, ann: Reply, bobs: Authenticator, email: str | None, says: str
) -> None:
    key = bobs.credentials[0]
    handle = {"ann": ann.user["id"], "bob": encode(key.user_handle), "nobody": None}[says]
    assert_refused(api, bobs.get(begin_sign_in(api, email), key, user_handle=handle))


@BY
def test_key_of_somebody_else_does_not_sign_for_another(
    api: Api, ann: Reply, device: Authenticator, bobs: Authenticator, email: str | None
) -> None:
    answer = bobs.get(begin_sign_in(api, email), bobs.credentials[0], user_handle=ann.user["id"])
    known = encode(device.credentials[0].id)
    assert_refused(api, answer | {"id": known, "rawId": known})


@BY
def test_unknown_key_is_refused(api: Api, ann: Reply, email: str | None) -> None:
    stranger = Authenticator()
    stranger.create(begin_sign_up(api, BOB))
    credential = stranger.credentials[0]
    assert_refused(api, stranger.get(begin_sign_in(api, email), credential, user_handle=ann.user["id"]))


def test_challenge_of_another_user_is_not_to_be_answered(
    api: Api, ann: Reply, device: Authenticator, bobs: Authenticator
) -> None:
    assert_refused(api, device.get(begin_sign_in(api, BOB), device.credentials[0]))


@BY
def test_answer_is_good_once(api: Api, ann: Reply, device: Authenticator, email: str | None) -> None:
    answer = device.get(begin_sign_in(api, email))
    assert tell(api, answer) == (200, None)
    assert_refused(api, answer)
    assert not Challenge.objects.exists()


@BY
def test_challenge_is_spent_by_its_first_answer_right_or_wrong(
    api: Api, ann: Reply, device: Authenticator, email: str | None
) -> None:
    for first, outcome in (({}, (200, None)), ({"origin": "https://evil.example"}, REFUSED)):
        begun = begin_sign_in(api, email)
        assert tell(api, device.get(begun, **first)) == outcome
        assert_refused(api, device.get(begun))


@BY
@pytest.mark.parametrize("timeout", [60_000, 5_000])
def test_answer_has_to_come_within_the_time_told(
    api: Api, ann: Reply, device: Authenticator, settings: Any, email: str | None, timeout: int
) -> None:
    settings.AUTH_WEBAUTHN_ATTESTATION_TIMEOUT = timeout
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late = device.get(begin_sign_in(api, email))
        clock.shift(timeout / 1000)
        assert_refused(api, late)
        in_time = device.get(begin_sign_in(api, email))
        clock.shift(timeout / 1000 - 0.001)
        assert tell(api, in_time) == (200, None)


@pytest.mark.parametrize("path", ["sign-up", ADD, ELEVATE])
def test_challenge_of_another_ceremony_signs_nobody_in(api: Api, ann: Reply, device: Authenticator, path: str) -> None:
    other = begin_sign_up(api, BOB) if path == "sign-up" else api.post(path, token=ann.token).json
    assert_refused(api, device.get(begin_sign_in(api) | {"challenge": other["challenge"]}))


@BY
@pytest.mark.parametrize(
    "spoils",
    [
        {"type": "webauthn.create"},
        {"type": "payment.get"},
        {"challenge": encode(bytes(32))},
        {"challenge": ""},
        {"origin": "http://app.example.com"},
        {"origin": f"{ORIGIN}:8443"},
        {"origin": f"{ORIGIN}/"},
        {"origin": f"{ORIGIN}.evil.example"},
        {"origin": "https://sub.app.example.com"},
        {"origin": "null"},
        {"rp_id": "example.com"},
        {"rp_id": ORIGIN},
        {"flags": Flag.UV},
        {"flags": Flag.UP | Flag.BS},
        {"flags": Flag.UP | Flag.ED},
        {"flags": Flag.UP | Flag.AT},
    ],
    ids=str,
)
def test_answer_that_says_something_wrong_is_refused(
    api: Api, ann: Reply, device: Authenticator, email: str | None, spoils: dict[str, Any]
) -> None:
    assert_refused(api, device.get(begin_sign_in(api, email), **spoils))  # type: ignore[misc]


@BY
@pytest.mark.parametrize(
    ("member", "position"),
    [
        *(("authenticatorData", position) for position in (0, 31, 32, 36)),
        *(("signature", position) for position in (0, 8, -1)),
        *(("clientDataJSON", position) for position in (2, -2)),
    ],
)
def test_answer_changed_after_it_was_signed_is_refused(
    api: Api, ann: Reply, device: Authenticator, email: str | None, member: str, position: int
) -> None:
    assert_refused(api, flip(device.get(begin_sign_in(api, email)), member, position))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: b"", id="nothing"),
        pytest.param(lambda _: b"[" * 50_000, id="deep"),
        pytest.param(lambda data: [data], id="list"),
        pytest.param(lambda data: {**data, "challenge": [data["challenge"]]}, id="challenge in a list"),
        pytest.param(
            lambda data: json.dumps({**data, "challenge": "\udfff"}).encode(),
            id="challenge that is no Unicode",
        ),
    ],
)
def test_client_data_of_the_wrong_shape_is_refused(
    api: Api, ann: Reply, device: Authenticator, change: Callable[[Any], Any]
) -> None:
    assert_refused(api, device.get(begin_sign_in(api), client_data=change))


@pytest.mark.parametrize("name", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["", "!!!!", "é", "AAAA", "A"])
def test_member_of_the_response_that_is_nothing_of_its_kind_is_refused(
    api: Api, ann: Reply, device: Authenticator, name: str, value: str
) -> None:
    answer = device.get(begin_sign_in(api))
    assert_refused(api, answer | {"response": answer["response"] | {name: value}})


@pytest.mark.parametrize(
    "change", [{"rawId": "AAAA"}, {"id": "AAAA"}, {"id": "AAAA", "rawId": "AAAA"}, {"type": "password"}], ids=str
)
def test_credential_that_contradicts_itself_is_refused(
    api: Api, ann: Reply, device: Authenticator, change: dict[str, str]
) -> None:
    assert_refused(api, device.get(begin_sign_in(api)) | change)


@pytest.mark.parametrize(
    ("where", "name", "values"),
    [
        *(("credential", name, (..., None, 5)) for name in ("id", "rawId", "type")),
        *(("response", name, (..., None, 5)) for name in ("clientDataJSON", "authenticatorData", "signature")),
        ("response", "userHandle", (None, 5)),
        ("credential", "response", (..., None, [])),
        ("credential", "authenticatorAttachment", (None, 5)),
        ("credential", "clientExtensionResults", (None, [])),
    ],
    ids=str,
)
def test_credential_is_read_strictly(
    api: Api, ann: Reply, device: Authenticator, where: str, name: str, values: tuple[Any, ...]
) -> None:
    for value in values:
        answer = device.get(begin_sign_in(api))
        changed = answer if where == "credential" else answer["response"]
        changed[name] = value
        if value is ...:
            del changed[name]
        assert tell(api, answer) == WRONG_SHAPE


def test_what_browsers_of_tomorrow_say_beside_it_is_no_harm(api: Api, ann: Reply, device: Authenticator) -> None:
    answer = device.get(begin_sign_in(api), client_data={"other_keys_can_be_added_here": "as Chrome does"})
    answer |= {"tomorrow": None, "clientExtensionResults": {"appid": False}}
    del answer["authenticatorAttachment"]
    assert tell(api, answer | {"response": answer["response"] | {"attestationObject": None}}) == (200, None)
