"""POST /signup/webauthn and /verify (identity.md 1.4): what is stored, who gets a session."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth import signals
from nhost_auth.models import Account, RefreshToken, SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator, Flag
from tests.conftest import Api, Inbox, account
from tests.ways import CHALLENGE, VERIFIER
from tests.webauthn_page import SIGN_UP_VERIFY, begin_sign_up, enable, sign_in, sign_up

REFUSED, WRONG_SHAPE = (400, "invalid-request"), (400, "schema-validation-error")

# Every reason not to look at an answer, in the order of the specification's list: settings, options, answer.
FAULTS: list[tuple[dict[str, Any], dict[str, Any], tuple[int, str]]] = [
    ({"AUTH_WEBAUTHN_ENABLED": False}, {}, (409, "disabled-endpoint")),
    ({"AUTH_DISABLE_SIGNUP": True}, {}, (403, "signup-disabled")),
    ({}, {"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
    ({}, {"allowedRoles": ["user", "admin"]}, (400, "role-not-allowed")),
    ({}, {"defaultRole": "admin"}, (400, "default-role-must-be-in-allowed-roles")),
]


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


def put(settings: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def stored() -> tuple[int, ...]:
    """How many accounts, users, keys and sessions there are."""
    return tuple(model.objects.count() for model in (Account, get_user_model(), SecurityKey, RefreshToken))


def test_new_account_has_the_offered_id_and_a_session_at_once(api: Api, device: Authenticator, inbox: Inbox) -> None:
    begun = begin_sign_up(api, "Ann@Example.com")
    reply = api.post(SIGN_UP_VERIFY, {"credential": device.create(begun)})
    assert (reply.status, list(reply.json)) == (200, ["session"])
    user = reply.user
    assert user["id"] == begun["user"]["id"]
    assert (user["email"], user["displayName"], user["emailVerified"]) == ("Ann@Example.com", "Ann@Example.com", False)
    assert (user["isAnonymous"], user["locale"], user["defaultRole"], user["metadata"]) == (False, "en", "user", None)
    assert user["roles"] == ["editor", "me", "user"]
    assert user["avatarUrl"].startswith("https://www.gravatar.com/avatar/")
    assert account(reply).user.last_login is not None
    assert (stored(), len(inbox)) == ((1, 1, 1, 1), 0)
    assert api.post("/token", {"refreshToken": reply.refresh_token}).user["id"] == user["id"]
    assert sign_in(api, device).user["id"] == user["id"]


def test_what_is_new_is_stored_at_once_and_not_updated_afterwards(api: Api, device: Authenticator) -> None:
    answer = device.create(begin_sign_up(api))
    with CaptureQueriesContext(connection) as captured:
        assert api.post(SIGN_UP_VERIFY, {"credential": answer}).status == 200
    assert [query["sql"] for query in captured.captured_queries if query["sql"].startswith("UPDATE")] == []


def test_no_password_opens_the_new_account(api: Api, device: Authenticator) -> None:
    assert not account(sign_up(api, device)).user.has_usable_password()


def test_key_is_stored_as_the_device_tells_it(api: Api) -> None:
    device = Authenticator(synced=True, transports=("hybrid", "telepathy", "internal"), aaguid=bytes(range(16)))
    begun = begin_sign_up(api)
    answer = device.create(begun, counter=2**32 - 1)
    reply = api.post(SIGN_UP_VERIFY, {"credential": answer, "nickname": "Ann's phone"})
    key = SecurityKey.objects.get()
    assert (key.account, key.nickname) == (account(reply), "Ann's phone")
    assert (key.credential_id, bytes(key.public_key)) == (answer["id"], device.credentials[0].public_key)
    assert (key.counter, key.transports, key.backup_eligible, key.backed_up) == (
        2**32 - 1,
        "hybrid,internal",
        True,
        True,
    )
    assert (key.aaguid, key.last_used_at) == ("00010203-0405-0607-0809-0a0b0c0d0e0f", None)


def test_key_without_a_nickname_has_an_empty_one(api: Api, device: Authenticator) -> None:
    sign_up(api, device)
    key = SecurityKey.objects.get()
    assert (key.nickname, key.backup_eligible, key.backed_up) == ("", False, False)


def test_key_that_is_to_be_synced_but_is_not_yet_is_known_as_such(api: Api, device: Authenticator) -> None:
    answer = device.create(begin_sign_up(api), flags=Flag.UP | Flag.BE)
    assert api.post(SIGN_UP_VERIFY, {"credential": answer}).status == 200
    key = SecurityKey.objects.get()
    assert (key.backup_eligible, key.backed_up) == (True, False)


def test_options_may_be_given_at_either_time_and_the_later_ones_win(api: Api, device: Authenticator) -> None:
    first = {"allowedRoles": ["me", "editor"], "defaultRole": "me", "displayName": "Ann", "locale": "fr"}
    begun = begin_sign_up(api, options={**first, "metadata": {"plan": [1, None]}})
    later = {"displayName": "Ann Étoile", "defaultRole": "editor"}
    user = api.post(SIGN_UP_VERIFY, {"credential": device.create(begun), "options": later}).user
    assert (user["displayName"], user["defaultRole"]) == ("Ann Étoile", "editor")
    assert (user["roles"], user["locale"], user["metadata"]) == (["editor", "me"], "fr", {"plan": [1, None]})


def test_options_need_not_be_repeated(api: Api, device: Authenticator) -> None:
    user = sign_up(api, device, options={"displayName": "Ann", "locale": "fr", "metadata": {"a": 1}}).user
    assert (user["displayName"], user["locale"], user["metadata"]) == ("Ann", "fr", {"a": 1})


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_of_the_answer_the_first_of_the_list_decides(
    api: Api, device: Authenticator, inbox: Inbox, settings: Any, first: int
) -> None:
    options, answer = {}, device.create(begin_sign_up(api), origin="https://evil.example")
    for switch, change, _ in FAULTS[first:]:
        put(settings, switch)
        options |= change
    assert api.post(SIGN_UP_VERIFY, {"credential": answer, "options": options}).outcome == FAULTS[first][2]
    assert (stored(), len(inbox)) == ((0, 0, 0, 0), 0)


def test_redirect_target_given_at_the_beginning_is_held_against_the_list_again(
    api: Api, device: Authenticator, settings: Any
) -> None:
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = ["https://old.example"]
    answer = device.create(begin_sign_up(api, options={"redirectTo": "https://old.example"}))
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = []
    assert api.post(SIGN_UP_VERIFY, {"credential": answer}).outcome == (400, "redirectTo-not-allowed")


@pytest.mark.parametrize("email", ["ann@example.com", "ANN@Example.com"])
@pytest.mark.parametrize("conceal", [False, True])
def test_taken_address_is_told_at_the_end_and_nothing_is_stored(
    api: Api, device: Authenticator, settings: Any, email: str, conceal: bool
) -> None:
    settings.AUTH_CONCEAL_ERRORS = conceal
    answer = device.create(begin_sign_up(api, email))
    api.sign_up()
    outcome = REFUSED if conceal else (409, "user-already-exists")
    assert api.post(SIGN_UP_VERIFY, {"credential": answer}).outcome == outcome
    assert stored() == (1, 1, 0, 1)


@pytest.mark.parametrize("verified_required", [True, False])
def test_new_users_can_be_stored_disabled(
    api: Api, device: Authenticator, inbox: Inbox, settings: Any, verified_required: bool
) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = verified_required
    assert sign_up(api, device).outcome == (401, "disabled-user")
    assert (stored(), len(inbox)) == ((1, 1, 1, 0), 0)
    assert Account.objects.get().disabled
    assert Account.objects.get().user.last_login is None
    assert sign_in(api, device).outcome == (401, "disabled-user")


def test_where_addresses_are_verified_there_is_no_session_but_a_mail(
    api: Api, device: Authenticator, inbox: Inbox, settings: Any
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    reply = sign_up(api, device, "Ann@Example.com")
    assert (reply.status, reply.json) == (200, {"session": None})
    mail = inbox.last()
    assert (mail.template, mail.message.to, len(inbox)) == ("email-verify", ["Ann@Example.com"], 1)
    assert list(mail.query) == ["redirectTo", "ticket", "type"]
    assert mail.query["redirectTo"] == "https://app.example.com"
    assert stored() == (1, 1, 1, 0)
    assert Account.objects.get().user.last_login is None
    assert sign_in(api, device).outcome == (401, "unverified-user")
    assert api.get("/verify", query=mail.query).query["type"] == "verifyEmail"
    assert sign_in(api, device).user["emailVerified"] is True


def test_redirect_target_and_challenge_ride_in_the_link(
    api: Api, device: Authenticator, inbox: Inbox, settings: Any
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    target = "https://app.example.com/done"
    body = {"credential": device.create(begin_sign_up(api, options={"redirectTo": target})), "codeChallenge": CHALLENGE}
    assert api.post(SIGN_UP_VERIFY, body).json == {"session": None}
    query = inbox.last().query
    assert (list(query), query["redirectTo"]) == (["codeChallenge", "redirectTo", "ticket", "type"], target)
    code = api.get("/verify", query=query).query["code"]
    assert api.post("/token/exchange", {"code": code, "codeVerifier": VERIFIER}).user["emailVerified"] is True


@pytest.fixture
def heard() -> Iterator[list[tuple[str, str]]]:
    """The signals of a sign-up, in the order in which they came, and by what method or for which key."""
    calls: list[tuple[str, str]] = []

    def note(name: str, *, method: str = "", key_id: str = "", **_: Any) -> None:
        calls.append((name, method or key_id))

    receivers = {name: partial(note, name) for name in ("signed_up", "security_key_added", "signed_in")}
    for name, receive in receivers.items():
        getattr(signals, name).connect(receive)
    yield calls
    for name, receive in receivers.items():
        getattr(signals, name).disconnect(receive)


def test_account_key_and_session_are_told_in_this_order(
    api: Api, device: Authenticator, heard: list[tuple[str, str]]
) -> None:
    sign_up(api, device)
    key_id = str(SecurityKey.objects.get().pk)
    assert heard == [("signed_up", "webauthn"), ("security_key_added", key_id), ("signed_in", "webauthn")]


def test_what_is_refused_is_not_told(api: Api, device: Authenticator, heard: list[tuple[str, str]]) -> None:
    answer = device.create(begin_sign_up(api))
    api.sign_up()
    heard.clear()
    assert api.post(SIGN_UP_VERIFY, {"credential": answer}).status == 409
    assert heard == []


@pytest.mark.parametrize(
    "change",
    [
        {"credential": None},
        {"credential": []},
        {"credential": "{}"},
        {"credential": {}},
        {"email": "ann@example.com"},
        {"nickname": None},
        {"nickname": 5},
        {"nickname": "x" * 256},
        {"options": None},
        {"options": {"displayName": 5}},
        {"codeChallenge": None},
        {"codeChallenge": "x" * 42},
        {"codeChallenge": "+" * 43},
    ],
    ids=str,
)
def test_body_is_read_strictly(api: Api, device: Authenticator, change: dict[str, Any]) -> None:
    body = {"credential": device.create(begin_sign_up(api)), **change}
    assert api.post(SIGN_UP_VERIFY, body).outcome == WRONG_SHAPE
    assert stored() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("where", "name", "values"),
    [
        *(("credential", name, (..., None, 5)) for name in ("id", "rawId", "type")),
        *(("response", name, (..., None, 5)) for name in ("clientDataJSON", "attestationObject")),
        ("credential", "response", (..., None, [], "{}")),
        ("credential", "authenticatorAttachment", (None, 5)),
        ("credential", "clientExtensionResults", (None, [], "{}")),
        ("response", "transports", (None, "usb", [5], [None])),
    ],
    ids=str,
)
def test_credential_is_read_strictly(
    api: Api, device: Authenticator, where: str, name: str, values: tuple[Any, ...]
) -> None:
    for value in values:
        answer = device.create(begin_sign_up(api))
        changed = answer if where == "credential" else answer["response"]
        changed[name] = value
        if value is ...:
            del changed[name]
        assert api.post(SIGN_UP_VERIFY, {"credential": answer}).outcome == WRONG_SHAPE
    assert stored() == (0, 0, 0, 0)


def test_longest_nickname_is_kept_and_a_body_has_to_be_there(api: Api, device: Authenticator) -> None:
    body = {"credential": device.create(begin_sign_up(api)), "nickname": "é" * 255}
    assert api.post(SIGN_UP_VERIFY, body).status == 200
    assert SecurityKey.objects.get().nickname == "é" * 255
    assert api.post(SIGN_UP_VERIFY).outcome == (400, "request-validation-error")
