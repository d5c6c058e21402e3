"""What a text looks like decides where accounts are looked for, and every database has an index for it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import override_settings
from social_django.models import UserSocialAuth

from nhost_auth.admin.account_search import narrowed
from nhost_auth.models import Account, RefreshToken
from tests.admin.conftest import ACCOUNTS, SESSIONS, Browser, person

SEARCHES = ["ann@exam", "ann", "+12025550", "uid-ann"]


@pytest.fixture
def people(db: None) -> dict[str, Account]:
    found = {name: person(name) for name in ("ann", "bob", "annabel")}
    Account.objects.filter(pk=found["ann"].pk).update(phone_number="+12025550100")
    Account.objects.filter(pk=found["bob"].pk).update(phone_number="+12025550199", display_name="ann")
    return found


def found(root: Browser, text: str, path: str = ACCOUNTS) -> set[str]:
    rows = root.get(path, q=text).context["cl"].result_list
    return {str(getattr(row, "account", row)).partition("@")[0] for row in rows}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ann@example.com", {"ann"}),
        ("ANN@Example.COM", {"ann"}),
        ("ann@", {"ann"}),
        ("ann", {"ann", "annabel"}),
        (" annab ", {"annabel"}),
        ("+1202555", {"ann", "bob"}),
        ("+12025550199", {"bob"}),
        ("uid-bob", {"bob"}),
        ("uid-bo", set()),
        ("example.com", set()),
        ("@example.com", set()),
        ("a%n@", set()),
        ("a_n", set()),
        ("2025550199", set()),
        ("00000000-0000-4000-8000-000000000000", set()),
    ],
)
@pytest.mark.parametrize("path", [ACCOUNTS, SESSIONS])
def test_shape_of_a_text_says_what_it_is(
    root: Browser, people: dict[str, Account], path: str, text: str, names: set[str]
) -> None:
    assert found(root, text, path) == names


def test_id_finds_its_account(root: Browser, people: dict[str, Account]) -> None:
    assert found(root, str(people["bob"].pk)) == found(root, people["bob"].pk.hex) == {"bob"}


def test_nothing_typed_leaves_the_whole_list(root: Browser, people: dict[str, Account]) -> None:
    assert found(root, "  ") >= {"ann", "bob", "annabel"}


@pytest.mark.parametrize("text", ["\0", "+1\0", "'; DROP TABLE", "\\", "+" * 300, "é@", "x" * 5000])
def test_anything_may_be_typed(root: Browser, people: dict[str, Account], text: str) -> None:
    assert root.get(ACCOUNTS, q=text).status_code == 200


def test_provider_links_are_not_asked_for_where_there_are_none(people: dict[str, Account], settings: Any) -> None:
    without = [app for app in settings.INSTALLED_APPS if app != "social_django"]
    with override_settings(INSTALLED_APPS=without):
        assert not narrowed(Account.objects.all(), "uid-bob").exists()
        assert narrowed(Account.objects.all(), "bob").exists()


@pytest.mark.django_db(transaction=True)  # MariaDB commits when it analyses
@pytest.mark.parametrize("text", [*SEARCHES, str(uuid.UUID(int=1))])
def test_search_is_answered_by_an_index(people: dict[str, Account], text: str) -> None:
    """Of a table large enough to make it worth while."""
    users = User.objects.bulk_create(User(username=f"u{number}") for number in range(2000))
    Account.objects.bulk_create(
        Account(
            user=user,
            email=f"u{number}@example.com",
            email_normalized=f"u{number}@example.com",
            phone_number=f"+4420{number:07}",
            locale="en",
            default_role_id="user",
        )
        for number, user in enumerate(users)
    )
    UserSocialAuth.objects.bulk_create(UserSocialAuth(user=user, provider="x", uid=user.username) for user in users)
    RefreshToken.objects.issue(people["ann"], ip=None, device="")
    table = Account._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {'TABLE ' if connection.vendor == 'mysql' else ''}{table}")
    plan = narrowed(Account.objects.order_by(), text).explain()
    whole = {"postgresql": "Seq Scan on nhost_auth_account", "mysql": " ALL ", "sqlite": "SCAN nhost_auth_account"}
    assert whole[connection.vendor] not in plan, plan
    assert whole[connection.vendor] in Account.objects.order_by().filter(email__icontains=text).explain()
