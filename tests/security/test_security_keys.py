"""Whose key answered, to which challenge, and how (WebAuthn Level 3, sections 6.1.1, 7.1, 7.2 and 13.4.3).

Challenges are long, good once and for a minute; a key answers for its owner alone; where keys have to know their user,
a touch is not enough; a counter that goes back is told, whatever comes of it.
"""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Account, SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator, decode, encode
from tests.conftest import Api, Reply
from tests.webauthn_page import (
    ADD,
    ADD_VERIFY,
    ELEVATE,
    ELEVATE_VERIFY,
    ORIGIN,
    SIGN_IN,
    SIGN_IN_VERIFY,
    SIGN_UP,
    SIGN_UP_VERIFY,
    add_key,
    elevate,
    enable,
    sign_in,
    sign_up,
)

ANN, BOB = "ann@example.com", "bob@example.com"
INVALID = (400, "invalid-request")
LIFE = 60
"""Seconds, AUTH_WEBAUTHN_ATTESTATION_TIMEOUT."""


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(ORIGIN)


@pytest.fixture
def ann(api: Api, device: Authenticator) -> Reply:
    """Her session; `device` holds her key."""
    return sign_up(api, device)


@pytest.fixture
def bobs() -> Authenticator:
    return Authenticator(ORIGIN)


@pytest.fixture
def bob(api: Api, bobs: Authenticator) -> Reply:
    """His session; `bobs` holds his key."""
    return sign_up(api, bobs, BOB)


class Ceremony:
    """One of the four: its two halves and what the device does between them."""

    def __init__(self, begin: str, verify: str, body: dict[str, Any] | None, *, creates: bool, bearer: bool) -> None:
        self.begin_path, self.verify_path, self.body, self.creates, self.bearer = begin, verify, body, creates, bearer

    def begin(self, api: Api, session: Reply) -> dict[str, Any]:
        options: dict[str, Any] = api.post(self.begin_path, self.body, token=self._token(session)).json
        return options

    def answer(self, device: Authenticator, options: dict[str, Any], **spoils: Any) -> dict[str, Any]:
        if self.creates:  # another device: that of the user is excluded
            return Authenticator(ORIGIN, verifies=device.verifies).create(options, **spoils)
        return device.get(options, **spoils)

    def finish(self, api: Api, session: Reply, answer: dict[str, Any]) -> Reply:
        return api.post(self.verify_path, {"credential": answer}, token=self._token(session))

    def _token(self, session: Reply) -> str | None:
        return session.token if self.bearer else None


CEREMONIES = {
    "sign-up": Ceremony(SIGN_UP, SIGN_UP_VERIFY, {"email": "new@example.com"}, creates=True, bearer=False),
    "sign-in": Ceremony(SIGN_IN, SIGN_IN_VERIFY, None, creates=False, bearer=False),
    "sign-in-by-address": Ceremony(SIGN_IN, SIGN_IN_VERIFY, {"email": ANN}, creates=False, bearer=False),
    "add": Ceremony(ADD, ADD_VERIFY, None, creates=True, bearer=True),
    "elevate": Ceremony(ELEVATE, ELEVATE_VERIFY, None, creates=False, bearer=True),
}
each_ceremony = pytest.mark.parametrize("ceremony", CEREMONIES.values(), ids=CEREMONIES)


@each_ceremony
def test_27_challenges_are_long_and_never_the_same(api: Api, ann: Reply, ceremony: Ceremony) -> None:
    asked = [decode(ceremony.begin(api, ann)["challenge"]) for _ in range(20)]
    assert len(set(asked)) == 20
    assert min(map(len, asked)) >= 16
    # No byte is always the same, so there is no fixed part: 20 random bytes agree once in 256 to the 19th.
    assert all(len(set(column)) > 1 for column in zip(*asked, strict=True))


@each_ceremony
def test_27_answer_is_good_once(api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony) -> None:
    answer = ceremony.answer(device, ceremony.begin(api, ann))
    assert ceremony.finish(api, ann, answer).status == 200
    assert ceremony.finish(api, ann, answer).outcome == INVALID


@each_ceremony
def test_27_wrong_answer_spends_the_challenge(api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony) -> None:
    options = ceremony.begin(api, ann)
    wrong = ceremony.answer(device, options, origin="https://evil.example")
    assert ceremony.finish(api, ann, wrong).outcome == INVALID
    assert ceremony.finish(api, ann, ceremony.answer(device, options)).outcome == INVALID


@each_ceremony
def test_27_challenge_expires(api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for late, status in ((LIFE, 400), (LIFE + 1, 400), (LIFE - 1, 200)):
            answer = ceremony.answer(device, ceremony.begin(api, ann))
            clock.shift(late)
            assert ceremony.finish(api, ann, answer).status == status


@each_ceremony
def test_27_challenge_that_nobody_sent_is_refused(
    api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony
) -> None:
    options = ceremony.begin(api, ann) | {"challenge": encode(bytes(32))}
    assert ceremony.finish(api, ann, ceremony.answer(device, options)).outcome == INVALID


@each_ceremony
def test_27_answer_that_was_signed_for_the_other_kind_of_ceremony_is_refused(
    api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony
) -> None:
    other = "webauthn.get" if ceremony.creates else "webauthn.create"
    answer = ceremony.answer(device, ceremony.begin(api, ann), type=other)
    assert ceremony.finish(api, ann, answer).outcome == INVALID


@pytest.mark.parametrize("name", ["add", "elevate"])
def test_27_bearer_cannot_answer_for_another(
    api: Api, ann: Reply, device: Authenticator, bob: Reply, name: str
) -> None:
    ceremony = CEREMONIES[name]
    answer = ceremony.answer(device, ceremony.begin(api, ann))
    assert ceremony.finish(api, bob, answer).outcome == INVALID
    assert SecurityKey.objects.count() == 2


@pytest.mark.parametrize("handle", [True, False], ids=["handle", "no-handle"])
def test_27_challenge_for_one_address_is_not_answered_by_the_key_of_another(
    api: Api, ann: Reply, bob: Reply, bobs: Authenticator, handle: bool
) -> None:
    spoils: dict[str, Any] = {} if handle else {"user_handle": None}
    answer = bobs.get(CEREMONIES["sign-in-by-address"].begin(api, ann), bobs.credentials[0], **spoils)
    assert api.post(SIGN_IN_VERIFY, {"credential": answer}).outcome == INVALID


@each_ceremony
def test_29_where_keys_have_to_know_their_user_a_touch_is_refused(
    api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony, settings: Any
) -> None:
    settings.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION = True
    for verifies, status in ((False, 400), (True, 200)):
        device.verifies, options = verifies, ceremony.begin(api, ann)
        asked = options["authenticatorSelection"] if ceremony.creates else options
        assert asked["userVerification"] == "required"
        assert ceremony.finish(api, ann, ceremony.answer(device, options)).status == status


@each_ceremony
def test_29_nobody_there_is_refused_always(api: Api, ann: Reply, device: Authenticator, ceremony: Ceremony) -> None:
    answer = ceremony.answer(device, ceremony.begin(api, ann), flags=0x04)  # verified, but not present
    assert ceremony.finish(api, ann, answer).outcome == INVALID


def test_30_key_of_one_with_the_handle_of_another_is_refused(
    api: Api, ann: Reply, device: Authenticator, bob: Reply, bobs: Authenticator
) -> None:
    handle = encode(bobs.credentials[0].user_handle)
    for ceremony in (CEREMONIES["sign-in"], CEREMONIES["sign-in-by-address"], CEREMONIES["elevate"]):
        answer = device.get(ceremony.begin(api, ann), user_handle=handle)
        assert ceremony.finish(api, ann, answer).outcome == INVALID


@pytest.mark.parametrize("handle", [None, "", "AAAA", encode(b"ann@example.com")], ids=repr)
def test_30_passkey_that_does_not_say_whose_it_is_is_refused(
    api: Api, ann: Reply, device: Authenticator, handle: str | None
) -> None:
    assert sign_in(api, device, user_handle=handle).outcome == INVALID


def test_30_bearer_cannot_elevate_by_the_key_of_another(api: Api, ann: Reply, bob: Reply, bobs: Authenticator) -> None:
    options = CEREMONIES["elevate"].begin(api, ann)
    for spoils in ({}, {"user_handle": None}, {"user_handle": encode(decode(str(ann.user["id"])))}):
        answer = bobs.get(options, bobs.credentials[0], **spoils)
        assert CEREMONIES["elevate"].finish(api, ann, answer).outcome == INVALID
        options = CEREMONIES["elevate"].begin(api, ann)


@pytest.mark.parametrize("name", ["sign-up", "add"])
@pytest.mark.parametrize("owner", ["the-same", "another"])
def test_30_credential_is_registered_once(api: Api, device: Authenticator, bob: Reply, name: str, owner: str) -> None:
    ceremony = CEREMONIES[name]
    first = device.create(CEREMONIES["add"].begin(api, bob))
    assert CEREMONIES["add"].finish(api, bob, first).status == 200
    taker, accounts = bob if owner == "the-same" else api.sign_up("eve@example.com"), Account.objects.count()
    again = Authenticator(ORIGIN).create(ceremony.begin(api, taker))
    # Attestation "none" signs nothing: anybody may say that a credential seen elsewhere is new and his.
    told = {"attestationObject": first["response"]["attestationObject"]}
    forged = again | {"id": first["id"], "rawId": first["id"], "response": again["response"] | told}
    assert ceremony.finish(api, taker, forged).outcome == INVALID
    assert str(SecurityKey.objects.get(credential_id=first["id"]).account_id) == bob.user["id"]
    assert Account.objects.count() == accounts
    assert sign_in(api, device).user["id"] == bob.user["id"]


def test_30_keys_of_two_owners_stay_theirs(
    api: Api, ann: Reply, device: Authenticator, bob: Reply, bobs: Authenticator
) -> None:
    assert sign_in(api, device).user["id"] == ann.user["id"]
    assert sign_in(api, bobs, BOB).user["id"] == bob.user["id"]
    assert add_key(api, bob.token, device).status == 200  # one device, a key for each
    assert sign_in(api, device).user["id"] == bob.user["id"]
    assert elevate(api, ann.token, device).user["id"] == ann.user["id"]
