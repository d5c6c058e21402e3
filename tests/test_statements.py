"""How many statements a request may cost; those that begin and end transactions are not counted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.models import SigningKey
from tests.conftest import Api, Reply, account
from tests.ways import told

TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def measured(call: Callable[[], Reply]) -> tuple[list[str], Reply]:
    with CaptureQueriesContext(connection) as captured:
        reply = call()
    assert told(reply) in ((200, None), (201, None), (302, None)), reply.text
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(TRANSACTION)], reply


def statements(call: Callable[[], Reply]) -> list[str]:
    return measured(call)[0]


@pytest.fixture
def api(transactional_db: None) -> Api:
    """Everything is committed as it is in production: what waits for that runs within the request."""
    return Api(lambda **_: nullcontext())


@pytest.fixture(params=["pinned secret", "keys of the database"])
def keys(request: Any, settings: Any, api: Api) -> None:
    if request.param == "keys of the database":
        settings.HASURA_GRAPHQL_JWT_SECRET = None
        settings.AUTH_SIGNING_ALGORITHM = "ES256"
        SigningKey.objects.ensure_one()
        api.get("/.well-known/jwks.json")  # what every process does once in AUTH_KEYRING_TTL seconds


@pytest.mark.usefixtures("keys")
class TestBudget:
    def test_user_costs_at_most_two(self, api: Api) -> None:
        token = api.sign_up().token
        assert len(statements(lambda: api.get("/user", token=token))) <= 2

    def test_refresh_costs_at_most_four(self, api: Api) -> None:
        secret = api.sign_up().refresh_token
        assert len(statements(lambda: api.post("/token", {"refreshToken": secret}))) <= 4

    def test_sign_in_costs_at_most_five(self, api: Api) -> None:
        api.sign_up()
        assert len(statements(api.sign_in)) <= 5

    def test_sign_up_costs_at_most_nine(self, api: Api) -> None:
        assert len(statements(api.sign_up)) <= 9

    def test_sign_up_with_verification_costs_at_most_nine(self, api: Api, settings: Any) -> None:
        settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
        assert len(statements(api.sign_up)) <= 9

    def test_token_verify_of_a_given_token_costs_none(self, api: Api) -> None:
        token = api.sign_up().token
        assert statements(lambda: api.post("/token/verify", {"token": token})) == []


def test_wrong_password_unknown_and_disabled_cost_the_same(api: Api) -> None:
    api.sign_up("ann@example.com")
    disabled = account(api.sign_up("bob@example.com")).user
    disabled.is_active = False
    disabled.save()
    counts = []
    for email in ("ann@example.com", "bob@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as captured:
            assert api.sign_in(email, "wrong password").status == 401
        counts.append(len(captured))
    assert len(set(counts)) == 1
