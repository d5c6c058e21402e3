"""What tests are written with: an API client, the mails that left, people who have signed up."""

from __future__ import annotations

import gc
import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from django.contrib.auth.hashers import get_hashers
from django.contrib.contenttypes.management import create_contenttypes
from django.core import mail
from django.core.management.commands import flush
from django.db.models.signals import post_migrate
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from nhost_auth.infra import crypto
from nhost_auth.models import Account
from tests.described import ensure_described
from tests.hashers import CheapArgon2idHasher
from tests.internet import internet as internet
from tests.internet import internet_proxy as internet_proxy
from tests.live.demo import prepared as prepared
from tests.names import names as names

PASSWORD = "Correct-horse-7"
PREFIX = "/v1"
LASTING = {"auth_permission", "django_content_type"}


gc.set_threshold(
    100_000, 50, 100
)  # thousands of short tests: collecting at Python's pace takes a twentieth of the time


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: no collection has to look at them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Content types and permissions outlast a test that commits: to make them anew took most of its time."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)

    def sql_flush(style: Any, connection: Any, **options: Any) -> list[str]:
        tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
        emptied = sorted(tables - LASTING)
        if (
            connection.vendor == "postgresql"
        ):  # a file less and a new one for each table is what TRUNCATE takes long for
            return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in emptied]
        return list(connection.ops.sql_flush(style, emptied, **options))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", sql_flush)
        yield


@pytest.fixture(autouse=True, scope="session")
def cheap_recovery_codes() -> Iterator[None]:
    """Real Argon2id that takes no time, as for passwords (settings.py)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crypto, "Argon2idHasher", CheapArgon2idHasher)
        yield


@pytest.fixture(autouse=True)
def hashers_are_left_as_found() -> Iterator[None]:
    """Django keeps them: a test that left a real host's behind made a third of all others slow, and nobody saw it."""
    before = [type(hasher) for hasher in get_hashers()]
    yield
    assert [type(hasher) for hasher in get_hashers()] == before


# HYPOTHESIS_PROFILE=thorough makes up other cases in each run, and thirty times as many.
hypothesis_settings.register_profile(
    "quick",
    max_examples=3,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
hypothesis_settings.register_profile(
    "thorough", hypothesis_settings.get_profile("quick"), max_examples=100, derandomize=False
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def many(times: int) -> hypothesis_settings:
    """So many times the cases of the profile: for cases that take a millisecond or two."""
    return hypothesis_settings(max_examples=times * hypothesis_settings.default.max_examples)


class Reply:
    """An HTTP answer, with shortcuts to what tests ask about."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status: int = response.status_code
        self.headers = response.headers
        self.text: str = response.content.decode()
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        self.json: Any = json.loads(self.text) if is_json and self.text else None

    @property
    def error(self) -> str | None:
        return self.json.get("error") if isinstance(self.json, dict) else None

    @property
    def outcome(self) -> tuple[int, str | None]:
        return self.status, self.error

    @property
    def session(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json if "refreshToken" in self.json else self.json["session"]
        return found

    @property
    def user(self) -> dict[str, Any]:
        user: dict[str, Any] = self.session["user"]
        return user

    @property
    def token(self) -> str:
        return str(self.session["accessToken"])

    @property
    def refresh_token(self) -> str:
        return str(self.session["refreshToken"])

    @property
    def claims(self) -> dict[str, Any]:
        """All claims of the access token, unverified."""
        return jwt.decode(self.token, options={"verify_signature": False})

    @property
    def hasura(self) -> dict[str, Any]:
        found: dict[str, Any] = self.claims["https://hasura.io/jwt/claims"]
        return found

    @property
    def location(self) -> str:
        return str(self.headers["Location"])

    @property
    def query(self) -> dict[str, str]:
        """The query of a redirect's target."""
        return dict(parse_qsl(urlsplit(self.location).query, keep_blank_values=True))


class Api:
    """Calls the API as a client would. Callbacks that wait for a commit run after each call."""

    def __init__(self, committing: Callable[..., Any]) -> None:
        self._committing = committing
        self._client = Client()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        content: bytes | None = None,
        content_type: str = "application/json",
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        prefix: str = PREFIX,
    ) -> Reply:
        """One request: `body` is sent as JSON, `content` as it is, neither as no body at all."""
        bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
        # One trace for all: else answers that have to be alike would differ by its id.
        extra: dict[str, Any] = {"headers": {"X-Request-Id": "tests", **bearer, **(headers or {})}}
        if body is not None:
            content = json.dumps(body).encode()
        if content is not None:
            extra |= {"data": content, "content_type": content_type}
        with self._committing(execute=True):
            response = self._client.generic(method, prefix + path, query_params=query, **extra)
        ensure_described(response)
        return Reply(response)

    def get(self, path: str, **arguments: Any) -> Reply:
        return self.call("GET", path, **arguments)

    def post(self, path: str, body: Any = None, **arguments: Any) -> Reply:
        return self.call("POST", path, body, **arguments)

    def sign_up(self, email: str = "ann@example.com", password: str = PASSWORD, **options: Any) -> Reply:
        body: dict[str, Any] = {"email": email, "password": password}
        return self.post("/signup/email-password", body | ({"options": options} if options else {}))

    def sign_in(self, email: str = "ann@example.com", password: str = PASSWORD) -> Reply:
        return self.post("/signin/email-password", {"email": email, "password": password})

    def anonymous(self, **body: Any) -> Reply:
        return self.post("/signin/anonymous", body)


@pytest.fixture
def api(db: None, django_capture_on_commit_callbacks: Callable[..., Any]) -> Api:
    return Api(django_capture_on_commit_callbacks)


@dataclass(frozen=True)
class Mail:
    message: Any

    @property
    def template(self) -> str:
        return str(self.message.extra_headers["X-Email-Template"])

    @property
    def ticket(self) -> str:
        return str(self.message.extra_headers["X-Ticket"])

    @property
    def link(self) -> str:
        return str(self.message.extra_headers["X-Link"])

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.link).query))

    @property
    def html(self) -> str:
        if self.message.content_subtype == "html":
            return str(self.message.body)
        return str(self.message.alternatives[0].content)


class Inbox:
    """The mails that left, oldest first."""

    def __len__(self) -> int:
        return len(mail.outbox)

    def to(self, address: str) -> list[Mail]:
        return [Mail(message) for message in mail.outbox if address in message.to]

    def last(self) -> Mail:
        return Mail(mail.outbox[-1])


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def account(reply: Reply) -> Account:
    """The stored account of the user in a session."""
    return Account.objects.get(pk=uuid.UUID(reply.user["id"]))
