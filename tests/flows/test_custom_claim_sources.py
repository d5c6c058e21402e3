"""Custom claims from a callable of the host and from Hasura, and the system check of their settings (E010)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks

from nhost_auth.flows.custom_claims import custom_claims
from nhost_auth.infra import outbound
from nhost_auth.models import Account
from tests.conftest import Api, account
from tests.flows.claims import METADATA, configure, custom
from tests.infra.loopback import reply
from tests.infra.sms.gateway import Gateway, garbage, nobody

HERE = "tests.flows.test_custom_claim_sources"


def of_account(account: Account) -> dict[str, Any]:
    """Claims of a host project's own."""
    return {"Tenant": account.user.pk, "tags": ["<a>", 1], "X-Hasura-Kept": True, "none": None}


def raise_secret(account: Account) -> dict[str, Any]:
    raise RuntimeError("hunter2")


def give_a_list(account: Account) -> list[str]:
    return ["hunter2"]


class TestCallable:
    def test_callable_gives_names_and_values(self, api: Api, settings: Any) -> None:
        configure(settings, None, {"none": "default", "Absent": [1]}, f"{HERE}.of_account")
        assert custom(api.sign_up()) == {
            "x-hasura-tenant": str(User.objects.get().pk),
            "x-hasura-tags": r'{"\u003ca\u003e",1}',
            "X-Hasura-Kept": "true",
            "x-hasura-none": "default",
            "x-hasura-absent": "{1}",
        }

    def test_paths_are_not_followed(self, api: Api, settings: Any) -> None:
        configure(settings, {"plan": "a..b"}, None, f"{HERE}.of_account")
        assert "x-hasura-plan" not in custom(api.sign_up())

    @pytest.mark.parametrize("name", ["raise_secret", "give_a_list", "no_such_name", "HERE", "Reply"])
    def test_callable_that_fails_gives_no_claims(
        self, api: Api, settings: Any, caplog: pytest.LogCaptureFixture, name: str
    ) -> None:
        configure(settings, {"plan": "metadata.plan"}, {"plan": "default"}, f"{HERE}.{name}")
        assert custom(api.sign_up()) == {}
        assert "gets no custom claims" in caplog.text
        assert "hunter2" not in caplog.text


class TestGraphql:
    USER = {
        "profile": {"organisation": {"id": "o-1"}, "contributesTo": [{"project": {"id": 1}}, {"project": {"id": 2}}]}
    }
    CLAIMS = {
        "organisation-id": "profile.organisation.id",
        "project-ids": "profile.contributesTo[].project.id",
        "plan": "metadata.plan",
        "none": "profile.nickName",
    }

    @pytest.fixture
    def gateway(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Gateway]:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with Gateway() as found:
            configure(settings, self.CLAIMS, {"none": "default"}, "graphql")
            settings.HASURA_GRAPHQL_GRAPHQL_URL = f"{found.url}/v1/graphql"
            settings.HASURA_GRAPHQL_ADMIN_SECRET = "hunter2"
            found.answers = [reply(200, json.dumps({"data": {"user": {**self.USER, "metadata": METADATA}}}).encode())]
            yield found

    def test_all_paths_are_asked_for_in_one_query(self, api: Api, gateway: Gateway) -> None:
        assert custom(api.sign_up()) == {
            "x-hasura-organisation-id": "o-1",
            "x-hasura-project-ids": "{1,2}",
            "x-hasura-plan": "pro",
            "x-hasura-none": "default",
        }
        (posted,) = gateway.posted
        assert json.loads(posted.body) == {
            "query": "query($id: uuid!) { user(id: $id) { metadata profile { contributesTo { project { id } } "
            "nickName organisation { id } } } }",
            "variables": {"id": str(Account.objects.get().pk)},
        }

    def test_names_are_taken_as_hasura_has_them(self, api: Api, gateway: Gateway, settings: Any) -> None:
        configure(settings, {"a": "contributesTo[?(@.isOwner == true)].id", "b": "_private"}, None, "graphql")
        rows = [{"id": 1, "isOwner": True}, {"id": 2, "isOwner": False}]
        gateway.answers = [
            reply(200, json.dumps({"data": {"user": {"contributesTo": rows, "_private": "x"}}}).encode())
        ]
        assert custom(api.sign_up()) == {"x-hasura-a": "{1}", "x-hasura-b": "x"}
        assert b"{ _private contributesTo { id isOwner } }" in gateway.posted[0].body

    def test_nobody_is_asked_where_nothing_is_configured(self, api: Api, gateway: Gateway, settings: Any) -> None:
        settings.AUTH_JWT_CUSTOM_CLAIMS = {}
        ann = account(api.sign_up())
        assert custom_claims(ann) == {}
        assert gateway.posted == []

    @pytest.mark.parametrize("status", [302, 401, 500])
    def test_refusal_gives_no_claims_and_no_defaults(
        self, api: Api, gateway: Gateway, caplog: pytest.LogCaptureFixture, status: int
    ) -> None:
        gateway.answers = [reply(status, b"hunter2", location="/")]
        assert custom(api.sign_up()) == {}
        assert f"status {status}" in caplog.text
        assert "hunter2" not in caplog.text

    def test_garbage_silence_and_nobody_give_no_claims(
        self,
        api: Api,
        gateway: Gateway,
        settings: Any,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", 0.1)
        gateway.answers = [garbage, reply(200, b"hunter2"), gateway.silence]
        assert custom(api.sign_up()) == custom(api.sign_in()) == custom(api.sign_in()) == {}
        with nobody() as settings.HASURA_GRAPHQL_GRAPHQL_URL:
            assert custom(api.sign_in()) == {}
        assert caplog.text.count("gets no custom claims") == 4
        assert "hunter2" not in caplog.text


class TestChecks:
    """nhost_auth.E010."""

    def faults(self) -> list[str]:
        return [each.msg for each in run_checks() if each.id == "nhost_auth.E010"]

    @pytest.mark.parametrize(
        ("claims", "source", "words"),
        [
            ({"a": "a..b"}, "django", ["The claim a ", "'a..b'"]),
            ({"a": "a..b"}, "", ["'a..b'"]),
            ({"a": 5}, "django", ["has to be text"]),
            ({"a": ["b"]}, "django", ["has to be text"]),
            ({"a": "user.password"}, "django", ["may not be reached"]),
            ({"a": "groups.name"}, "django", ["has to have brackets"]),
            ({"a": "a-b.c"}, "graphql", ["is no name of a field"]),
            ({"a": "a["}, "graphql", ["'a['"]),
            (None, "no.such.callable", ["no.such.callable"]),
            (None, "grapql", ["neither django nor graphql"]),
            (None, f"{HERE}.HERE", ["cannot be called"]),
        ],
        ids=str,
    )
    def test_what_cannot_work_is_told(self, settings: Any, claims: Any, source: str, words: list[str]) -> None:
        configure(settings, claims, None, source)
        settings.HASURA_GRAPHQL_GRAPHQL_URL = "https://hasura.example.com/v1/graphql"
        (fault,) = self.faults()
        assert all(word in fault for word in words), fault

    def test_every_unreadable_path_is_told(self, settings: Any) -> None:
        configure(settings, {"a": "a..b", "b": "metadata.x", "c": "c["})
        assert len(self.faults()) == 2

    def test_graphql_needs_an_address(self, settings: Any) -> None:
        configure(settings, {"a": "b"}, None, "graphql")
        assert "HASURA_GRAPHQL_GRAPHQL_URL is not set" in self.faults()[0]
        settings.AUTH_JWT_CUSTOM_CLAIMS = None
        assert self.faults() == []

    @pytest.mark.parametrize(
        ("claims", "source"),
        [
            ({"a": "profile.organisation.id", "b": "groups[].name", "c": "metadata.x-y", "d": "nowhere[0]"}, "django"),
            ('{"a":"groups.name[]"}', "django"),
            ({"a": "a..b"}, f"{HERE}.of_account"),
            (None, "django"),
        ],
        ids=str,
    )
    def test_what_can_work_is_not(self, settings: Any, claims: Any, source: str) -> None:
        configure(settings, claims, None, source)
        assert self.faults() == []
