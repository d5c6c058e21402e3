"""POST /signin/webauthn and /verify (identity.md 1.1, 1.4): what a browser is asked, and who gets a session."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import Account, Challenge, RefreshToken, SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator, decode, encode
from tests.conftest import Api, Reply, account
from tests.endpoints.totp_app import enrol
from tests.webauthn_page import SIGN_IN, SIGN_IN_VERIFY, add_key, begin_sign_in, enable, sign_in, sign_up

ANN = {"email": "ann@example.com"}
REFUSED, WRONG_SHAPE = (400, "invalid-request"), (400, "schema-validation-error")
UNKNOWN = (401, "invalid-email-password")
BY = pytest.mark.parametrize("email", [None, "ann@example.com"], ids=["by passkey", "by address"])

# What stands against a user, in the order of the specification.
FAULTS = [("blocked", UNKNOWN), ("disabled", (401, "disabled-user")), ("unverified", (401, "unverified-user"))]


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def ann(api: Api, device: Authenticator) -> Reply:
    return sign_up(api, device)


def spoil(settings: Any, fault: str) -> None:
    if fault == "blocked":
        settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"]
    elif fault == "disabled":
        user = Account.objects.get().user
        user.is_active = False
        user.save()
    else:
        settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True


@pytest.mark.parametrize("body", [None, {}], ids=str)
def test_without_an_address_the_browser_offers_what_it_has(api: Api, ann: Reply, body: Any) -> None:
    reply = api.post(SIGN_IN, body)
    challenge = reply.json["challenge"]
    assert encode(decode(challenge)) == challenge
    assert len(decode(challenge)) == 32
    asked = {"challenge": challenge, "timeout": 60000, "rpId": "app.example.com", "userVerification": "preferred"}
    assert (reply.status, reply.json) == (200, asked)


@pytest.mark.parametrize("email", ["ann@example.com", "ANN@Example.com"])
def test_by_address_the_browser_is_asked_for_the_keys_of_that_user(
    api: Api, ann: Reply, device: Authenticator, email: str
) -> None:
    sign_up(api, Authenticator(), "bob@example.com")
    add_key(api, ann.token, second := Authenticator())
    reply = api.post(SIGN_IN, {"email": email})
    known = [encode(each.credentials[0].id) for each in (device, second)]
    assert (reply.status, reply.json) == (
        200,
        {
            "challenge": reply.json["challenge"],
            "timeout": 60000,
            "rpId": "app.example.com",
            "allowCredentials": [{"type": "public-key", "id": credential_id} for credential_id in known],
            "userVerification": "preferred",
        },
    )


def test_settings_stand_in_what_is_asked(api: Api, settings: Any) -> None:
    settings.AUTH_WEBAUTHN_RP_ID, settings.AUTH_WEBAUTHN_ATTESTATION_TIMEOUT = "example.com", 12345
    settings.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION = True
    asked = begin_sign_in(api)
    assert (asked["rpId"], asked["timeout"], asked["userVerification"]) == ("example.com", 12345, "required")


@pytest.mark.parametrize("email", [None, "ann@example.com"])
def test_only_the_hash_of_a_challenge_is_stored_and_it_is_new_each_time(
    api: Api, ann: Reply, email: str | None
) -> None:
    first, second = begin_sign_in(api, email)["challenge"], begin_sign_in(api, email)["challenge"]
    hashes = {hashlib.sha256(challenge.encode()).hexdigest() for challenge in (first, second)}
    assert set(Challenge.objects.values_list("hash", flat=True)) == hashes
    assert len(hashes) == 2
    assert first not in str(Challenge.objects.values())


def test_unknown_address_and_user_without_a_key_are_told(api: Api) -> None:
    assert api.post(SIGN_IN, ANN).outcome == UNKNOWN
    api.sign_up()
    assert api.post(SIGN_IN, ANN).outcome == REFUSED
    assert not Challenge.objects.exists()


@pytest.mark.parametrize("first", range(len(FAULTS)))
@pytest.mark.parametrize("has_key", [True, False])
def test_first_fault_of_a_user_decides_at_the_beginning(
    api: Api, device: Authenticator, settings: Any, first: int, has_key: bool
) -> None:
    if has_key:
        sign_up(api, device)
    else:
        api.sign_up()
    for fault, _ in FAULTS[first:]:
        spoil(settings, fault)
    assert api.post(SIGN_IN, ANN).outcome == FAULTS[first][1]
    assert not Challenge.objects.exists()


@BY
@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_first_fault_of_a_user_decides_at_the_end(
    api: Api, ann: Reply, device: Authenticator, settings: Any, first: int, email: str | None
) -> None:
    answer = device.get(begin_sign_in(api, email))
    for fault, _ in FAULTS[first:]:
        spoil(settings, fault)
    assert api.post(SIGN_IN_VERIFY, {"credential": answer}).outcome == FAULTS[first][1]
    assert RefreshToken.objects.count() == 1


@BY
def test_right_answer_opens_a_session_of_its_own(
    api: Api, ann: Reply, device: Authenticator, email: str | None
) -> None:
    reply = sign_in(api, device, email)
    assert (reply.status, list(reply.json)) == (200, ["session"])
    assert sorted(reply.session) == sorted(ann.session)
    assert reply.user == ann.user
    assert reply.hasura == ann.hasura
    assert reply.session["refreshTokenId"] != ann.session["refreshTokenId"]
    for session in (ann, reply):
        assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200


@BY
def test_each_of_several_keys_signs_in(api: Api, ann: Reply, device: Authenticator, email: str | None) -> None:
    add_key(api, ann.token, second := Authenticator())
    for each in (device, second, device):
        assert sign_in(api, each, email).user["id"] == ann.user["id"]


def test_signing_in_is_noted_as_the_last_login_and_use_of_the_key(api: Api, device: Authenticator) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = account(sign_up(api, device)).user.last_login
        clock.shift(60)
        assert account(sign_in(api, device)).user.last_login == first + timedelta(seconds=60)
        assert SecurityKey.objects.get().last_used_at == timezone.now()


def test_signing_in_is_told_with_its_method(api: Api, ann: Reply, device: Authenticator) -> None:
    heard: list[tuple[Account, str]] = []

    def note(account: Account, method: str, **_: Any) -> None:
        heard.append((account, method))

    signals.signed_in.connect(note)
    sign_in(api, device)
    signals.signed_in.disconnect(note)
    assert heard == [(account(ann), "webauthn")]


def test_address_beside_the_answer_has_no_effect(api: Api, ann: Reply, device: Authenticator) -> None:
    sign_up(api, Authenticator(), "bob@example.com")
    body = {"credential": device.get(begin_sign_in(api, "ann@example.com")), "email": "bob@example.com"}
    assert api.post(SIGN_IN_VERIFY, body).user["id"] == ann.user["id"]


def test_where_the_feature_is_off_there_is_no_such_way_in(
    api: Api, ann: Reply, device: Authenticator, settings: Any
) -> None:
    answer = device.get(begin_sign_in(api))
    settings.AUTH_WEBAUTHN_ENABLED = False
    for path, body in ((SIGN_IN, ANN), (SIGN_IN, None), (SIGN_IN_VERIFY, {"credential": answer})):
        assert api.post(path, body).outcome == (409, "disabled-endpoint")


def test_signing_up_may_be_off(api: Api, ann: Reply, device: Authenticator, settings: Any) -> None:
    settings.AUTH_DISABLE_SIGNUP = settings.AUTH_DISABLE_AUTO_SIGNUP = True
    assert sign_in(api, device, "ann@example.com").status == 200


def test_passkey_is_not_asked_for_the_second_factor_as_at_nhost(api: Api, ann: Reply, settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = True
    enrol(api, ann)
    add_key(api, ann.token, device := Authenticator(verifies=False))
    assert list(sign_in(api, device).json) == ["session"]


def test_13_where_all_ways_ask_for_it_a_key_that_knows_its_user_is_two_factors(
    api: Api, ann: Reply, device: Authenticator, settings: Any
) -> None:
    settings.AUTH_MFA_ENABLED = settings.AUTH_MFA_REQUIRED_EVERYWHERE = True
    enrol(api, ann)
    assert list(sign_in(api, device).json) == ["session"]
    device.verifies = False
    assert list(sign_in(api, device).json) == ["mfa"]


@BY
def test_key_that_was_removed_or_whose_user_is_gone_signs_nobody_in(
    api: Api, ann: Reply, device: Authenticator, email: str | None
) -> None:
    answers = [device.get(begin_sign_in(api, email)) for _ in range(2)]
    SecurityKey.objects.all().delete()
    assert api.post(SIGN_IN_VERIFY, {"credential": answers[0]}).outcome == REFUSED
    account(ann).user.delete()
    assert api.post(SIGN_IN_VERIFY, {"credential": answers[1]}).outcome == REFUSED


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"email": None}, "schema-validation-error"),
        ({"email": 5}, "schema-validation-error"),
        ([], "schema-validation-error"),
        ({**ANN, "options": {}}, "schema-validation-error"),
        ({"email": "ann"}, "bad-request"),
        ({"email": ""}, "bad-request"),
    ],
    ids=str,
)
def test_body_at_the_beginning_is_read_strictly(api: Api, ann: Reply, body: Any, error: str) -> None:
    assert api.post(SIGN_IN, body).outcome == (400, error)


@pytest.mark.parametrize(
    "change",
    [{"credential": None}, {"credential": []}, {"credential": {}}, {"email": None}, {"nickname": "x"}, {"options": {}}],
    ids=str,
)
def test_body_at_the_end_is_read_strictly(api: Api, ann: Reply, device: Authenticator, change: dict[str, Any]) -> None:
    assert api.post(SIGN_IN_VERIFY, {"credential": device.get(begin_sign_in(api)), **change}).outcome == WRONG_SHAPE


def test_body_at_the_end_has_to_be_there(api: Api) -> None:
    assert api.post(SIGN_IN_VERIFY).outcome == (400, "request-validation-error")
