"""POST /user/deanonymize/sms, completed by POST /signin/passwordless/sms/otp (accounts.md 3.5, 3.12)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, AccountRole, OneTimeCode, RefreshToken
from tests.conftest import PASSWORD, Api, Reply, account
from tests.sms_inbox import NUMBER, OTHER_NUMBER, SEND, code, open_inbox, sign_in, texts, use, wrong

PATH = "/user/deanonymize/sms"
PHONE = {"phoneNumber": NUMBER}
OPTIONS = {
    "allowedRoles": ["me", "editor"],
    "defaultRole": "me",
    "displayName": "Ann",
    "locale": "fr",
    "metadata": {"from": "guest"},
}

# Every reason to refuse from the third on, in the order of the specification's list: what brings it about, answer.
FAULTS: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
    ("converted", {}, (400, "user-not-anonymous")),
    ("disabled", {}, (401, "disabled-user")),
    ("", {"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
    ("", {"allowedRoles": ["admin"]}, (400, "role-not-allowed")),
    ("", {"defaultRole": "admin"}, (400, "default-role-must-be-in-allowed-roles")),
    ("", {}, (409, "user-already-exists")),
]


@pytest.fixture(autouse=True)
def sms(settings: Any) -> None:
    open_inbox(settings)


@pytest.fixture
def guest(api: Api) -> Reply:
    return api.anonymous(displayName="Guest", metadata={"cart": 7})


def ask(api: Api, guest: Reply, number: str = NUMBER, **options: Any) -> Reply:
    return api.post(PATH, {"phoneNumber": number, "options": options}, token=guest.token)


def everything() -> list[Any]:
    models = (get_user_model(), Account, AccountRole, RefreshToken)
    return [list(model._base_manager.order_by("pk").values()) for model in models]


def change(guest: Reply, fault: str) -> None:
    """Bring a fault about on the stored user; the token stays what it was."""
    user = account(guest).user
    if fault == "disabled":
        user.is_active = False
        user.save()
    elif fault == "converted":
        Account.objects.filter(user=user).update(is_anonymous=False)


def test_guest_gets_a_code_and_stays_a_guest(api: Api, guest: Reply) -> None:
    before = account(guest)
    reply = ask(api, guest, **OPTIONS)
    assert (reply.status, reply.text) == (200, '"OK"\n')
    assert texts() == [f"Votre code est {code()}."]
    after = Account.objects.get_with_roles(pk=before.pk)
    assert after is not None
    assert (after.is_anonymous, after.phone_number, after.phone_number_verified) == (True, None, False)
    assert (after.display_name, after.locale, after.metadata) == ("Guest", "en", {"cart": 7})
    assert (after.default_role_id, after.role_names) == ("anonymous", ["anonymous"])
    refreshed = api.post("/token", {"refreshToken": guest.refresh_token})
    assert (refreshed.status, refreshed.user["isAnonymous"]) == (200, True)


def test_code_turns_the_guest_into_a_user_under_the_same_id(api: Api, guest: Reply) -> None:
    before = account(guest)
    ask(api, guest, **OPTIONS)
    reply = use(api, code())
    assert (reply.status, reply.user["id"]) == (200, guest.user["id"])
    assert (reply.user["phoneNumber"], reply.user["phoneNumberVerified"]) == (NUMBER, True)
    assert (reply.user["isAnonymous"], "email" in reply.user) == (False, False)
    assert (reply.user["displayName"], reply.user["locale"]) == ("Ann", "fr")
    assert (reply.user["metadata"], reply.user["createdAt"]) == ({"from": "guest"}, guest.user["createdAt"])
    assert (reply.user["defaultRole"], reply.user["roles"]) == ("me", ["editor", "me"])
    assert reply.hasura["x-hasura-user-is-anonymous"] == "false"
    assert reply.hasura["x-hasura-allowed-roles"] == ["editor", "me"]
    assert (account(reply).user_id, Account.objects.count()) == (before.user_id, 1)


def test_what_the_options_leave_out_is_as_for_a_new_user(api: Api, guest: Reply) -> None:
    ask(api, guest)
    user = use(api, code()).user
    assert (user["displayName"], user["locale"], user["metadata"]) == (NUMBER, "en", {})
    assert (user["defaultRole"], user["roles"]) == ("user", ["editor", "me", "user"])


def test_sessions_of_the_guest_end_with_the_conversion_and_others_stay(api: Api, guest: Reply) -> None:
    bystander = api.anonymous()
    ask(api, guest)
    session = use(api, code())
    gone = api.post("/token", {"refreshToken": guest.refresh_token})
    assert gone.outcome == (401, "invalid-refresh-token")
    for living in (session, bystander):
        assert api.post("/token", {"refreshToken": living.refresh_token}).status == 200
    assert api.get("/user", token=session.token).json["isAnonymous"] is False


def test_conversion_is_told_with_its_method(api: Api, guest: Reply) -> None:
    heard: list[str] = []

    def receive(account: Account, method: str, **_: Any) -> None:
        heard.append(f"{account.pk} {method}")

    signals.deanonymized.connect(receive)
    try:
        ask(api, guest)
        assert heard == []
        use(api, code())
    finally:
        signals.deanonymized.disconnect(receive)
    assert heard == [f"{guest.user['id']} sms"]


def test_guests_token_converts_once(api: Api, guest: Reply) -> None:
    ask(api, guest)
    use(api, code())
    stored = everything()
    assert ask(api, guest, OTHER_NUMBER).outcome == (400, "user-not-anonymous")
    body = {"signInMethod": "email-password", "email": "ann@example.com", "password": PASSWORD}
    assert api.post("/user/deanonymize", body, token=guest.token).outcome == (400, "user-not-anonymous")
    assert (everything(), len(memory.outbox)) == (stored, 1)


def test_newer_request_takes_the_place_of_the_older(api: Api, guest: Reply) -> None:
    ask(api, guest, displayName="Old")
    ask(api, guest, OTHER_NUMBER, displayName="New")
    assert use(api, code()).outcome == (400, "invalid-otp")
    user = use(api, code(OTHER_NUMBER), OTHER_NUMBER).user
    assert (user["phoneNumber"], user["displayName"]) == (OTHER_NUMBER, "New")


def test_abandoned_request_leaves_a_guest(api: Api) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        guest = api.anonymous()
        ask(api, guest)
        clock.shift(301)
        assert use(api, code()).outcome == (400, "invalid-otp")
        refreshed = api.post("/token", {"refreshToken": guest.refresh_token})
    assert refreshed.user["isAnonymous"] is True
    assert account(guest).phone_number is None


@pytest.mark.parametrize("guesses", [4, 5])
def test_five_wrong_guesses_burn_the_code_and_leave_a_guest(api: Api, guest: Reply, guesses: int) -> None:
    ask(api, guest)
    for _ in range(guesses):
        use(api, wrong(code()))
    assert use(api, code()).outcome == ((200, None) if guesses == 4 else (400, "otp-too-many-attempts"))
    assert account(guest).is_anonymous is (guesses == 5)


def test_guest_disabled_meanwhile_is_no_candidate(api: Api, guest: Reply) -> None:
    ask(api, guest)
    change(guest, "disabled")
    stored = everything()
    assert use(api, code()).outcome == (400, "invalid-otp")
    assert everything() == stored


def test_role_that_vanished_meanwhile_is_refused_and_the_guest_stays_one(api: Api, guest: Reply, settings: Any) -> None:
    ask(api, guest, allowedRoles=["editor", "user"])
    settings.AUTH_USER_DEFAULT_ALLOWED_ROLES = ["me", "user"]
    stored = everything()
    assert use(api, code()).outcome == (400, "role-not-allowed")
    assert everything() == stored


def test_guest_may_still_be_converted_by_mail_while_a_code_is_on_its_way(api: Api, guest: Reply) -> None:
    ask(api, guest)
    body = {"signInMethod": "email-password", "email": "ann@example.com", "password": PASSWORD}
    assert api.post("/user/deanonymize", body, token=guest.token).status == 200
    assert api.sign_in().user["id"] == guest.user["id"]


def test_switched_off_before_anything_else(api: Api, guest: Reply, settings: Any) -> None:
    settings.AUTH_SMS_PASSWORDLESS_ENABLED = False
    for token in (guest.token, api.sign_up().token):
        assert api.post(PATH, PHONE, token=token).outcome == (409, "disabled-endpoint")
    assert api.post(PATH, {}, token=guest.token).outcome == (400, "schema-validation-error")


def test_regular_users_token_is_refused_before_its_user_is_looked_at(api: Api) -> None:
    user = api.sign_up()
    change(user, "disabled")
    body = {**PHONE, "options": {"allowedRoles": ["admin"]}}
    assert api.post(PATH, body, token=user.token).outcome == (400, "user-not-anonymous")
    assert memory.outbox == []


def test_deleted_guest_is_gone(api: Api, guest: Reply) -> None:
    account(guest).user.delete()
    assert ask(api, guest).outcome == (401, "invalid-email-password")
    assert (Account.objects.count(), memory.outbox) == (0, [])


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_of_the_list_decides_and_nothing_changes(
    api: Api, guest: Reply, first: int
) -> None:
    sign_in(api)
    memory.outbox.clear()
    options: dict[str, Any] = {}
    for fault, option, _ in FAULTS[first:]:
        change(guest, fault)
        options |= option
    stored = everything()
    assert ask(api, guest, **options).outcome == FAULTS[first][2]
    assert (everything(), memory.outbox, OneTimeCode.objects.count()) == (stored, [], 0)


def test_number_that_only_waits_for_another_user_is_free(api: Api, guest: Reply) -> None:
    api.post(SEND, PHONE)
    assert ask(api, guest).status == 200
    assert use(api, code()).user["id"] == guest.user["id"]


def test_number_taken_meanwhile_leaves_a_guest_as_it_was(api: Api, guest: Reply) -> None:
    ask(api, guest)
    late = code()
    sign_in(api)
    stored = everything()
    assert use(api, late).outcome == (400, "invalid-otp")
    assert everything() == stored


def test_switches_that_are_not_looked_at(api: Api, guest: Reply, settings: Any) -> None:
    settings.AUTH_DISABLE_SIGNUP = settings.AUTH_DISABLE_NEW_USERS = settings.AUTH_DISABLE_AUTO_SIGNUP = True
    settings.AUTH_ANONYMOUS_USERS_ENABLED = False
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    assert ask(api, guest).status == 200
    assert use(api, code()).user["id"] == guest.user["id"]
    assert account(guest).disabled is False


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, 'property "phoneNumber" is missing'),
        ({"phoneNumber": 1}, "value must be a string"),
        ({"phoneNumber": "1" * 65}, "maximum string length is 64"),
        ({**PHONE, "signInMethod": "sms"}, 'property "signInMethod" is unsupported'),
        ({**PHONE, "options": {"displayName": ""}}, "string doesn't match the regular expression"),
    ],
    ids=str,
)
def test_body_is_checked(api: Api, guest: Reply, body: dict[str, Any], reason: str) -> None:
    reply = api.post(PATH, body, token=guest.token)
    assert reply.outcome == (400, "schema-validation-error")
    assert reply.json["reason"].startswith(reason)


def test_token_is_needed(api: Api) -> None:
    assert api.post(PATH, PHONE).outcome == (401, "unauthorized")


@pytest.mark.parametrize(("fault", "error"), [("taken", "invalid-request"), ("converted", "user-not-anonymous")])
def test_concealment(api: Api, guest: Reply, settings: Any, fault: str, error: str) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    sign_in(api)
    change(guest, fault)
    assert ask(api, guest).outcome == (400, error)
