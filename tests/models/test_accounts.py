"""Accounts beside the host's users: addresses, roles, cascades (accounts.md 1.10, 5; design.md 4)."""

from __future__ import annotations

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nhost_auth.models import Account, AccountRole, Role
from nhost_auth.models.accounts import normalize_email

pytestmark = pytest.mark.django_db
ANN = "ann@example.com"


def new(name: str = "ann", email: str = "") -> Account:
    """The account of a new user of the host."""
    account: Account = User.objects.create_user(name, email).account
    return account


@pytest.mark.parametrize("email", [ANN, "Ann@Example.com", "ANN@EXAMPLE.COM"])
def test_address_is_one_in_any_case(email: str) -> None:
    assert normalize_email(email) == ANN
    new("ann", ANN)
    other = new("other")
    other.set_email(email)
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


@pytest.mark.parametrize("email", [ANN, "ann@EXAMPLE.com"])
def test_account_is_found_by_its_address_in_any_case(email: str) -> None:
    account = new("ann", "Ann@example.com")
    assert Account.objects.find_by_email(email) == account
    assert Account.objects.find_by_email("bob@example.com") is None


def test_address_is_kept_as_typed_and_unverified() -> None:
    account = new("ann", ANN)
    account.email_verified = True
    account.set_email("Bob@Example.com")
    account.save()
    account.refresh_from_db()
    assert (account.email, account.email_normalized) == ("Bob@Example.com", "bob@example.com")
    assert not account.email_verified


@pytest.mark.parametrize("nothing", [None, ""])
def test_many_accounts_may_have_no_address_and_no_number(nothing: str | None) -> None:
    for name in ("one", "two"):
        account = new(name)
        account.set_email(nothing)
        account.save()
    assert Account.objects.filter(email_normalized=None, phone_number=None).count() == 2


def test_number_is_one_accounts() -> None:
    Account.objects.filter(pk=new("ann").pk).update(phone_number="+15550001")
    other = new("other")
    other.phone_number = "+15550001"
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_account_user_and_role_names_come_in_one_statement() -> None:
    pk = new("ann", ANN).pk
    with CaptureQueriesContext(connection) as captured:
        account = Account.objects.get_with_roles(pk=pk)
        assert account is not None
        assert account.user.username == "ann"
        assert account.user.account is account
    assert account.role_names == ["editor", "me", "user"]
    assert len(captured) == 1


def test_account_without_roles_is_found_and_a_missing_one_is_none() -> None:
    account = new("ann")
    account.account_roles.all().delete()
    found = Account.objects.get_with_roles(pk=account.pk)
    assert found is not None
    assert found.role_names == []
    assert Account.objects.get_with_roles(email_normalized=ANN) is None


def test_roles_of_a_new_account_come_into_being_with_it() -> None:
    user = User(username="ann")
    User.objects.bulk_create([user])  # sends no signal, so nobody has made an account
    account = Account(user=User.objects.get(), locale="en", default_role_id="chief")
    Account.objects.create_with_roles(account, ["writer", "chief", "me"])
    assert account.role_names == ["chief", "me", "writer"]
    assert set(account.roles.all()) == set(Role.objects.filter(name__in=["writer", "chief", "me"]))


def test_account_is_disabled_where_its_user_is_not_active() -> None:
    account = new("ann")
    assert not account.disabled
    User.objects.update(is_active=False)
    assert Account.objects.get(pk=account.pk).disabled


def test_touch_notes_the_last_login_and_nothing_else() -> None:
    account = new("ann")
    account.user.first_name = "not to be saved"
    with time_machine.travel(timezone.now(), tick=False):
        account.touch()
        assert User.objects.values_list("last_login", "first_name").get() == (timezone.now(), "")


def test_deleting_the_user_deletes_the_account_and_its_roles_but_not_the_roles_themselves() -> None:
    new("ann")
    User.objects.all().delete()
    assert not Account.objects.exists()
    assert not AccountRole.objects.exists()
    assert Role.objects.filter(name="editor").exists()


def test_deleting_users_in_bulk_leaves_others_alone() -> None:
    new("ann", ANN)
    kept = new("bob", "bob@example.com")
    User.objects.filter(username="ann").delete()
    assert Account.objects.get() == kept


@pytest.mark.parametrize(
    ("email", "number", "name"), [(ANN, "+15550001", ANN), (None, "+15550001", "+15550001"), (None, None, None)]
)
def test_account_is_called_by_what_it_is_known_by(email: str | None, number: str | None, name: str | None) -> None:
    account = Account(email=email, phone_number=number)
    assert str(account) == (name or str(account.pk))
