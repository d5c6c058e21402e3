"""Paths of custom claims over Django models: what names stand for, what is closed, what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.flows import claim_relations
from nhost_auth.flows.claim_paths import UnreadablePath, parse
from nhost_auth.models import Account, AccountRole

pytestmark = pytest.mark.django_db

METADATA = {"plan": "pro", "teams": [{"id": 1, "role": "admin"}, {"id": 2, "role": "guest"}], "_x": 1, "password": "p"}


@pytest.fixture
def ann() -> Account:
    """A member of two groups with permissions and two log entries, read from the database as a request does."""
    user = User.objects.create(username="ann", email="ann@example.com", first_name="Ann", last_name="Lee")
    Account.objects.filter(user=user).update(metadata=METADATA, display_name="Ann <3")
    permissions = Permission.objects.filter(content_type__app_label="auth", codename__endswith="_user")
    for name in ("staff", "writers", "others"):
        group = Group.objects.create(name=name)
        group.permissions.set(permissions.filter(codename="add_user" if name == "staff" else "view_user"))
        if name != "others":
            user.groups.add(group)
    of_users = ContentType.objects.get_for_model(User)
    for number, content_type in enumerate((of_users, None)):
        LogEntry.objects.create(
            user=user,
            object_repr=f"o{number}",
            action_flag=ADDITION,
            content_type=content_type,
            action_time=datetime(2026, 1, 1 + number, tzinfo=UTC),
        )
    account = Account.objects.get_with_roles(user=user.pk)
    assert account is not None
    return account


def find(account: Account, *texts: str) -> Any:
    found = claim_relations.find(account, {text: parse(text) for text in texts})
    return found[texts[0]] if len(texts) == 1 else [found[text] for text in texts]


def queries(account: Account, *texts: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        find(account, *texts)
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("displayName", "Ann <3"),
        ("display_name", "Ann <3"),
        ("email", "ann@example.com"),
        ("emailVerified", False),
        ("phoneNumber", None),
        ("defaultRole", "user"),
        ("defaultRoleId", "user"),
        ("disabled", False),
        ("username", "ann"),
        ("firstName", "Ann"),
        ("is_authenticated", True),
        ("user.lastName", "Lee"),
        ("account.displayName", "Ann <3"),
        ("nonexistent.further", None),
        ("username.further", None),
        ("user.nonexistent", None),
    ],
)
def test_name_is_sought_on_the_account_and_then_on_the_host_s_user(ann: Account, text: str, value: Any) -> None:
    assert find(ann, text) == value


def test_account_goes_before_the_user(ann: Account) -> None:
    ann.user.email = "other@example.com"
    assert find(ann, "email", "user.email") == ["ann@example.com", "other@example.com"]
    assert find(ann, "id", "user.id", "pk") == [ann.pk, ann.user_id, ann.pk]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("groups[].name", ["staff", "writers"]),
        ("groups.name[]", ["staff", "writers"]),
        ("groups[?(@.name == 'writers')].name", ["writers"]),
        ("user.groups[].permissions[].codename", ["add_user", "view_user"]),
        ("groups.permissions.codename[]", [["add_user"], ["view_user"]]),
        ("groups[].permissions[?(@.contentType.model == 'user')].codename", ["add_user", "view_user"]),
        ("userPermissions[].codename", []),
        ("roles[?(@.name != 'user')].name", ["editor", "me"]),
        ("accountRoles[?(@.role == 'me')].role", ["me"]),
        ("account_roles[].role.name", ["editor", "me", "user"]),
    ],
)
def test_relations_that_lead_to_many(ann: Account, text: str, value: Any) -> None:
    assert sorted(find(ann, text)) == value  # no order is promised


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("logentry_set[].objectRepr", ["o1", "o0"]),
        ("logentry[].object_repr", ["o1", "o0"]),
        ("logentrySet[0].objectRepr", "o1"),
        ("logentrySet[2].objectRepr", None),
        ("logentrySet[].contentType.model", ["user"]),
        ("logentrySet.contentType.model[]", [None, "user"]),
        ("logentrySet[0].contentType", None),
        ("logentrySet[1].contentType.model", "user"),
        ("userPermissions[0].codename", None),
        ("defaultRole[*].name", None),
    ],
)
def test_order_is_that_of_the_model_and_a_row_may_be_missing(ann: Account, text: str, value: Any) -> None:
    assert find(ann, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("metadata", METADATA),
        ("metadata.plan", "pro"),
        ("metadata.teams[].id", [1, 2]),
        ("metadata.teams[?(@.role == 'admin')].id", [1]),
        ("metadata._x", 1),
        ("metadata.password", "p"),
        ("metadata.Plan", None),
        ("account.metadata.plan", "pro"),
    ],
)
def test_json_is_walked_by_its_own_names(ann: Account, text: str, value: Any) -> None:
    assert find(ann, text) == value


def test_row_at_the_end_is_there_as_a_row(ann: Account) -> None:
    assert {group.name for group in find(ann, "groups[]")} == {"staff", "writers"}
    assert find(ann, "account") == ann


def test_other_end_of_a_one_to_one_relation_may_be_missing(ann: Account) -> None:
    bob = User.objects.create(username="bob")
    bob.groups.add(Group.objects.get(name="staff"))
    Account.objects.filter(user=bob).delete()
    staff = "groups[?(@.name == 'staff')].userSet"
    assert find(ann, f"{staff}[].account.displayName") == ["Ann <3"]
    assert find(ann, f"{staff}[?(@.username == 'bob')].account.displayName") is None
    (names,) = find(ann, f"{staff}.account.displayName[]")
    assert set(names) == {"Ann <3", None}


SECRET_NAMES = ["password", "refreshTokens[].hash", "tickets[].hash", "pkceCodes[].hash", "oneTimeCode"]


@pytest.mark.parametrize(
    "text",
    [
        *SECRET_NAMES,
        *(f"user.account.{name}" for name in SECRET_NAMES),
        *(f"roles[].accounts[].{name}" for name in SECRET_NAMES),
        "user.password",
        "groups[?(@.password == 'x')].name",
        "groups[].user[?(@.password > 'a')].username",
        "roles[].accounts[?(@.oneTimeCode.hash > 'a')].id",
        "_state.db",
        "__class__",
        "user.__class__.__name__",
        "groups[?(@._state.db == 'default')].name",
    ],
)
def test_secrets_and_inner_names_cannot_be_reached(ann: Account, text: str) -> None:
    with pytest.raises(UnreadablePath, match="may not be reached"):
        claim_relations.bind(parse(text), User)
    with pytest.raises(UnreadablePath):
        find(ann, text)


@pytest.mark.parametrize("relation", Account._meta.related_objects, ids=lambda relation: str(relation.name))
def test_rows_that_hold_secrets_are_closed_whatever_their_name(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_relations, "SECRETS", frozenset())
    claim_relations.find_member.cache_clear()
    if relation.related_model is AccountRole:
        assert claim_relations.find_member(Account, relation.name) is not None
    else:
        with pytest.raises(UnreadablePath, match="may not be reached"):
            claim_relations.find_member(Account, relation.name)


@pytest.mark.parametrize(
    "text", ["get_full_name", "getFullName", "delete", "user.save", "groups[0].delete", "objects", "user.get_username"]
)
def test_methods_are_not_called(ann: Account, text: str) -> None:
    assert find(ann, text) is None
    assert User.objects.get() == ann.user
    assert Group.objects.count() == 3


@pytest.mark.parametrize(
    "text",
    [
        "groups",
        "groups.name",
        "logentry.id",
        "groups[].permissions.name",
        "groups[?(@.permissions.codename == 'x')].name",
    ],
)
def test_what_leads_to_many_needs_brackets(ann: Account, text: str) -> None:
    with pytest.raises(UnreadablePath, match="has to have brackets"):
        find(ann, text)


class TestPropertiesOfTheHost:
    @pytest.fixture
    def add(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[Any], Any]], None]:
        def add_property(name: str, getter: Callable[[Any], Any]) -> None:
            monkeypatch.setattr(User, name, property(getter), raising=False)

        return add_property

    def test_property_is_read_also_in_camel_case(self, ann: Account, add: Any) -> None:
        add("nick_name", lambda user: user.username.upper())
        assert find(ann, "nickName", "nick_name", "user.nickName") == ["ANN"] * 3

    def test_path_goes_on_through_what_a_property_gives(self, ann: Account, add: Any) -> None:
        add("main_group", lambda user: user.groups.get(name="staff"))
        add("first_groups", lambda user: user.groups.order_by("name"))
        add("all_groups", lambda user: user.groups)
        add("options", lambda _: {"a": [{"b": 1}]})
        assert find(ann, "mainGroup.permissions[].codename") == ["add_user"]
        assert find(ann, "firstGroups[].name", "firstGroups[1].name") == [["staff", "writers"], "writers"]
        assert sorted(find(ann, "allGroups[].name")) == ["staff", "writers"]
        assert find(ann, "options.a[].b") == [1]

    def test_secrets_stay_closed_behind_a_property(self, ann: Account, add: Any) -> None:
        add("myself", lambda user: user)
        for text in ("myself.password", "myself._state", "myself.account.tickets[]"):
            with pytest.raises(UnreadablePath):
                find(ann, text)

    @pytest.mark.parametrize("error", [AttributeError, KeyError, IndexError, LookupError, Group.DoesNotExist])
    def test_property_that_finds_nothing_is_nothing(self, ann: Account, add: Any, error: type[Exception]) -> None:
        def raises(user: User) -> None:
            raise error

        add("broken", raises)
        assert find(ann, "broken", "broken.further") == [None, None]

    def test_property_that_fails_otherwise_fails_the_claims(self, ann: Account, add: Any) -> None:
        add("broken", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            find(ann, "broken")


class TestQueries:
    def test_columns_of_account_and_user_cost_none(self, ann: Account) -> None:
        texts = ("id", "metadata.plan", "username", "user.email", "defaultRole", "defaultRoleId", "disabled", "nowhere")
        assert queries(ann, *texts) == []

    def test_relation_costs_one_for_all_claims(self, ann: Account) -> None:
        texts = ("groups[].name", "groups[].id", "groups[0].name", "groups.name[]", "groups[?(@.name == 'staff')].id")
        assert len(queries(ann, *texts)) == 1
        assert len(queries(ann, *texts, "user.groups[].name", "user.groups[1].id")) == 1

    def test_each_relation_on_the_way_costs_one_however_many_rows(self, ann: Account) -> None:
        for number in range(20):
            ann.user.groups.add(Group.objects.create(name=f"g{number}"))
        assert len(queries(ann, "groups[].permissions[].codename")) == 2
        assert len(queries(ann, "groups[].permissions[].contentType.model", "groups[].name")) == 3
        assert len(queries(ann, "groups[].permissions[?(@.contentType.model == 'user')].codename")) == 3

    def test_key_at_the_end_is_read_without_its_row(self, ann: Account) -> None:
        assert len(queries(ann, "logentrySet[].contentType")) == 1
        assert len(queries(ann, "accountRoles[].role", "accountRoles[?(@.role == 'me')].createdAt")) == 1

    def test_several_relations_cost_one_each(self, ann: Account) -> None:
        assert len(queries(ann, "groups[].name", "roles[].name", "default_role.name", "logentrySet[].id")) == 4

    def test_nothing_fetched_stays_with_the_account(self, ann: Account) -> None:
        assert find(ann, "groups[?(@.name == 'others')].name", "default_role.name", "account.email")[0] == []
        Group.objects.get(name="others").user_set.through.objects.create(
            user=ann.user, group=Group.objects.get(name="others")
        )
        assert {group.name for group in ann.user.groups.all()} == {"staff", "writers", "others"}
        assert find(ann, "groups[?(@.name == 'others')].name") == ["others"]
        assert not Account.default_role.is_cached(ann)
