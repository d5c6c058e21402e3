"""POST /elevate/webauthn and /elevate/webauthn/verify (identity.md 1.1, 1.3, section 3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth.models import Account
from nhost_auth.pytest_plugin.authenticator import Authenticator, Flag, decode, encode, flip
from tests import sms_inbox
from tests.conftest import Api, Reply, account
from tests.endpoints.totp_app import enrol
from tests.webauthn_page import ADD, ELEVATE, ELEVATE_VERIFY, RP_ID, SIGN_IN, SIGN_IN_VERIFY, add_key, elevate, enable

CLAIM = "x-hasura-auth-elevated"
INVALID, BAD_SHAPE = (400, "invalid-request"), (400, "schema-validation-error")
LATER = {"expiresAt": "2090-01-01T00:00:00Z"}

both = pytest.mark.parametrize("path", [ELEVATE, ELEVATE_VERIFY])


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    enable(settings)


@pytest.fixture
def ann(api: Api) -> Reply:
    return api.sign_up()


@pytest.fixture
def device(api: Api, ann: Reply) -> Authenticator:
    """With a key of Ann's."""
    return with_key(api, ann)


def with_key(api: Api, session: Reply, **makings: Any) -> Authenticator:
    device = Authenticator(**makings)
    assert add_key(api, session.token, device).status == 200
    return device


def sign_up_bob(api: Api) -> Reply:
    return api.sign_up("bob@example.com")


def begin(api: Api, session: Reply) -> dict[str, Any]:
    begun = api.post(ELEVATE, token=session.token)
    assert begun.status == 200
    found: dict[str, Any] = begun.json
    return found


def finish(api: Api, session: Reply, credential: dict[str, Any], **more: Any) -> Reply:
    reply = api.post(ELEVATE_VERIFY, {"credential": credential, **more}, token=session.token)
    assert (reply.status == 200) is (reply.json.get("session") is not None)
    return reply


def test_who_has_no_key_cannot_begin(api: Api, ann: Reply) -> None:
    assert api.post(ELEVATE, token=ann.token).outcome == INVALID


def test_browser_is_asked_for_one_of_the_user_s_keys(api: Api, ann: Reply) -> None:
    with_key(api, sign_up_bob(api))
    ids = [encode(with_key(api, ann).credentials[0].id) for _ in range(2)]
    options = begin(api, ann)
    assert len(decode(options.pop("challenge"))) == 32
    assert sorted(descriptor["id"] for descriptor in options["allowCredentials"]) == sorted(ids)
    assert options == {
        "timeout": 60000,
        "rpId": RP_ID,
        "allowCredentials": [{"type": "public-key", "id": each["id"]} for each in options["allowCredentials"]],
        "userVerification": "preferred",
    }


def test_proof_is_a_claim_of_a_new_session_and_the_old_one_stays(api: Api, ann: Reply, device: Authenticator) -> None:
    proof = elevate(api, ann.token, device)
    assert list(proof.json) == ["session"]
    assert (proof.user["id"], proof.hasura[CLAIM]) == (ann.user["id"], ann.user["id"])
    assert CLAIM not in ann.hasura
    assert proof.refresh_token != ann.refresh_token
    assert api.get("/elevate", token=proof.token).json["sessionElevated"] is True
    assert api.get("/elevate", token=ann.token).json["sessionElevated"] is False
    assert api.post("/token", {"refreshToken": ann.refresh_token}).status == 200


def test_refresh_drops_the_proof(api: Api, ann: Reply, device: Authenticator) -> None:
    proof = elevate(api, ann.token, device)
    refreshed = api.post("/token", {"refreshToken": proof.refresh_token})
    assert refreshed.status == 200
    assert CLAIM not in refreshed.hasura


@pytest.mark.parametrize("mode", ["recommended", "required"])
def test_proof_opens_what_asks_for_it(api: Api, ann: Reply, device: Authenticator, settings: Any, mode: str) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = mode
    assert api.post("/pat", LATER, token=ann.token).json["reason"] == "elevated claim required"
    assert api.post("/pat", LATER, token=elevate(api, ann.token, device).token).status == 200


def test_key_is_proof_enough_also_where_every_way_in_asks_for_a_second_factor(
    api: Api, ann: Reply, settings: Any
) -> None:
    device = with_key(api, ann, verifies=False)
    settings.AUTH_MFA_ENABLED = settings.AUTH_MFA_REQUIRED_EVERYWHERE = True
    enrol(api, ann)
    assert elevate(api, ann.token, device).hasura[CLAIM] == ann.user["id"]


def test_key_is_the_first_of_the_methods_while_it_is_on_and_there(api: Api, ann: Reply, settings: Any) -> None:
    sms_inbox.open_inbox(settings)
    settings.AUTH_MFA_ENABLED = True
    enrol(api, ann)
    sms_inbox.change_number(api, ann.token)
    Account.objects.update(email_verified=True)
    others = ["totp", "otp-email", "otp-sms"]
    assert api.get("/elevate", token=ann.token).json["methods"] == others
    with_key(api, ann)
    assert api.get("/elevate", token=ann.token).json["methods"] == ["webauthn", *others]
    assert api.get("/elevate", token=sign_up_bob(api).token).json["methods"] == []
    settings.AUTH_WEBAUTHN_ENABLED = False
    assert api.get("/elevate", token=ann.token).json["methods"] == others


@pytest.mark.parametrize("mode", ["recommended", "required"])
def test_key_alone_makes_proof_required(api: Api, ann: Reply, device: Authenticator, settings: Any, mode: str) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = mode
    told = api.get("/elevate", token=ann.token).json
    assert told == {"elevationRequired": True, "methods": ["webauthn"], "sessionElevated": False}


def test_another_user_s_challenge_is_refused_and_stays_good_for_its_own(
    api: Api, ann: Reply, device: Authenticator
) -> None:
    bob = sign_up_bob(api)
    bobs_device, options = with_key(api, bob), begin(api, ann)
    answer = device.get(options)
    assert finish(api, bob, bobs_device.get(options, bobs_device.credentials[0])).outcome == INVALID
    assert finish(api, bob, answer).outcome == INVALID
    assert finish(api, ann, answer).hasura[CLAIM] == ann.user["id"]


def test_another_user_s_key_proves_nothing(api: Api, ann: Reply, device: Authenticator) -> None:
    theirs = with_key(api, sign_up_bob(api))
    for handle in (encode(theirs.credentials[0].user_handle), encode(device.credentials[0].user_handle), None):
        answer = theirs.get(begin(api, ann), theirs.credentials[0], user_handle=handle)
        assert finish(api, ann, answer).outcome == INVALID


@pytest.mark.parametrize("body", [None, {"email": "ann@example.com"}], ids=str)
def test_challenge_of_a_sign_in_is_none(
    api: Api, ann: Reply, device: Authenticator, body: dict[str, str] | None
) -> None:
    assert finish(api, ann, device.get(api.post(SIGN_IN, body).json)).outcome == INVALID


def test_challenge_of_a_new_key_is_none(api: Api, ann: Reply, device: Authenticator) -> None:
    asked = begin(api, ann) | {"challenge": api.post(ADD, token=ann.token).json["challenge"]}
    assert finish(api, ann, device.get(asked)).outcome == INVALID


def test_challenge_signs_nobody_in(api: Api, ann: Reply, device: Authenticator) -> None:
    assert api.post(SIGN_IN_VERIFY, {"credential": device.get(begin(api, ann))}).outcome == INVALID


def test_answer_is_good_once(api: Api, ann: Reply, device: Authenticator) -> None:
    answer = device.get(begin(api, ann), counter=0)  # so that nothing but the challenge stands against it
    assert finish(api, ann, answer).status == 200
    assert finish(api, ann, answer).outcome == INVALID


def test_wrong_answer_spends_the_challenge_too(api: Api, ann: Reply, device: Authenticator) -> None:
    options = begin(api, ann)
    assert finish(api, ann, flip(device.get(options), "signature", -1)).outcome == INVALID
    assert finish(api, ann, device.get(options)).outcome == INVALID
    assert elevate(api, ann.token, device).status == 200


@pytest.mark.parametrize(("seconds", "outcome"), [(59, (200, None)), (60, INVALID), (61, INVALID)])
def test_challenge_lives_a_minute(
    api: Api, ann: Reply, device: Authenticator, seconds: int, outcome: tuple[int, str | None]
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answer = device.get(begin(api, ann))
        clock.shift(timedelta(seconds=seconds))
        assert finish(api, ann, answer).outcome == outcome


@pytest.mark.parametrize(
    "spoils",
    [
        {"type": "webauthn.create"},
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": Flag.UV},
        {"cross_origin": True},
        {"user_handle": encode(b"somebody else")},
    ],
    ids=str,
)
def test_answer_that_is_not_right_proves_nothing(api: Api, ann: Reply, device: Authenticator, spoils: Any) -> None:
    assert finish(api, ann, device.get(begin(api, ann), **spoils)).outcome == INVALID


@pytest.mark.parametrize("encoded", [True, False])
def test_user_handle_is_read_in_both_forms_and_may_be_missing(
    api: Api, ann: Reply, device: Authenticator, encoded: bool
) -> None:
    handle = encode(ann.user["id"].encode()) if encoded else ann.user["id"]
    assert finish(api, ann, device.get(begin(api, ann), user_handle=handle)).status == 200
    assert finish(api, ann, device.get(begin(api, ann), user_handle=None)).status == 200


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("verifies", [True, False])
def test_key_has_to_know_its_user_where_that_is_asked_for(
    api: Api, ann: Reply, settings: Any, verifies: bool, required: bool
) -> None:
    device = with_key(api, ann, verifies=verifies)
    settings.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION = required
    options = begin(api, ann)
    assert options["userVerification"] == ("required" if required else "preferred")
    assert (finish(api, ann, device.get(options)).status == 200) is (verifies or not required)


def test_address_in_the_body_means_nothing(api: Api, ann: Reply, device: Authenticator) -> None:
    with_key(api, sign_up_bob(api))
    proof = finish(api, ann, device.get(begin(api, ann)), email="bob@example.com")
    assert (proof.user["id"], proof.hasura[CLAIM]) == (ann.user["id"], ann.user["id"])


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"nickname": "key"}, BAD_SHAPE),
        ({"options": {}}, BAD_SHAPE),
        ({"email": None}, BAD_SHAPE),
        ({"email": 1}, BAD_SHAPE),
        ({"email": "nonsense"}, (400, "bad-request")),
        ({"credential": None}, BAD_SHAPE),
        ({"credential": "text"}, BAD_SHAPE),
        ({"credential": {}}, BAD_SHAPE),
    ],
    ids=str,
)
def test_body_of_another_shape_is_refused_and_spends_nothing(
    api: Api, ann: Reply, device: Authenticator, change: dict[str, Any], outcome: tuple[int, str | None]
) -> None:
    body = {"credential": device.get(begin(api, ann))}
    assert api.post(ELEVATE_VERIFY, body | change, token=ann.token).outcome == outcome
    assert api.post(ELEVATE_VERIFY, {}, token=ann.token).outcome == BAD_SHAPE
    assert api.post(ELEVATE_VERIFY, token=ann.token).outcome == (400, "request-validation-error")
    assert api.post(ELEVATE_VERIFY, body, token=ann.token).status == 200


@both
def test_switched_off_it_is_a_conflict(api: Api, ann: Reply, device: Authenticator, settings: Any, path: str) -> None:
    body = {"credential": device.get(begin(api, ann))} if path == ELEVATE_VERIFY else None
    settings.AUTH_WEBAUTHN_ENABLED = False
    assert api.post(path, body, token=ann.token).outcome == (409, "disabled-endpoint")


@both
def test_is_for_regular_users_alone(api: Api, ann: Reply, device: Authenticator, path: str) -> None:
    body = {"credential": device.get(begin(api, ann))} if path == ELEVATE_VERIFY else None
    missing = api.post(path, body)
    assert (missing.outcome, missing.json["securityScheme"]) == ((401, "unauthorized"), "BearerAuth")
    assert api.post(path, body, token=api.anonymous().token).outcome == (403, "forbidden-anonymous")
    get_user_model().objects.filter(pk=account(ann).user_id).update(is_active=False)
    assert api.post(path, body, token=ann.token).outcome == (401, "disabled-user")
