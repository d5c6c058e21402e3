"""The host's users beside our accounts: making them and writing back what the API changed (design.md section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db.models.signals import post_save
from django.utils import timezone

from nhost_auth.models import Account, Ticket
from tests.conftest import PASSWORD, Api, Inbox, account

ANN, BOB = "ann@example.com", "bob@example.com"
BY_PASSWORD = {"signInMethod": "email-password", "email": ANN, "password": PASSWORD}


def user_from_staff(**values: Any) -> User:
    """An AUTH_USER_FACTORY: a project that fills fields of its own."""
    return User(**values, last_name="Newcomer")


@pytest.fixture
def saved() -> Iterator[list[set[str] | None]]:
    """The fields named to each save() of a user, None where it saved all."""
    saves: list[set[str] | None] = []

    def note(update_fields: frozenset[str] | None, **_: Any) -> None:
        saves.append(set(update_fields) if update_fields is not None else None)

    post_save.connect(note, sender=User)
    yield saves
    post_save.disconnect(note, sender=User)


def test_sign_up_makes_a_user_with_the_address_as_typed_and_the_account_id_as_username(api: Api) -> None:
    reply = api.sign_up("Ann@Example.com")
    user = User.objects.get()
    assert (user.email, user.username) == ("Ann@Example.com", reply.user["id"])
    assert user.check_password(PASSWORD)
    assert user.is_active
    assert not user.is_staff
    assert not user.is_superuser


@pytest.mark.parametrize("verified_first", [False, True])
def test_last_login_is_noted_where_the_sign_up_opens_a_session(api: Api, settings: Any, verified_first: bool) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = verified_first
    api.sign_up()
    assert (User.objects.get().last_login is None) is verified_first


def test_new_user_is_stored_inactive_and_unseen_where_new_users_are_disabled(api: Api, settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    assert api.sign_up().outcome == (401, "disabled-user")
    user = User.objects.get()
    assert (user.is_active, user.last_login) == (False, None)


def test_guest_is_an_active_user_without_address_and_password(api: Api, settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True  # guests are exempt
    user = account(api.anonymous()).user
    assert (user.email, user.is_active) == ("", True)
    assert not user.has_usable_password()


def test_user_made_by_a_code_has_no_password(api: Api) -> None:
    api.post("/signin/otp/email", {"email": ANN})
    assert not User.objects.get().has_usable_password()


def test_factory_of_the_project_makes_the_user(api: Api, settings: Any) -> None:
    settings.AUTH_USER_FACTORY = "tests.flows.test_host_users.user_from_staff"
    user = account(api.sign_up()).user
    assert (user.last_name, user.email) == ("Newcomer", ANN)
    assert api.sign_in().status == 200


def test_sign_in_and_refresh_note_the_last_login_without_the_hosts_save(api: Api, saved: list[set[str] | None]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        secret = api.sign_up().refresh_token
        saved.clear()
        for call in (api.sign_in, lambda: api.post("/token", {"refreshToken": secret})):
            clock.shift(60)
            assert call().status == 200
            assert User.objects.get().last_login == timezone.now()
    assert saved == []


def test_sign_up_saves_the_user_once(api: Api, saved: list[set[str] | None]) -> None:
    api.sign_up()
    assert saved == [None]


def test_deanonymizing_gives_the_user_the_address_and_the_password(api: Api) -> None:
    guest = api.anonymous()
    assert api.post("/user/deanonymize", BY_PASSWORD, token=guest.token).status == 200
    user = User.objects.get()
    assert user.email == ANN
    assert user.check_password(PASSWORD)


def test_deanonymizing_leaves_other_fields_of_the_user_to_the_host(api: Api, saved: list[set[str] | None]) -> None:
    guest = api.anonymous()
    saved.clear()
    assert api.post("/user/deanonymize", BY_PASSWORD, token=guest.token).status == 200
    assert saved == [{"email", "password"}]


def test_refused_deanonymizing_leaves_the_user_as_it_was(api: Api) -> None:
    api.sign_up(ANN)
    guest = api.anonymous()
    assert api.post("/user/deanonymize", BY_PASSWORD, token=guest.token).outcome == (409, "user-already-exists")
    user = account(guest).user
    assert user.email == ""
    assert not user.has_usable_password()


def test_confirmed_change_of_address_reaches_the_user_and_stays_verified(api: Api) -> None:
    found = account(api.sign_up(ANN))
    ticket = Ticket.objects.issue(found, Ticket.Kind.EMAIL_CONFIRM_CHANGE, {"newEmail": "Bob@Example.com"})
    assert "error" not in api.get("/verify", query={"ticket": ticket, "redirectTo": "https://app.example.com"}).query
    assert User.objects.get().email == "Bob@Example.com"
    found.refresh_from_db()
    assert (found.email, found.email_normalized, found.email_verified) == ("Bob@Example.com", BOB, True)


def test_refused_change_of_address_leaves_the_user_as_it_was(api: Api) -> None:
    found = account(api.sign_up(ANN))
    api.sign_up(BOB)
    ticket = Ticket.objects.issue(found, Ticket.Kind.EMAIL_CONFIRM_CHANGE, {"newEmail": BOB.upper()})
    followed = api.get("/verify", query={"ticket": ticket, "redirectTo": "https://app.example.com"})
    assert followed.query["error"] == "user-already-exists"
    assert User.objects.get(pk=found.user_id).email == ANN
    assert Account.objects.get(pk=found.pk).email == ANN


def test_made_up_address_of_a_guest_never_becomes_the_accounts(api: Api, inbox: Inbox) -> None:
    guest = account(api.anonymous())
    guest.user.email = f"{guest.pk}@anonymous.invalid"  # as where the host's column is unique
    guest.user.save()
    guest.refresh_from_db()
    assert guest.email is None
