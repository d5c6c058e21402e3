"""POST /user/webauthn/add and /user/webauthn/verify (identity.md 1.1, 1.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import Account, SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator, Refused, decode
from tests import sms_inbox
from tests.conftest import Api, Reply, account
from tests.webauthn_page import (
    ADD,
    ADD_VERIFY,
    ELEVATE,
    ORIGIN,
    RP_ID,
    SIGN_IN,
    SIGN_IN_VERIFY,
    SIGN_UP,
    SIGN_UP_VERIFY,
    add_key,
    enable,
    sign_in,
)

INVALID = (400, "invalid-request")
UNKNOWN_HOST = "https://evil.example"

both = pytest.mark.parametrize("path", [ADD, ADD_VERIFY])


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    enable(settings)


@pytest.fixture
def ann(api: Api) -> Reply:
    return api.sign_up()


def begin(api: Api, session: Reply) -> dict[str, Any]:
    begun = api.post(ADD, token=session.token)
    assert begun.status == 200
    found: dict[str, Any] = begun.json
    return found


def finish(api: Api, session: Reply, credential: dict[str, Any], **more: Any) -> Reply:
    return api.post(ADD_VERIFY, {"credential": credential, **more}, token=session.token)


def body_of(api: Api, path: str, session: Reply) -> dict[str, Any] | None:
    """A good body of the endpoint; the session is the one that it is good for."""
    return None if path == ADD else {"credential": Authenticator().create(begin(api, session))}


def again(credential: dict[str, Any], fresh: dict[str, Any]) -> dict[str, Any]:
    """A credential shown again, under the client data of another: without an attestation nothing binds the two."""
    client_data = fresh["response"]["clientDataJSON"]
    return credential | {"response": credential["response"] | {"clientDataJSON": client_data}}


def test_browser_is_asked_for_a_key_of_the_user(api: Api) -> None:
    ann = api.sign_up(displayName="Ann A.")
    options = begin(api, ann)
    assert len(decode(options.pop("challenge"))) == 32
    assert options == {
        "rp": {"id": RP_ID, "name": RP_ID},
        "user": {"id": ann.user["id"], "name": "Ann A.", "displayName": "Ann A."},
        "pubKeyCredParams": [
            {"type": "public-key", "alg": number} for number in (-7, -36, -257, -258, -259, -37, -38, -39, -8)
        ],
        "timeout": 60000,
        "authenticatorSelection": {
            "requireResidentKey": False,
            "residentKey": "preferred",
            "userVerification": "preferred",
        },
        "attestation": "indirect",
    }


def test_each_time_with_another_challenge(api: Api, ann: Reply) -> None:
    assert len({begin(api, ann)["challenge"] for _ in range(3)}) == 3


@pytest.mark.parametrize("known_by", ["email", "phone_number", "id"])
def test_who_has_no_name_is_called_by_what_is_known_of_them(api: Api, ann: Reply, known_by: str) -> None:
    stored = account(ann)
    stored.display_name = ""
    if known_by != "email":
        stored.set_email(None)
    stored.phone_number = None if known_by == "id" else sms_inbox.NUMBER
    stored.save()
    user, name = begin(api, ann)["user"], str(getattr(stored, known_by))
    assert user == {"id": ann.user["id"], "name": name, "displayName": name}


def test_keys_that_the_user_has_are_excluded_and_nobody_else_s(api: Api, ann: Reply) -> None:
    bob, devices = api.sign_up("bob@example.com"), [Authenticator(), Authenticator()]
    assert "excludeCredentials" not in begin(api, ann)
    add_key(api, bob.token, Authenticator())
    for device in devices:
        add_key(api, ann.token, device)
    known = [descriptor["id"] for descriptor in begin(api, ann)["excludeCredentials"]]
    assert begin(api, ann)["excludeCredentials"] == [{"type": "public-key", "id": name} for name in known]
    assert {decode(name) for name in known} == {device.credentials[0].id for device in devices}
    with pytest.raises(Refused, match="InvalidStateError"):
        add_key(api, ann.token, devices[0])


def test_more_keys_sign_in_beside_the_first(api: Api, ann: Reply) -> None:
    devices = [Authenticator(), Authenticator(synced=True)]
    for device in devices:
        assert add_key(api, ann.token, device).status == 200
    for device in devices:
        assert sign_in(api, device, "ann@example.com").user["id"] == ann.user["id"]
        assert sign_in(api, device).user["id"] == ann.user["id"]


@pytest.mark.parametrize("nickname", [None, "", "My key", "Schlüssel 🔑"])
def test_answers_the_id_and_the_nickname_if_one_is_given(api: Api, ann: Reply, nickname: str | None) -> None:
    reply = add_key(api, ann.token, Authenticator(), nickname)
    stored = SecurityKey.objects.get()
    assert reply.status == 200
    assert reply.json == {"id": str(stored.pk)} | ({} if nickname is None else {"nickname": nickname})
    assert (stored.nickname, stored.account) == (nickname, account(ann))


def test_answer_of_somebody_else_is_refused_and_stays_good_for_who_was_asked(api: Api, ann: Reply) -> None:
    bob, device = api.sign_up("bob@example.com"), Authenticator()
    answer = device.create(begin(api, ann))
    assert finish(api, bob, answer).outcome == INVALID
    assert not SecurityKey.objects.exists()
    assert finish(api, ann, answer).status == 200
    assert sign_in(api, device).user["id"] == ann.user["id"]


def test_challenge_is_good_once(api: Api, ann: Reply) -> None:
    answer = Authenticator().create(begin(api, ann))
    assert finish(api, ann, answer).status == 200
    SecurityKey.objects.all().delete()  # so that nothing but the challenge stands against it
    assert finish(api, ann, answer).outcome == INVALID
    assert not SecurityKey.objects.exists()


def test_wrong_answer_spends_the_challenge_too(api: Api, ann: Reply) -> None:
    options, device = begin(api, ann), Authenticator()
    assert finish(api, ann, device.create(options, origin=UNKNOWN_HOST)).outcome == INVALID
    assert finish(api, ann, device.create(options)).outcome == INVALID
    assert add_key(api, ann.token, Authenticator()).status == 200


@pytest.mark.parametrize(("seconds", "outcome"), [(59, (200, None)), (60, INVALID), (61, INVALID)])
def test_challenge_lives_a_minute(api: Api, ann: Reply, seconds: int, outcome: tuple[int, str | None]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answer = Authenticator().create(begin(api, ann))
        clock.shift(timedelta(seconds=seconds))
        assert finish(api, ann, answer).outcome == outcome


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN, ELEVATE])
def test_challenge_of_another_ceremony_is_none(api: Api, ann: Reply, path: str) -> None:
    add_key(api, ann.token, Authenticator())
    body = {SIGN_UP: {"email": "new@example.com"}, SIGN_IN: {"email": "ann@example.com"}}.get(path)
    other = api.post(path, body, token=ann.token).json["challenge"]
    answer = Authenticator().create(begin(api, ann) | {"challenge": other})
    assert finish(api, ann, answer).outcome == INVALID
    assert SecurityKey.objects.count() == 1


def test_challenge_is_good_for_no_other_ceremony(api: Api, ann: Reply) -> None:
    device = Authenticator()
    add_key(api, ann.token, device)
    assert api.post(SIGN_UP_VERIFY, {"credential": Authenticator().create(begin(api, ann))}).outcome == INVALID
    for path, verify in ((SIGN_IN, SIGN_IN_VERIFY), (ELEVATE, f"{ELEVATE}/verify")):
        asked = api.post(path, token=ann.token).json | {"challenge": begin(api, ann)["challenge"]}
        assert api.post(verify, {"credential": device.get(asked)}, token=ann.token).outcome == INVALID
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    "spoils",
    [
        {"type": "webauthn.get"},
        {"origin": UNKNOWN_HOST},
        {"rp_id": "evil.example"},
        {"flags": 0},
        {"cross_origin": True},
    ],
    ids=str,
)
def test_answer_that_is_not_right_makes_no_key(api: Api, ann: Reply, spoils: Any) -> None:
    assert finish(api, ann, Authenticator().create(begin(api, ann), **spoils)).outcome == INVALID
    assert not SecurityKey.objects.exists()


@pytest.mark.parametrize("verifies", [False, True])
def test_key_has_to_know_its_user_where_that_is_asked_for(api: Api, ann: Reply, settings: Any, verifies: bool) -> None:
    settings.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION = True
    assert begin(api, ann)["authenticatorSelection"]["userVerification"] == "required"
    reply = add_key(api, ann.token, Authenticator(verifies=verifies))
    assert reply.outcome == ((200, None) if verifies else INVALID)


def test_credential_goes_by_its_own_id(api: Api, ann: Reply) -> None:
    device = Authenticator()
    other = device.create(begin(api, ann))
    answer = device.create(begin(api, ann)) | {"id": other["id"], "rawId": other["rawId"]}
    assert finish(api, ann, answer).outcome == INVALID
    assert not SecurityKey.objects.exists()


@pytest.mark.parametrize("whose", ["one's own", "another's"])
def test_credential_is_registered_once(api: Api, ann: Reply, whose: str) -> None:
    device, asking = Authenticator(), ann if whose == "one's own" else api.sign_up("bob@example.com")
    first = device.create(begin(api, ann))
    assert finish(api, ann, first, nickname="first").status == 200
    fresh = Authenticator().create(begin(api, asking))
    assert finish(api, asking, again(first, fresh), nickname="second").outcome == INVALID
    assert [(key.account, key.nickname) for key in SecurityKey.objects.all()] == [(account(ann), "first")]
    assert sign_in(api, device).user["id"] == ann.user["id"]


def test_host_is_told_of_a_new_key_and_not_of_a_refused_one(api: Api, ann: Reply) -> None:
    heard: list[dict[str, Any]] = []

    def receive(signal: Any, sender: Any, **details: Any) -> None:
        heard.append(details)

    signals.security_key_added.connect(receive)
    try:
        added = add_key(api, ann.token, Authenticator())
        finish(api, ann, Authenticator().create(begin(api, ann), origin=UNKNOWN_HOST))
    finally:
        signals.security_key_added.disconnect(receive)
    assert heard == [{"account": account(ann), "key_id": added.json["id"]}]


@both
def test_switched_off_it_is_a_conflict(api: Api, ann: Reply, settings: Any, path: str) -> None:
    body = body_of(api, path, ann)
    settings.AUTH_WEBAUTHN_ENABLED = False
    assert api.post(path, body, token=ann.token).outcome == (409, "disabled-endpoint")
    assert not SecurityKey.objects.exists()


@both
def test_token_is_needed(api: Api, ann: Reply, path: str) -> None:
    reply = api.post(path, body_of(api, path, ann))
    assert (reply.outcome, reply.json["securityScheme"]) == ((401, "unauthorized"), "BearerAuthElevated")
    assert not SecurityKey.objects.exists()


@both
def test_disabled_user_is_refused(api: Api, ann: Reply, path: str) -> None:
    body = body_of(api, path, ann)
    get_user_model().objects.update(is_active=False)
    assert api.post(path, body, token=ann.token).outcome == (401, "disabled-user")
    assert not SecurityKey.objects.exists()


@both
def test_guest_is_forbidden(api: Api, ann: Reply, path: str) -> None:
    body = body_of(api, path, ann)
    assert api.post(path, body, token=api.anonymous().token).outcome == (403, "forbidden-anonymous")


def test_user_of_a_phone_alone_is_served(api: Api, settings: Any) -> None:
    sms_inbox.open_inbox(settings)
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    session, device = sms_inbox.sign_in(api), Authenticator(origin=ORIGIN)
    assert begin(api, session)["user"]["name"] == sms_inbox.NUMBER
    assert add_key(api, session.token, device).status == 200
    assert sign_in(api, device).user["phoneNumber"] == sms_inbox.NUMBER
