"""POST /signin/passwordless/sms and /signin/passwordless/sms/otp (accounts.md 3.10, 3.12, 1.16)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, RefreshToken
from tests.conftest import Api, Inbox, Reply, account
from tests.sms_inbox import NUMBER, OTHER_NUMBER, OTP, SEND, change_number, code, open_inbox, sign_in, texts, use, wrong

PHONE = {"phoneNumber": NUMBER}
OPTIONS = {"displayName": "Ann", "locale": "fr", "allowedRoles": ["me"], "defaultRole": "me", "metadata": {"a": 1}}
INVALID, BURNED = (400, "invalid-otp"), (400, "otp-too-many-attempts")


@pytest.fixture(autouse=True)
def sms(settings: Any) -> None:
    open_inbox(settings)


def stored() -> Account:
    """The one account there is."""
    found = Account.objects.get_with_roles(pk=Account.objects.get().pk)
    assert found is not None
    return found


def disable(owner: Account) -> None:
    owner.user.is_active = False
    owner.user.save()


def ann_with_number(api: Api) -> Reply:
    """A user with an address, not proven, and a number."""
    ann = api.sign_up()
    change_number(api, ann.token)
    return ann


def test_unknown_number_gets_a_code_and_waits_to_own_it(api: Api) -> None:
    reply = api.post(SEND, PHONE)
    assert (reply.status, reply.text) == (200, '"OK"\n')
    assert texts() == [f"Your code is {code()}."]
    assert code().isdigit()
    waiting = stored()
    assert (waiting.phone_number, waiting.phone_number_verified) == (None, False)
    assert (waiting.email, waiting.is_anonymous, waiting.user.last_login) == (None, False, None)
    assert waiting.user.has_usable_password() is False


def test_code_opens_the_first_session_and_proves_the_number(api: Api) -> None:
    reply = sign_in(api)
    assert (reply.status, set(reply.json)) == (200, {"session"})
    user = reply.user
    assert (user["phoneNumber"], user["phoneNumberVerified"], user["displayName"]) == (NUMBER, True, NUMBER)
    assert (user["isAnonymous"], user["emailVerified"], "email" in user) == (False, False, False)
    assert (user["roles"], user["defaultRole"], user["locale"]) == (["editor", "me", "user"], "user", "en")
    assert reply.hasura["x-hasura-user-is-anonymous"] == "false"
    assert stored().user.last_login is not None


def test_options_are_the_new_users(api: Api) -> None:
    api.post(SEND, {**PHONE, "options": OPTIONS})
    assert texts() == [f"Votre code est {code()}."]
    user = use(api, code()).user
    assert (user["displayName"], user["locale"], user["metadata"]) == ("Ann", "fr", {"a": 1})
    assert (user["defaultRole"], user["roles"]) == ("me", ["me"])
    api.post(SEND, PHONE)
    assert texts()[-1] == f"Votre code est {code()}."


def test_known_number_signs_in_its_owner(api: Api) -> None:
    first, second = sign_in(api), sign_in(api)
    assert (second.user["id"], len(texts())) == (first.user["id"], 2)
    assert api.post("/token", {"refreshToken": first.refresh_token}).status == 200


def test_number_that_was_never_proven_is_proven_by_the_code(api: Api) -> None:
    sign_in(api)
    Account.objects.update(phone_number_verified=False)
    assert sign_in(api).user["phoneNumberVerified"] is True
    assert stored().phone_number_verified is True


def test_options_of_a_known_number_are_checked_but_not_applied(api: Api) -> None:
    sign_in(api)
    reply = api.post(SEND, {**PHONE, "options": {"allowedRoles": ["admin"]}})
    assert (reply.outcome, len(texts())) == ((400, "role-not-allowed"), 1)
    api.post(SEND, {**PHONE, "options": OPTIONS})
    assert texts()[-1] == f"Your code is {code()}."  # the owner's locale, not the request's
    user = use(api, code()).user
    assert (user["displayName"], user["locale"], user["roles"]) == (NUMBER, "en", ["editor", "me", "user"])


def test_numbers_are_compared_as_typed(api: Api) -> None:
    sign_in(api, "+1 202 555 0100")
    assert use(api, wrong(), NUMBER).outcome == INVALID
    assert sign_in(api, NUMBER).user["phoneNumber"] == NUMBER
    assert Account.objects.count() == 2


def test_asking_again_takes_the_newest_request_and_adds_no_rows(api: Api) -> None:
    api.post(SEND, {**PHONE, "options": OPTIONS})
    old = code()
    api.post(SEND, {**PHONE, "options": {"displayName": "Bob"}})
    assert Account.objects.count() == get_user_model().objects.count() == 1
    if code() != old:  # once in a million they are one
        assert use(api, old).outcome == INVALID
    user = use(api, code()).user
    assert (user["displayName"], user["metadata"], user["roles"]) == ("Bob", {}, ["editor", "me", "user"])


@pytest.mark.parametrize("how", ["expired", "burned"])
def test_asking_again_after_the_code_is_lost_adds_no_rows(api: Api, how: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        api.post(SEND, PHONE)
        if how == "expired":
            clock.shift(3600)
        for _ in range(5 if how == "burned" else 0):
            use(api, wrong(code()))
        assert use(api, code()).outcome == (BURNED if how == "burned" else INVALID)
        assert sign_in(api).status == 200
    assert Account.objects.count() == 1


def test_asking_again_where_new_users_are_disabled_adds_no_rows(api: Api, settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    assert [api.post(SEND, PHONE).outcome for _ in range(3)] == [(401, "disabled-user")] * 3
    assert (Account.objects.count(), texts()) == (1, [])


def test_number_that_waited_before_new_users_were_disabled_is_told_so(api: Api, settings: Any) -> None:
    api.post(SEND, PHONE)
    settings.AUTH_DISABLE_NEW_USERS = True
    assert api.post(SEND, PHONE).outcome == (401, "disabled-user")
    assert (Account.objects.count(), len(texts())) == (1, 1)


@pytest.mark.parametrize(
    ("switch", "outcome", "accounts"),
    [
        ({"AUTH_SMS_PASSWORDLESS_ENABLED": False}, (409, "disabled-endpoint"), 0),
        ({"AUTH_DISABLE_AUTO_SIGNUP": True}, (200, None), 0),
        ({"AUTH_DISABLE_SIGNUP": True}, (403, "signup-disabled"), 0),
        ({"AUTH_DISABLE_SIGNUP": True, "AUTH_DISABLE_AUTO_SIGNUP": True}, (200, None), 0),
        ({"AUTH_DISABLE_NEW_USERS": True}, (401, "disabled-user"), 1),
        ({"AUTH_DISABLE_NEW_USERS": True, "AUTH_DISABLE_SIGNUP": True}, (403, "signup-disabled"), 0),
    ],
    ids=str,
)
def test_switches_for_an_unknown_number_and_none_wastes_an_sms(
    api: Api, settings: Any, switch: dict[str, Any], outcome: tuple[int, str | None], accounts: int
) -> None:
    for name, value in switch.items():
        setattr(settings, name, value)
    assert api.post(SEND, PHONE).outcome == outcome
    assert (Account.objects.count(), list(memory.outbox)) == (accounts, [])
    assert all(found.disabled for found in Account.objects.all())


@pytest.mark.parametrize(
    ("change", "outcome"), [("disabled", (401, "disabled-user")), ("anonymous", (403, "forbidden-anonymous"))]
)
def test_owner_who_may_not_come_in_is_told_so_and_gets_no_sms(
    api: Api, change: str, outcome: tuple[int, str | None]
) -> None:
    owner = account(sign_in(api))
    if change == "disabled":
        disable(owner)
    else:
        Account.objects.update(is_anonymous=True)
    assert api.post(SEND, {**PHONE, "options": {"locale": "fr"}}).outcome == outcome
    assert len(texts()) == 1
    assert api.post(SEND, {**PHONE, "options": {"defaultRole": "admin"}}).status == 400  # options come first


def test_code_works_once(api: Api) -> None:
    assert sign_in(api).status == 200
    assert use(api, code()).outcome == INVALID
    assert RefreshToken.objects.count() == 1


@pytest.mark.parametrize("known", [True, False])
def test_fifth_wrong_guess_burns_the_code(api: Api, known: bool) -> None:
    if known:
        sign_in(api)
    api.post(SEND, PHONE)
    right = code()
    assert [use(api, wrong(right)).outcome for _ in range(5)] == [INVALID] * 4 + [BURNED]
    assert use(api, right).outcome == BURNED
    assert sign_in(api).status == 200


def test_24_code_lives_five_minutes_and_is_then_no_longer_counted_at(api: Api) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        api.post(SEND, PHONE)
        clock.shift(301)
        assert [use(api, code()).outcome for _ in range(6)] == [INVALID] * 6
        api.post(SEND, PHONE)
        clock.shift(299)
        assert use(api, code()).status == 200


def test_code_is_not_stored_in_clear(api: Api) -> None:
    api.post(SEND, PHONE)
    waiting = stored().one_time_code
    assert code() not in f"{waiting.hash} {waiting.method}"


@pytest.mark.parametrize("number", [OTHER_NUMBER, "", "+12025550100 ", "12025550100"])
def test_code_is_good_for_its_own_number_only(api: Api, number: str) -> None:
    api.post(SEND, PHONE)
    assert use(api, code(), number).outcome == INVALID
    assert use(api, code()).status == 200


def test_code_to_change_a_number_or_of_a_mail_signs_nobody_in(api: Api, inbox: Inbox) -> None:
    ann = ann_with_number(api)
    api.post("/user/phone-number/change", {"newPhoneNumber": OTHER_NUMBER}, token=ann.token)
    assert use(api, code(OTHER_NUMBER), OTHER_NUMBER).outcome == INVALID
    assert use(api, code(OTHER_NUMBER), NUMBER).outcome == INVALID
    api.post("/signin/otp/email", {"email": "ann@example.com"})
    assert use(api, inbox.last().ticket).outcome == INVALID


def test_code_by_sms_takes_the_place_of_one_by_mail(api: Api, inbox: Inbox) -> None:
    ann_with_number(api)
    api.post("/signin/otp/email", {"email": "ann@example.com"})
    api.post(SEND, PHONE)
    mailed = {"email": "ann@example.com", "otp": inbox.last().ticket}
    assert api.post("/signin/otp/email/verify", mailed).outcome == INVALID
    assert api.post("/signin/otp/email/verify", {**mailed, "otp": code()}).outcome == INVALID
    assert use(api, code()).status == 200


def test_user_disabled_meanwhile_is_no_candidate(api: Api) -> None:
    api.post(SEND, PHONE)
    disable(stored())
    assert use(api, code()).outcome == INVALID
    assert (stored().phone_number, RefreshToken.objects.count()) == (None, 0)


def test_role_that_vanished_meanwhile_is_refused(api: Api, settings: Any) -> None:
    api.post(SEND, {**PHONE, "options": {"allowedRoles": ["editor", "user"]}})
    settings.AUTH_USER_DEFAULT_ALLOWED_ROLES = ["me", "user"]
    assert use(api, code()).outcome == (400, "role-not-allowed")
    assert (stored().phone_number, RefreshToken.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    ("switch", "outcome"),
    [
        ({"AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED": True}, (401, "unverified-user")),
        ({"AUTH_ACCESS_CONTROL_BLOCKED_EMAIL_DOMAINS": ["example.com"]}, (401, "invalid-email-password")),
        ({"AUTH_ACCESS_CONTROL_ALLOWED_EMAILS": ["bob@example.com"]}, (401, "invalid-email-password")),
    ],
    ids=str,
)
def test_address_is_looked_at_where_there_is_one(
    api: Api, settings: Any, switch: dict[str, Any], outcome: tuple[int, str | None]
) -> None:
    ann_with_number(api)
    for name, value in switch.items():
        setattr(settings, name, value)
    assert sign_in(api).outcome == outcome
    assert sign_in(api, OTHER_NUMBER).status == 200


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        (SEND, {}, 'property "phoneNumber" is missing'),
        (SEND, {"phoneNumber": 1}, "value must be a string"),
        (SEND, {"phoneNumber": None}, "Value is not nullable"),
        (SEND, {"phoneNumber": "1" * 65}, "maximum string length is 64"),
        (SEND, {**PHONE, "codeChallenge": "x" * 43}, 'property "codeChallenge" is unsupported'),
        (OTP, PHONE, 'property "otp" is missing'),
        (OTP, {**PHONE, "otp": 123456}, "value must be a string"),
    ],
    ids=str,
)
def test_body_is_checked(api: Api, path: str, body: dict[str, Any], reason: str) -> None:
    reply = api.post(path, body)
    assert (reply.outcome, reply.json["reason"]) == ((400, "schema-validation-error"), reason)
    assert (Account.objects.count(), memory.outbox) == (0, [])


@pytest.mark.parametrize("guesses", [1, 5])
def test_concealment(api: Api, settings: Any, guesses: int) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    api.post(SEND, PHONE)
    replies = [use(api, wrong(code())).outcome for _ in range(guesses)]
    assert replies == [(400, "invalid-request")] * guesses
