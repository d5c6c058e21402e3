"""POST /user/phone-number/change and its /verify (accounts.md 3.13)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import time_machine
from django.utils import timezone

from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, OneTimeCode
from tests.conftest import Api, Reply, account
from tests.sms_inbox import (
    CHANGE,
    CHANGE_VERIFY,
    NUMBER,
    OTHER_NUMBER,
    SEND,
    change_number,
    code,
    open_inbox,
    sign_in,
    texts,
    use,
    wrong,
)

NEW = {"newPhoneNumber": NUMBER}
INVALID, BURNED = (400, "invalid-otp"), (400, "otp-too-many-attempts")

both = pytest.mark.parametrize("path", [CHANGE, CHANGE_VERIFY])


@pytest.fixture(autouse=True)
def sms(settings: Any) -> None:
    open_inbox(settings)


@pytest.fixture
def ann(api: Api) -> Reply:
    return api.sign_up()


def verify(api: Api, session: Reply, otp: str, number: str = NUMBER) -> Reply:
    return api.post(CHANGE_VERIFY, {"newPhoneNumber": number, "otp": otp}, token=session.token)


def body_of(path: str) -> dict[str, str]:
    return NEW if path == CHANGE else {**NEW, "otp": wrong()}


def phone_of(session: Reply) -> tuple[str | None, bool]:
    found = account(session)
    return found.phone_number, found.phone_number_verified


def test_code_goes_to_the_new_number_and_changes_nothing_yet(api: Api, ann: Reply) -> None:
    reply = api.post(CHANGE, NEW, token=ann.token)
    assert (reply.status, reply.text) == (200, '"OK"\n')
    assert texts() == [f"Your code is {code()}."]
    assert phone_of(ann) == (None, False)


def test_sms_is_in_the_users_language(api: Api) -> None:
    ann = api.sign_up(locale="fr")
    api.post(CHANGE, NEW, token=ann.token)
    assert texts() == [f"Votre code est {code()}."]


def test_right_code_sets_the_number_proven_and_keeps_the_sessions(api: Api, ann: Reply) -> None:
    api.post(CHANGE, NEW, token=ann.token)
    reply = verify(api, ann, code())
    assert (reply.status, reply.text) == (200, '"OK"\n')
    user = api.get("/user", token=ann.token).json
    assert (user["phoneNumber"], user["phoneNumberVerified"]) == (NUMBER, True)
    assert (user["email"], user["displayName"]) == ("ann@example.com", "ann@example.com")
    assert api.post("/token", {"refreshToken": ann.refresh_token}).status == 200
    assert sign_in(api).user["id"] == ann.user["id"]


def test_old_number_works_until_the_new_one_is_proven_and_no_longer(api: Api) -> None:
    ann = sign_in(api, OTHER_NUMBER)
    api.post(CHANGE, NEW, token=ann.token)
    changing = code()
    assert phone_of(ann) == (OTHER_NUMBER, True)
    assert sign_in(api, OTHER_NUMBER).user["id"] == ann.user["id"]
    assert verify(api, ann, changing).outcome == INVALID  # one slot: the sign-in's code took its place
    change_number(api, ann.token)
    assert sign_in(api).user["id"] == ann.user["id"]
    assert sign_in(api, OTHER_NUMBER).user["id"] != ann.user["id"]


def test_code_works_once(api: Api, ann: Reply) -> None:
    change_number(api, ann.token)
    assert verify(api, ann, code()).outcome == INVALID


def test_own_number_may_be_proven_again(api: Api, ann: Reply) -> None:
    change_number(api, ann.token)
    Account.objects.update(phone_number_verified=False)
    change_number(api, ann.token)
    assert phone_of(ann) == (NUMBER, True)


@pytest.mark.parametrize("proven", [True, False])
def test_number_of_another_user_is_refused_without_an_sms(api: Api, ann: Reply, proven: bool) -> None:
    sign_in(api)
    Account.objects.filter(phone_number=NUMBER).update(phone_number_verified=proven)
    memory.outbox.clear()
    assert api.post(CHANGE, NEW, token=ann.token).outcome == (409, "user-already-exists")
    assert (memory.outbox, OneTimeCode.objects.count()) == ([], 0)


def test_number_that_only_waits_for_another_user_is_free(api: Api, ann: Reply) -> None:
    api.post(SEND, {"phoneNumber": NUMBER})
    change_number(api, ann.token)
    assert phone_of(ann) == (NUMBER, True)


def test_number_taken_meanwhile_is_told_and_the_code_stays(api: Api, ann: Reply) -> None:
    api.post(CHANGE, NEW, token=ann.token)
    changing, bob = code(), sign_in(api)
    for _ in range(6):  # a right code is no wrong guess either
        assert verify(api, ann, changing).outcome == (409, "user-already-exists")
    assert (phone_of(ann), phone_of(bob)) == ((None, False), (NUMBER, True))
    change_number(api, bob.token, OTHER_NUMBER)
    assert verify(api, ann, changing).status == 200
    assert phone_of(ann) == (NUMBER, True)


def test_fifth_wrong_guess_burns_the_code(api: Api, ann: Reply) -> None:
    api.post(CHANGE, NEW, token=ann.token)
    right = code()
    assert [verify(api, ann, wrong(right)).outcome for _ in range(5)] == [INVALID] * 4 + [BURNED]
    assert verify(api, ann, right).outcome == BURNED
    assert phone_of(ann) == (None, False)
    change_number(api, ann.token)


def test_code_lives_five_minutes_and_is_then_no_longer_counted_at(api: Api) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ann = api.sign_up()
        api.post(CHANGE, NEW, token=ann.token)
        clock.shift(301)
        assert [verify(api, ann, code()).outcome for _ in range(6)] == [INVALID] * 6
        api.post(CHANGE, NEW, token=ann.token)
        clock.shift(299)
        assert verify(api, ann, code()).status == 200


def test_code_is_good_for_its_own_number_only_and_other_numbers_are_not_counted(api: Api, ann: Reply) -> None:
    api.post(CHANGE, NEW, token=ann.token)
    assert [verify(api, ann, code(), OTHER_NUMBER).outcome for _ in range(6)] == [INVALID] * 6
    assert verify(api, ann, code()).status == 200


def test_code_is_good_for_its_own_user_only(api: Api, ann: Reply) -> None:
    bob = api.sign_up("bob@example.com")
    api.post(CHANGE, NEW, token=ann.token)
    assert verify(api, bob, code()).outcome == INVALID
    assert phone_of(bob) == (None, False)


def test_newer_request_takes_the_place_of_the_older(api: Api, ann: Reply) -> None:
    api.post(CHANGE, NEW, token=ann.token)
    api.post(CHANGE, {"newPhoneNumber": OTHER_NUMBER}, token=ann.token)
    assert verify(api, ann, code()).outcome == INVALID
    assert verify(api, ann, code(OTHER_NUMBER), OTHER_NUMBER).status == 200
    assert phone_of(ann) == (OTHER_NUMBER, True)


def test_code_to_sign_in_changes_no_number(api: Api) -> None:
    ann = sign_in(api)
    api.post(SEND, {"phoneNumber": NUMBER})
    assert verify(api, ann, code()).outcome == INVALID
    assert use(api, code()).status == 200


@both
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("AUTH_SMS_PASSWORDLESS_ENABLED", (409, "disabled-endpoint")),
        ("deleted", (401, "invalid-email-password")),
        ("disabled", (401, "disabled-user")),
        ("unverified", (401, "unverified-user")),
        ("blocked", (401, "invalid-email-password")),
        ("anonymous", (403, "forbidden-anonymous")),
    ],
)
def test_who_may_not_ask(
    api: Api, ann: Reply, settings: Any, path: str, fault: str, outcome: tuple[int, str | None]
) -> None:
    api.post(CHANGE, NEW, token=ann.token)
    body = NEW if path == CHANGE else {**NEW, "otp": code()}
    user = account(ann).user
    if fault == "disabled":
        user.is_active = False
        user.save()
    elif fault == "deleted":
        user.delete()
    settings.AUTH_SMS_PASSWORDLESS_ENABLED = fault != "AUTH_SMS_PASSWORDLESS_ENABLED"
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = fault == "unverified"
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"] if fault == "blocked" else []
    token = api.anonymous().token if fault == "anonymous" else ann.token
    assert api.post(path, body, token=token).outcome == outcome
    assert len(texts()) == 1
    assert not Account.objects.filter(phone_number=NUMBER).exists()


def test_user_without_an_address_may_change_the_number_whatever_is_asked_of_addresses(api: Api, settings: Any) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    settings.AUTH_ACCESS_CONTROL_ALLOWED_EMAIL_DOMAINS = ["example.com"]
    session = sign_in(api, OTHER_NUMBER)
    change_number(api, session.token)
    assert phone_of(session) == (NUMBER, True)


@both
def test_token_is_needed(api: Api, path: str) -> None:
    reply = api.post(path, body_of(path))
    assert (reply.outcome, reply.json["securityScheme"]) == ((401, "unauthorized"), "BearerAuthElevated")


@both
def test_elevation_is_needed_where_the_project_requires_it(api: Api, ann: Reply, settings: Any, path: str) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = "required"
    reply = api.post(path, body_of(path), token=ann.token)
    assert (reply.outcome, reply.json["reason"]) == ((401, "unauthorized"), "elevated claim required")
    claims = {**ann.hasura, "x-hasura-auth-elevated": ann.user["id"]}
    everything = {**ann.claims, "https://hasura.io/jwt/claims": claims}
    proven = jwt.encode(everything, settings.HASURA_GRAPHQL_JWT_SECRET["key"], "HS256")
    assert api.post(path, body_of(path), token=proven).outcome == ((200, None) if path == CHANGE else INVALID)


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        (CHANGE, {}, 'property "newPhoneNumber" is missing'),
        (CHANGE, {"newPhoneNumber": 1}, "value must be a string"),
        (CHANGE, {"newPhoneNumber": "1" * 65}, "maximum string length is 64"),
        (CHANGE, {**NEW, "options": {}}, 'property "options" is unsupported'),
        (CHANGE_VERIFY, NEW, 'property "otp" is missing'),
        (CHANGE_VERIFY, {**NEW, "otp": 123456}, "value must be a string"),
        (CHANGE_VERIFY, {**NEW, "phoneNumber": NUMBER}, 'property "phoneNumber" is unsupported'),
    ],
    ids=str,
)
def test_body_is_checked(api: Api, ann: Reply, path: str, body: dict[str, Any], reason: str) -> None:
    reply = api.post(path, body, token=ann.token)
    assert (reply.outcome, reply.json["reason"]) == ((400, "schema-validation-error"), reason)


def test_concealment(api: Api, ann: Reply, settings: Any) -> None:
    sign_in(api, OTHER_NUMBER)
    settings.AUTH_CONCEAL_ERRORS = True
    taken = api.post(CHANGE, {"newPhoneNumber": OTHER_NUMBER}, token=ann.token)
    assert taken.outcome == (400, "invalid-request")
    api.post(CHANGE, NEW, token=ann.token)
    assert verify(api, ann, wrong(code())).outcome == (400, "invalid-request")
