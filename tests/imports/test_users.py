"""Storing people: whoever would take something from somebody here is left out."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models.signals import post_save

from nhost_auth.flows import adoption
from nhost_auth.imports import users
from nhost_auth.imports.report import Report
from nhost_auth.imports.users import ImportedUser
from nhost_auth.models import Account, Ticket
from tests.conftest import Api, account

pytestmark = pytest.mark.django_db

User = get_user_model()


def somebody(email: str | None = "ann@example.com", **values: Any) -> ImportedUser:
    given = {"row": "x", "id": uuid.uuid4(), "email": email, "password": "!", "default_role": "user"} | values
    return ImportedUser(**given)


def store(*found: ImportedUser, update: bool = False) -> Report:
    report = Report()
    users.store(found, report, update=update)
    return report


def test_nobody_gets_a_second_account(api: Api) -> None:
    seen: list[Any] = []

    def note(instance: Any, **_kwargs: Any) -> None:
        seen.append(instance)

    post_save.connect(note, sender=User)
    try:
        store(somebody(), somebody("bob@example.com"))
    finally:
        post_save.disconnect(note, sender=User)
    assert adoption.adopt_all() == 0
    assert Account.objects.count() == User._base_manager.count() == 2
    assert seen == []


@pytest.mark.parametrize("email", ["ann@example.com", "ANN@Example.com"])
def test_address_that_somebody_has_stays_theirs(api: Api, email: str) -> None:
    owner = account(api.sign_up())
    assert store(somebody(email)).reasons == {"email-taken": 1}
    assert Account.objects.get() == owner
    assert User._base_manager.count() == 1


def test_phone_number_that_somebody_has_stays_theirs(api: Api) -> None:
    store(somebody(phone_number="+491"))
    assert store(somebody("bob@example.com", phone_number="+491")).reasons == {"phone-number-taken": 1}
    assert Account.objects.get().email == "ann@example.com"


def test_of_two_in_one_batch_the_first_has_it() -> None:
    report = store(
        somebody(),
        somebody("Ann@example.com"),
        somebody("b@x.com", phone_number="1"),
        somebody("c@x.com", phone_number="1"),
    )
    assert report.reasons == {"email-taken": 1, "phone-number-taken": 1}
    assert set(Account.objects.values_list("email", flat=True)) == {"ann@example.com", "b@x.com"}


def test_update_takes_no_address_from_anybody_else(api: Api) -> None:
    ann, bob = somebody(), somebody("bob@example.com")
    store(ann, bob)
    report = store(somebody("bob@example.com", id=ann.id), update=True)
    assert report.reasons == {"email-taken": 1}
    assert Account.objects.get(pk=ann.id).email == "ann@example.com"


def test_new_address_ends_what_was_mailed_to_the_old_one() -> None:
    ann = somebody()
    store(ann)
    Ticket.objects.issue(Account.objects.get(), Ticket.Kind.PASSWORD_RESET)
    store(somebody("Ann@Example.com", id=ann.id), update=True)
    assert Ticket.objects.exists()
    store(somebody("eve@example.com", id=ann.id), update=True)
    assert not Ticket.objects.exists()


def test_one_whom_the_database_refuses_stops_nobody_else(settings: Any) -> None:
    def build(**values: Any) -> Any:
        return User(**values | ({"username": "same"} if values["email"].startswith("s") else {}))

    settings.AUTH_USER_FACTORY = "tests.imports.test_users.factory"
    globals()["factory"] = build
    found = [somebody(f"{name}@example.com", row=name) for name in ("a", "s1", "b", "s2", "c")]
    report = store(*found)
    assert report.first == [("users", "s2", "refused-by-database")]
    assert report.tables["users"] == Counter(read=5, imported=4, skipped=1)
    assert Account.objects.count() == User._base_manager.count() == 4


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"email": "a" * 250 + "@x.com"}, "email-too-long"),
        ({"phone_number": "1" * 65}, "phone-number-too-long"),
        ({"password": "x" * 129}, "password-hash-too-long"),
        ({"default_role": "r" * 129}, "role-too-long"),
    ],
)
def test_what_no_column_holds_is_left_out_on_every_database(values: dict[str, Any], reason: str) -> None:
    assert store(somebody(**values)).reasons == {reason: 1}
    assert not User._base_manager.exists()


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("fr", "fr"),
        ("deu", "deu"),
        ("pt-BR", "pt"),
        ("en_US", "en"),
        ("", "en"),
        ("german", "en"),
        ("e1", "en"),
        ("EN", "en"),
    ],
)
def test_locale_is_the_language_alone(given: str, stored: str) -> None:
    store(somebody(locale=given))
    assert Account.objects.get().locale == stored


def test_what_is_not_there_is_not_proven() -> None:
    store(somebody(None, email_verified=True, phone_number_verified=True))
    stored = Account.objects.get()
    assert (stored.email_verified, stored.phone_number_verified) == (False, False)


def test_password_is_not_shown_where_users_are_printed() -> None:
    assert "hunter2" not in repr(somebody(password="hunter2"))
