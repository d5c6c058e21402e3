"""POST /signup/webauthn (identity.md 1.1, 1.4): what a browser is asked, and whose browser is asked nothing."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from nhost_auth.models import Account, Challenge, SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator, decode, encode
from tests.conftest import Api, Inbox
from tests.webauthn_page import SIGN_UP, begin_sign_up, enable, sign_up

ANN = {"email": "ann@example.com"}

# Every reason not to begin, in the order of the specification's list: settings, options, answer.
FAULTS: list[tuple[dict[str, Any], dict[str, Any], tuple[int, str]]] = [
    ({"AUTH_WEBAUTHN_ENABLED": False}, {}, (409, "disabled-endpoint")),
    ({"AUTH_DISABLE_SIGNUP": True}, {}, (403, "signup-disabled")),
    ({}, {"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
    ({}, {"allowedRoles": ["user", "admin"]}, (400, "role-not-allowed")),
    ({}, {"defaultRole": "admin"}, (400, "default-role-must-be-in-allowed-roles")),
    ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAILS": ["ann@example.com"]}, {}, (401, "invalid-email-password")),
]


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)


def put(settings: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def test_browser_is_asked_for_exactly_this(api: Api) -> None:
    reply = api.post(SIGN_UP, ANN)
    user_id, challenge = reply.json["user"]["id"], reply.json["challenge"]
    assert str(uuid.UUID(user_id, version=4)) == user_id
    assert encode(decode(challenge)) == challenge
    assert len(decode(challenge)) == 32
    assert (reply.status, reply.json) == (
        200,
        {
            "rp": {"id": "app.example.com", "name": "app.example.com"},
            "user": {"id": user_id, "name": "ann@example.com", "displayName": "ann@example.com"},
            "challenge": challenge,
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
        },
    )


def test_settings_and_display_name_stand_in_what_is_asked(api: Api, settings: Any) -> None:
    settings.AUTH_WEBAUTHN_RP_ID, settings.AUTH_WEBAUTHN_RP_NAME = "example.com", "Example, Inc."
    settings.AUTH_WEBAUTHN_ATTESTATION_TIMEOUT = 12345
    settings.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION = True
    asked = begin_sign_up(api, options={"displayName": "Ann Lee"})
    assert asked["rp"] == {"id": "example.com", "name": "Example, Inc."}
    assert (asked["user"]["name"], asked["user"]["displayName"]) == ("Ann Lee", "Ann Lee")
    assert asked["timeout"] == 12345
    assert asked["authenticatorSelection"]["userVerification"] == "required"


def test_challenge_and_user_are_new_each_time(api: Api) -> None:
    first, second = begin_sign_up(api), begin_sign_up(api)
    assert first["challenge"] != second["challenge"]
    assert first["user"]["id"] != second["user"]["id"]


def test_beginning_stores_the_hash_of_the_challenge_and_nobody(api: Api, inbox: Inbox) -> None:
    challenge = begin_sign_up(api)["challenge"]
    kept = Challenge.objects.values().get()
    assert kept["hash"] == hashlib.sha256(challenge.encode()).hexdigest()
    assert challenge not in str(kept)
    assert [model.objects.count() for model in (Account, get_user_model(), SecurityKey)] == [0, 0, 0]
    assert len(inbox) == 0


def test_beginning_does_not_tell_whether_an_address_is_taken(api: Api) -> None:
    free = begin_sign_up(api)
    api.sign_up()
    taken = begin_sign_up(api)
    for asked in (free, taken):
        del asked["challenge"], asked["user"]["id"]
    assert taken == free


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_at_the_beginning_the_first_of_the_list_decides(api: Api, settings: Any, first: int) -> None:
    options: dict[str, Any] = {}
    for switch, change, _ in FAULTS[first:]:
        put(settings, switch)
        options |= change
    assert api.post(SIGN_UP, {**ANN, "options": options}).outcome == FAULTS[first][2]
    assert not Challenge.objects.exists()


@pytest.mark.parametrize(
    ("lists", "allowed"),
    [
        ({"BLOCKED_EMAIL_DOMAINS": ["example.com"]}, False),
        ({"ALLOWED_EMAIL_DOMAINS": ["example.com"]}, True),
        ({"ALLOWED_EMAILS": ["bob@example.com"]}, False),
    ],
    ids=str,
)
def test_access_lists_decide_who_may_begin(api: Api, settings: Any, lists: dict[str, list[str]], allowed: bool) -> None:
    put(settings, {f"AUTH_ACCESS_CONTROL_{name}": value for name, value in lists.items()})
    assert sign_up(api, Authenticator()).outcome == ((200, None) if allowed else (401, "invalid-email-password"))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "schema-validation-error"),
        ({"email": None}, "schema-validation-error"),
        ({"email": 5}, "schema-validation-error"),
        ([], "schema-validation-error"),
        ({**ANN, "options": None}, "schema-validation-error"),
        ({**ANN, "options": []}, "schema-validation-error"),
        ({**ANN, "options": {"nickname": "phone"}}, "schema-validation-error"),
        ({**ANN, "nickname": "phone"}, "schema-validation-error"),
        ({"email": "ann"}, "bad-request"),
        (None, "request-validation-error"),
    ],
    ids=str,
)
def test_body_is_read_strictly(api: Api, body: Any, error: str) -> None:
    assert api.post(SIGN_UP, body).outcome == (400, error)
    assert not Challenge.objects.exists()
