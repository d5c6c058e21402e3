"""Asking Hasura for a user over real HTTP: the query, and every way not to be answered (configuration.md 3.1)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from nhost_auth.infra import hasura, outbound
from nhost_auth.infra.hasura import HasuraError
from nhost_auth.infra.outbound import OutboundError
from tests.infra.loopback import Answer, reply
from tests.infra.sms.gateway import Gateway, garbage, nobody

ID = uuid.UUID("0190a0b0-0000-4000-8000-000000000001")
SECRET = "hunter2"
USER = {"profile": {"organisation": {"id": "o-1"}}, "metadata": {"x": [1]}}
SELECTION: hasura.Selection = {"profile": {"organisation": {"id": {}}}, "metadata": {}}


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Gateway]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Gateway() as found:
        settings.HASURA_GRAPHQL_GRAPHQL_URL = f"{found.url}/v1/graphql"
        settings.HASURA_GRAPHQL_ADMIN_SECRET = SECRET
        yield found


def answer(body: Any, status: int = 200) -> Answer:
    return reply(status, json.dumps(body).encode(), content_type="application/json")


def test_user_is_asked_for_in_one_query_with_the_admin_secret(gateway: Gateway) -> None:
    gateway.answers = [answer({"data": {"user": USER}})]
    assert hasura.fetch_user(ID, SELECTION) == USER
    (posted,) = gateway.posted
    assert posted.path == "/v1/graphql"
    assert json.loads(posted.body) == {
        "query": "query($id: uuid!) { user(id: $id) { metadata profile { organisation { id } } } }",
        "variables": {"id": str(ID)},
    }
    assert posted.headers["x-hasura-admin-secret"] == SECRET
    assert posted.headers["content-type"] == posted.headers["accept"] == "application/json"


def test_query_is_the_same_whatever_the_order_of_the_fields() -> None:
    assert hasura.query({"b": {}, "a": {"d": {}, "c": {}}}) == hasura.query({"a": {"c": {}, "d": {}}, "b": {}})


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 429, 500, 503])
def test_other_statuses_are_errors_and_the_secret_follows_no_redirect(gateway: Gateway, status: int) -> None:
    body = json.dumps({"data": {"user": USER}}).encode()
    gateway.answers = [reply(status, body, location="/elsewhere")]
    with pytest.raises(HasuraError, match=f"^status {status}$"):
        hasura.fetch_user(ID, SELECTION)
    assert len(gateway.posted) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"message": "field 'profile' not found in type: 'users'"}]},
        {"errors": [{"message": "partial"}], "data": {"user": USER}},
    ],
    ids=str,
)
def test_refused_query_is_an_error_also_where_there_is_data(gateway: Gateway, body: Any) -> None:
    gateway.answers = [answer(body)]
    with pytest.raises(HasuraError, match=r"^the query was refused$"):
        hasura.fetch_user(ID, SELECTION)


@pytest.mark.parametrize(
    "body",
    [None, 1, [], {}, {"data": None}, {"data": {}}, {"data": {"user": None}}, {"data": {"user": []}}, {"user": USER}],
    ids=str,
)
def test_answer_without_the_user_is_an_error(gateway: Gateway, body: Any) -> None:
    gateway.answers = [answer(body)]
    with pytest.raises(HasuraError, match=r"^no such user$"):
        hasura.fetch_user(ID, SELECTION)


def test_no_errors_is_not_an_error(gateway: Gateway) -> None:
    gateway.answers = [answer({"errors": [], "data": {"user": USER}})]
    assert hasura.fetch_user(ID, SELECTION) == USER


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"data":', b"\xff\xfe", b"[" * 200_000], ids=lambda b: repr(b[:9]))
def test_what_is_no_json_is_an_error(gateway: Gateway, body: bytes) -> None:
    gateway.answers = [reply(200, body)]
    with pytest.raises(HasuraError, match=r"^no JSON$"):
        hasura.fetch_user(ID, SELECTION)


def test_server_that_never_answers_is_not_waited_for(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", 0.1)
    gateway.answers = [gateway.silence]
    with pytest.raises(OutboundError):
        hasura.fetch_user(ID, SELECTION)
    assert len(gateway.posted) == 1


def test_garbage_is_an_error(gateway: Gateway) -> None:
    gateway.answers = [garbage]
    with pytest.raises(OutboundError):
        hasura.fetch_user(ID, SELECTION)


def test_answer_that_is_too_large_is_an_error(gateway: Gateway) -> None:
    gateway.answers = [reply(200, b" " * (outbound.MAX_BYTES + 1))]
    with pytest.raises(OutboundError):
        hasura.fetch_user(ID, SELECTION)


def test_nobody_there_and_no_address_are_errors(gateway: Gateway, settings: Any) -> None:
    with nobody() as url:
        for settings.HASURA_GRAPHQL_GRAPHQL_URL in (url, "", "nonsense"):
            with pytest.raises(OutboundError):
                hasura.fetch_user(ID, SELECTION)


@pytest.mark.parametrize("body", [{"errors": [{"message": SECRET}]}, {"data": {"user": SECRET}}, SECRET], ids=str)
def test_error_quotes_neither_the_answer_nor_the_secret(gateway: Gateway, body: Any) -> None:
    gateway.answers = [answer(body)]
    with pytest.raises(HasuraError) as caught:
        hasura.fetch_user(ID, SELECTION)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
