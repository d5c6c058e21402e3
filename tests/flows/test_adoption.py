"""Users that the host makes and edits get accounts that follow them (design.md section 4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nhost_auth.models import Account, AuditEvent
from tests.conftest import PASSWORD, Api, Inbox

ANN, BOB = "ann@example.com", "bob@example.com"
ROLES = {"me", "user", "editor"}
BELONGS_TO_ANOTHER = "belongs to another account"


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("admin", "admin@example.com", PASSWORD))
    return client


def edit(admin: Client, user: User, **changes: str) -> Any:
    """Post the admin's change form of a user."""
    fields = {"username": user.username, "email": user.email, "is_active": "on"}
    joined = {"date_joined_0": "2026-01-31", "date_joined_1": "12:00:00"}
    return admin.post(f"/admin/auth/user/{user.pk}/change/", fields | joined | changes)


def migrate() -> None:
    call_command("migrate", verbosity=0)


def verified(user: User) -> Account:
    """The account of a user whose address has been proven."""
    Account.objects.filter(user=user).update(email_verified=True)
    return Account.objects.get(user=user)


def by_command() -> None:
    call_command("createsuperuser", interactive=False, verbosity=0, username="new", email=ANN)


def by_admin() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("admin", "admin@example.com", PASSWORD))
    form = {"username": "new", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/admin/auth/user/add/", form).status_code == 302


def by_code() -> None:
    User.objects.create_user("new", ANN, PASSWORD)


def before_the_installation() -> None:
    User.objects.bulk_create([User(username="new", email=ANN)])  # sends no signal
    migrate()


@pytest.mark.django_db
@pytest.mark.parametrize("make", [by_command, by_admin, by_code, before_the_installation])
def test_every_user_of_the_host_has_an_account_with_the_configured_roles(make: Callable[[], None]) -> None:
    make()
    user = User.objects.get(username="new")
    account = user.account
    assert set(account.roles.values_list("name", flat=True)) == ROLES
    assert (account.default_role_id, account.locale) == ("user", "en")
    assert account.email == (user.email or None)
    assert account.email_normalized == account.email
    assert not account.email_verified
    assert not account.is_anonymous


def test_user_of_the_host_signs_in_with_its_password(api: Api) -> None:
    user = User.objects.create_user("new", "Ann@Example.com", PASSWORD)
    session = api.sign_in(ANN)
    assert (session.status, session.user["id"]) == (200, str(user.account.pk))
    assert set(session.user["roles"]) == ROLES


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"first_name": "Ann", "last_name": "Lee", "email": ANN}, "Ann Lee"),
        ({"email": ANN}, ANN),
        ({}, "new"),
    ],
)
@pytest.mark.django_db
def test_display_name_is_the_best_the_host_knows(fields: dict[str, str], name: str) -> None:
    assert User.objects.create_user("new", **fields).account.display_name == name


@pytest.mark.django_db
def test_hundreds_of_users_from_before_the_installation_get_accounts() -> None:
    # More than one batch.
    User.objects.bulk_create(User(username=f"u{number}", email=f"u{number}@example.com") for number in range(520))
    migrate()
    accounts = Account.objects.values_list("user__email", "email")
    assert len(accounts) == 520
    assert all(theirs == ours for theirs, ours in accounts)


@pytest.mark.django_db
def test_migrating_again_leaves_accounts_as_they_are() -> None:
    User.objects.create_user("new", ANN)
    before = list(Account.objects.values())
    migrate()
    assert list(Account.objects.values()) == before


@pytest.mark.django_db
def test_of_two_users_from_before_with_one_address_the_first_has_it() -> None:
    User.objects.bulk_create([User(username="first", email=ANN), User(username="second", email=ANN.upper())])
    migrate()
    assert User.objects.get(username="first").account.email == ANN
    assert User.objects.get(username="second").account.email is None


@pytest.mark.django_db
def test_users_of_a_fixture_are_adopted_by_the_next_migrate(tmp_path: Path) -> None:
    fixture = tmp_path / "users.json"
    fixture.write_text(json.dumps([{"model": "auth.user", "fields": {"username": "new", "email": ANN}}]))
    call_command("loaddata", fixture, verbosity=0)
    assert not Account.objects.exists()
    migrate()
    assert User.objects.get(username="new").account.email == ANN


def test_users_and_accounts_survive_being_dumped_and_loaded(api: Api, tmp_path: Path) -> None:
    user = api.sign_up(ANN).user
    dump = str(tmp_path / "dump.json")
    call_command("dumpdata", "auth.user", "nhost_auth", output=dump, verbosity=0)
    User.objects.all().delete()
    call_command("loaddata", dump, verbosity=0)
    assert Account.objects.count() == 1
    assert api.sign_in(ANN).user["id"] == user["id"]


@pytest.mark.parametrize("email", ["new@example.com", "New@example.com"])
def test_address_edited_in_the_admin_reaches_the_account_unverified(admin: Client, email: str) -> None:
    user = User.objects.create_user("ann", ANN)
    verified(user)
    assert edit(admin, user, email=email).status_code == 302
    account = Account.objects.get(user=user)
    assert (account.email, account.email_normalized) == (email, email.lower())
    assert not account.email_verified


@pytest.mark.parametrize(("email", "same"), [("Ann@Example.com", True), ("\xe4nn@example.com", False)], ids=ascii)
def test_small_edit_of_an_address_reaches_the_account_too(db: None, email: str, same: bool) -> None:
    user = User.objects.create_user("ann", "ann@example.com")
    verified(user)
    user.email = email
    user.save()
    account = Account.objects.get(user=user)
    assert (account.email, account.email_normalized, account.email_verified) == (email, email.lower(), same)


def test_edit_of_something_else_leaves_the_address_verified(admin: Client) -> None:
    user = User.objects.create_user("ann", ANN)
    verified(user)
    assert edit(admin, user, first_name="Ann").status_code == 302
    assert Account.objects.get(user=user).email_verified


def test_address_cleared_in_the_admin_leaves_the_account_without(admin: Client) -> None:
    user = User.objects.create_user("ann", ANN)
    verified(user)
    assert edit(admin, user, email="").status_code == 302
    account = Account.objects.get(user=user)
    assert (account.email, account.email_normalized, account.email_verified) == (None, None, False)


@pytest.mark.parametrize("taken", [ANN, "ANN@Example.com"])
def test_address_of_another_account_is_refused_in_the_admin(api: Api, admin: Client, taken: str) -> None:
    api.sign_up(ANN)
    user = User.objects.create_user("bob", BOB)
    verified(user)
    response = edit(admin, user, email=taken, first_name="Bob")
    assert response.status_code == 200
    assert BELONGS_TO_ANOTHER in response.content.decode()
    user.refresh_from_db()
    assert (user.email, user.first_name) == (BOB, "")
    account = Account.objects.get(user=user)
    assert (account.email, account.email_verified) == (BOB, True)


@pytest.mark.parametrize("taken", [ANN, "ANN@Example.com"])
def test_createsuperuser_refuses_the_address_of_another_account(api: Api, taken: str) -> None:
    api.sign_up(ANN)
    with pytest.raises(CommandError, match=BELONGS_TO_ANOTHER):
        call_command("createsuperuser", interactive=False, username="root", email=taken)
    assert not User.objects.filter(username="root").exists()


@pytest.mark.parametrize("taken", [ANN, "ANN@Example.com"])
def test_code_that_skips_validation_is_let_through_and_the_account_keeps_its_address(api: Api, taken: str) -> None:
    api.sign_up(ANN)
    user = User.objects.create_user("bob", BOB)
    verified(user)
    user.email = taken
    user.save()
    account = Account.objects.get(user=user)
    assert (account.email, account.email_verified) == (BOB, True)
    assert User.objects.get(pk=user.pk).email == taken
    assert api.sign_in(ANN).status == 200


def test_user_made_by_code_with_the_address_of_another_account_gets_an_account_without(api: Api) -> None:
    owner = api.sign_up(ANN).user["id"]
    assert User.objects.create_user("second", ANN.upper(), PASSWORD).account.email is None
    assert api.sign_in(ANN).user["id"] == owner


def test_link_mailed_to_the_old_address_does_not_prove_the_new_one(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    api.sign_up(ANN)
    user = User.objects.get()
    user.email = BOB
    user.save()
    api.get("/verify", query=inbox.last().query)
    assert not Account.objects.get(user=user).email_verified


def test_code_mailed_to_the_old_address_does_not_prove_the_new_one(api: Api, inbox: Inbox) -> None:
    api.post("/signin/otp/email", {"email": ANN})
    user = User.objects.get()
    user.email = BOB
    user.save()
    reply = api.post("/signin/otp/email/verify", {"email": BOB, "otp": inbox.last().ticket})
    assert reply.outcome == (400, "invalid-otp")
    assert not Account.objects.get(user=user).email_verified


def touches_accounts(user: User, **options: Any) -> bool:
    with CaptureQueriesContext(connection) as captured:
        user.save(**options)
    return any(Account._meta.db_table in query["sql"] for query in captured.captured_queries)


@pytest.mark.django_db
def test_save_that_leaves_out_the_address_asks_nothing_of_accounts() -> None:
    user = User.objects.create_user("ann", ANN)
    assert not touches_accounts(user, update_fields=["last_login"])
    assert touches_accounts(user, update_fields=["email"])


@pytest.mark.django_db(transaction=True)
def test_what_the_host_does_to_users_is_in_the_audit_trail() -> None:
    user = User.objects.create_user("ann", "ann@example.com")
    account_id = user.account.pk
    user.email = "new@example.com"
    user.save()
    User.objects.filter(pk=user.pk).delete()
    events = AuditEvent.objects.filter(account_id=account_id).order_by("number")
    assert [event.event for event in events] == ["email_changed_by_host", "account_deleted"]
