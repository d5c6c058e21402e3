"""Custom claims in the tokens of people who sign in (accounts.md 2.4, configuration.md section 3)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from nhost_auth.flows.custom_claims import RESERVED, custom_claims
from nhost_auth.models import Account
from tests.conftest import PASSWORD, Api, Inbox, Reply, account
from tests.flows.claims import BASE, METADATA, configure, custom

HERE = "tests.flows.test_custom_claims"


def base(found: Reply) -> dict[str, Any]:
    return {name: value for name, value in found.hasura.items() if name in BASE}


def test_nothing_is_added_and_nothing_asked_where_nothing_is_configured(api: Api, settings: Any) -> None:
    ann = account(api.sign_up())
    for claims in (None, "", {}, "{}"):
        configure(settings, claims, {"plan": "none"})
        assert custom(api.sign_in()) == {}
        with CaptureQueriesContext(connection) as captured:
            assert custom_claims(ann) == {}
        assert [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]] == []


def test_claims_are_texts_of_what_the_paths_lead_to(api: Api, settings: Any) -> None:
    settings.AUTH_JWT_CUSTOM_CLAIMS = json.dumps(
        {
            "plan": "metadata.plan",
            "seats": "metadata.seats",
            "trial": "metadata.trial",
            "tags": "metadata.tags[]",
            "first": "metadata.tags[0]",
            "all": "metadata",
            "nothing": "metadata.none",
            "role": "defaultRole",
            "name": "displayName",
            "groups": "groups[].name",
        }
    )
    User.objects.get(account=account(api.sign_up(metadata=METADATA))).groups.add(Group.objects.create(name="staff"))
    assert custom(api.sign_in()) == {
        "x-hasura-plan": "pro",
        "x-hasura-seats": "5",
        "x-hasura-trial": "false",
        "x-hasura-tags": r'{"a","\u003cb\u003e"}',
        "x-hasura-first": "a",
        "x-hasura-all": '{"blank":"","empty":[],"none":null,"plan":"pro","seats":5,'
        r'"tags":["a","\u003cb\u003e"],"trial":false}',
        "x-hasura-nothing": "null",
        "x-hasura-role": "user",
        "x-hasura-name": "ann@example.com",
        "x-hasura-groups": '{"staff"}',
    }


def test_roles_of_the_account(api: Api, settings: Any) -> None:
    configure(settings, {"roles": "roles[].name", "first": "roles[?(@.name == 'me')].name"})
    claims = custom(api.sign_up())
    assert sorted(claims["x-hasura-roles"].strip("{}").split(",")) == ['"editor"', '"me"', '"user"']
    assert claims["x-hasura-first"] == '{"me"}'


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("plan", "x-hasura-plan"),
        ("Plan-ID", "x-hasura-plan-id"),
        ("hasura-plan", "x-hasura-hasura-plan"),
        ("x-hasura-plan", "x-hasura-plan"),
        ("X-Hasura-Plan", "X-Hasura-Plan"),
        ("X-HASURA-Plan", "X-HASURA-Plan"),
    ],
)
def test_name_is_lowered_and_prefixed_unless_it_has_the_prefix(api: Api, settings: Any, name: str, key: str) -> None:
    configure(settings, {name: "metadata.plan"})
    assert custom(api.sign_up(metadata=METADATA)) == {key: "pro"}


@pytest.mark.parametrize("prefix", ["", "x-hasura-", "X-Hasura-"])
@pytest.mark.parametrize("source", ["django", f"{HERE}.usurp"])
def test_claims_of_nhost_cannot_be_made(api: Api, settings: Any, prefix: str, source: str) -> None:
    before = base(api.sign_up(metadata=METADATA))
    names = [
        "allowed-roles",
        "default-role",
        "user-id",
        "user-is-anonymous",
        "auth-elevated",
        "User-ID",
        "AUTH-ELEVATED",
    ]
    claims = {prefix + name: "metadata.plan" for name in names}
    configure(settings, claims, dict.fromkeys(claims, "admin"), source)
    after = api.sign_in()
    assert (base(after), custom(after)) == (before, {})
    assert {name.lower() for name in after.hasura} & RESERVED == BASE


def usurp(account: Account) -> dict[str, str]:
    return {"user-id": "root", "X-Hasura-Default-Role": "admin", "x-hasura-auth-elevated": str(account.pk)}


class TestDefaults:
    CLAIMS = {name: f"metadata.{name}" for name in ("none", "missing", "blank", "empty", "plan", "trial")}

    def test_default_stands_for_what_is_missing_or_null_and_for_nothing_else(self, api: Api, settings: Any) -> None:
        configure(settings, self.CLAIMS, dict.fromkeys(self.CLAIMS, "default"))
        assert custom(api.sign_up(metadata=METADATA)) == {
            "x-hasura-none": "default",
            "x-hasura-missing": "default",
            "x-hasura-blank": "",
            "x-hasura-empty": "{}",
            "x-hasura-plan": "pro",
            "x-hasura-trial": "false",
        }

    @pytest.mark.parametrize(
        ("default", "text"),
        [
            ("none", "none"),
            ([], "{}"),
            (["a"], '{"a"}'),
            (7, "7"),
            (False, "false"),
            ({"b": 1}, '{"b":1}'),
            (None, "null"),
        ],
        ids=repr,
    )
    def test_default_is_written_as_values_are(self, api: Api, settings: Any, default: Any, text: str) -> None:
        configure(settings, {"Org": "nowhere.id"}, {"Org": default, "unused": "x"})
        assert custom(api.sign_up()) == {"x-hasura-org": text}

    def test_default_is_found_by_the_name_as_configured(self, api: Api, settings: Any) -> None:
        configure(settings, {"Org": "nowhere"}, {"org": "a", "x-hasura-org": "b"})
        assert custom(api.sign_up()) == {"x-hasura-org": "null"}

    def test_index_out_of_range_and_relation_to_nobody_are_missing(self, api: Api, settings: Any) -> None:
        configure(settings, {"a": "groups[0].name", "b": "metadata.tags[7]"}, {"a": "A", "b": "B"})
        assert custom(api.sign_up(metadata=METADATA)) == {"x-hasura-a": "A", "x-hasura-b": "B"}


class TestEveryToken:
    @pytest.fixture(autouse=True)
    def plan(self, settings: Any) -> None:
        configure(settings, {"groups": "groups[].name"})

    def join(self, name: str) -> None:
        User.objects.get().groups.add(Group.objects.create(name=name))

    def test_sign_up_has_them(self, api: Api) -> None:
        assert custom(api.sign_up()) == {"x-hasura-groups": "{}"}

    def test_sign_in_reads_them_anew(self, api: Api) -> None:
        api.sign_up()
        self.join("staff")
        assert custom(api.sign_in()) == {"x-hasura-groups": '{"staff"}'}

    def test_refresh_reads_them_anew(self, api: Api) -> None:
        secret = api.sign_up().refresh_token
        self.join("staff")
        assert custom(api.post("/token", {"refreshToken": secret})) == {"x-hasura-groups": '{"staff"}'}

    def test_guest_has_them(self, api: Api) -> None:
        assert custom(api.anonymous()) == {"x-hasura-groups": "{}"}

    def test_code_by_mail_has_them(self, api: Api, inbox: Inbox) -> None:
        api.post("/signin/otp/email", {"email": "ann@example.com"})
        code = {"email": "ann@example.com", "otp": inbox.last().ticket}
        assert custom(api.post("/signin/otp/email/verify", code)) == {"x-hasura-groups": "{}"}

    def test_token_with_them_is_good(self, api: Api) -> None:
        assert api.get("/user", token=api.sign_up().token).status == 200

    def test_claims_cost_one_statement_for_each_relation(self, api: Api, settings: Any) -> None:
        def cost(claims: dict[str, str] | None) -> int:
            configure(settings, claims)
            with CaptureQueriesContext(connection) as captured:
                api.sign_in()
            return len([each for each in captured if "SAVEPOINT" not in each["sql"]])

        api.sign_up(metadata=METADATA)
        before = cost(None)
        assert cost({"plan": "metadata.plan", "user": "username", "role": "defaultRole"}) == before
        assert cost({"names": "groups[].name", "ids": "groups[].id", "first": "groups[0].id"}) == before + 1
        assert cost({"groups": "groups[].name", "roles": "roles[].name", "plan": "metadata.plan"}) == before + 2


class TestFailure:
    """A token without any custom claim is better than none (configuration.md 3.1)."""

    @pytest.fixture
    def failure(self, api: Api, caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
        """Signs in, sees that the token has no custom claims, and gives the line of the log."""

        def sign_in() -> str:
            with caplog.at_level(logging.INFO, "nhost_auth"):
                assert custom(api.sign_in()) == {}
            (record,) = (each for each in caplog.records if each.name == "nhost_auth.custom_claims")
            assert record.levelname == "ERROR"
            line = caplog.handler.format(record)
            assert not any(secret in line for secret in ("hunter2", PASSWORD)), line
            return line

        api.sign_up(metadata={"plan": "hunter2"})
        return sign_in

    @pytest.fixture
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(user: User) -> str:
            raise ValueError(f"hunter2 of {user}")

        monkeypatch.setattr(User, "broken", property(fail), raising=False)

    @pytest.mark.usefixtures("broken")
    def test_one_claim_that_fails_takes_all_along_and_the_defaults(self, settings: Any, failure: Any) -> None:
        configure(settings, {"plan": "metadata.plan", "bad": "broken"}, {"plan": "a", "bad": "b"})
        line = failure()
        assert str(Account.objects.get().pk) in line
        assert "ValueError in fail, line " in line

    @pytest.mark.parametrize(
        "path", ["password", "a..b", "groups.name", "refresh_tokens[].hash", 5, None, ["a"]], ids=str
    )
    def test_path_that_cannot_be_read(self, settings: Any, failure: Any, path: Any) -> None:
        configure(settings, {"plan": "metadata.plan", "bad": path}, {"bad": "default"})
        assert str(path).split("[")[0] in failure()

    def test_value_that_json_has_no_form_for(
        self, settings: Any, failure: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(User, "odd", property(lambda _: {"hunter2": object()}), raising=False)
        configure(settings, {"odd": "odd"})
        assert "TypeError in plain" in failure()

    def test_query_that_fails_spoils_no_transaction(
        self, settings: Any, failure: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(user: User) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT hunter2 FROM no_such_table")

        monkeypatch.setattr(User, "broken", property(fail), raising=False)
        configure(settings, {"bad": "broken"})
        with transaction.atomic():
            failure()
            assert User.objects.count() == 1
