"""Accounts beyond what single endpoints show: clashes, changed addresses, guests (accounts.md 1.10, 3.1, 3.4, 3.17)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError

from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, OneTimeCode, Ticket
from tests.conftest import PASSWORD, Api, Inbox, Reply, account

ANN, NEW = "ann@example.com", "new@example.com"
NUMBER = "+12025550100"


def one_name_for_all(**fields: Any) -> Any:
    """A factory of the host that never makes a second user: its user names clash."""
    return get_user_model()(**{**fields, "username": "everybody"})


@pytest.fixture(autouse=True)
def switched_on(settings: Any) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = settings.AUTH_SMS_PASSWORDLESS_ENABLED = True
    settings.AUTH_SMS_PROVIDER = "memory"


# Every way that makes an account for an address, and what it answers to one that somebody has.
MAKING: dict[str, tuple[str, dict[str, Any], tuple[int, str | None]]] = {
    "password": ("/signup/email-password", {"password": PASSWORD}, (409, "user-already-exists")),
    "link": ("/signup/passwordless/email", {}, (200, None)),
    "code": ("/signup/otp/email", {}, (200, None)),
    "sign-in link": ("/signin/passwordless/email", {}, (200, None)),
    "sign-in code": ("/signin/otp/email", {}, (200, None)),
}


@pytest.mark.parametrize("way", MAKING)
def test_one_address_is_one_account_in_any_case_by_every_way(api: Api, way: str) -> None:
    path, body, known = MAKING[way]
    assert api.post(path, {"email": "Ann@Example.com", **body}).status == 200
    assert api.post(path, {"email": "aNN@eXAMPLE.com", **body}).outcome == known
    assert Account.objects.get().email == "Ann@Example.com"
    assert get_user_model().objects.get().email == "Ann@Example.com"


@pytest.mark.parametrize("way", MAKING)
def test_clash_that_is_not_about_the_address_is_no_answer_of_ours_and_leaves_nothing(
    api: Api, settings: Any, way: str
) -> None:
    settings.AUTH_USER_FACTORY = f"{__name__}.one_name_for_all"
    path, body, _ = MAKING[way]
    assert api.post(path, {"email": ANN, **body}).status == 200
    with pytest.raises(IntegrityError):
        api.post(path, {"email": "bob@example.com", **body})
    assert [stored.email for stored in Account.objects.all()] == [ANN]
    assert get_user_model().objects.count() == 1


def test_two_guests_may_become_users_of_two_addresses_but_not_of_one(api: Api) -> None:
    guests = [api.anonymous(), api.anonymous()]
    body = {"signInMethod": "email-password", "email": ANN, "password": PASSWORD}
    assert api.post("/user/deanonymize", body, token=guests[0].token).status == 200
    taken = api.post("/user/deanonymize", {**body, "email": ANN.upper()}, token=guests[1].token)
    assert taken.outcome == (409, "user-already-exists")
    assert account(guests[1]).is_anonymous is True
    assert api.post("/user/deanonymize", {**body, "email": NEW}, token=guests[1].token).status == 200


def confirm_change(api: Api, inbox: Inbox, session: Reply) -> None:
    api.post("/user/email/change", {"newEmail": NEW}, token=session.token)
    assert "refreshToken" in api.get("/verify", query=inbox.last().query).query


# What was mailed to the old address, and whether it still opens anything afterwards.
MAILED: dict[str, Callable[[Api], Reply]] = {
    "verification": lambda api: api.post("/user/email/send-verification-email", {"email": ANN}),
    "sign-in link": lambda api: api.post("/signin/passwordless/email", {"email": ANN}),
    "reset link": lambda api: api.post("/user/password/reset", {"email": ANN}),
}


@pytest.mark.parametrize("mailed", MAILED)
def test_link_mailed_to_the_old_address_ends_with_it(api: Api, inbox: Inbox, mailed: str) -> None:
    session = api.sign_up()
    assert MAILED[mailed](api).status == 200
    old = inbox.last()
    confirm_change(api, inbox, session)
    assert api.get("/verify", query=old.query).query["error"] == "invalid-ticket"


def test_code_mailed_to_the_old_address_ends_with_it(api: Api, inbox: Inbox) -> None:
    session = api.sign_up()
    api.post("/user/email/change", {"newEmail": NEW}, token=session.token)
    confirmation = inbox.last()
    api.post("/signin/otp/email", {"email": ANN})
    code = inbox.last().ticket
    assert "refreshToken" in api.get("/verify", query=confirmation.query).query
    for address in (ANN, NEW):
        body = {"email": address, "otp": code}
        assert api.post("/signin/otp/email/verify", body).outcome == (400, "invalid-otp")


def test_code_sent_to_a_phone_outlives_the_change_of_address(api: Api, inbox: Inbox) -> None:
    session = api.sign_up()
    api.post("/user/phone-number/change", {"newPhoneNumber": NUMBER}, token=session.token)
    code = memory.outbox[-1].text[-7:-1]
    confirm_change(api, inbox, session)
    body = {"newPhoneNumber": NUMBER, "otp": code}
    assert api.post("/user/phone-number/change/verify", body, token=session.token).status == 200


def test_former_address_is_free_for_others(api: Api, inbox: Inbox) -> None:
    session = api.sign_up()
    confirm_change(api, inbox, session)
    other = api.sign_up()
    assert (other.status, other.user["id"] != session.user["id"]) == (200, True)
    assert api.sign_in(NEW).user["id"] == session.user["id"]


def test_change_that_comes_too_late_keeps_what_was_mailed_to_the_address_that_stays(api: Api, inbox: Inbox) -> None:
    session = api.sign_up()
    api.post("/user/password/reset", {"email": ANN})
    reset = inbox.last()
    api.post("/user/email/change", {"newEmail": NEW}, token=session.token)
    late = inbox.last()
    api.sign_up(NEW)
    assert api.get("/verify", query=late.query).query["error"] == "user-already-exists"
    assert "refreshToken" in api.get("/verify", query=reset.query).query


def test_account_goes_with_the_hosts_user_and_all_it_had(api: Api) -> None:
    session = api.sign_up()
    api.post("/signin/otp/email", {"email": ANN})
    api.post("/user/password/reset", {"email": ANN})
    assert (OneTimeCode.objects.count(), Ticket.objects.count()) == (1, 1)
    account(session).user.delete()
    assert (Account.objects.count(), OneTimeCode.objects.count(), Ticket.objects.count()) == (0, 0, 0)
    assert api.sign_up().user["id"] != session.user["id"]
