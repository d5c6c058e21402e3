"""Bearer tokens: read strictly by our endpoints, leniently beside others in the host's views (accounts.md 1.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.response import Response
from rest_framework.views import APIView

from nhost_auth.flows.access_tokens import AccessToken
from nhost_auth.http.authentication import BearerAuthentication
from tests.conftest import Api, Reply, account

pytestmark = pytest.mark.urls(__name__)


class ByHeader(BaseAuthentication):
    """Stands for whatever else the host lets people in by."""

    def authenticate(self, request: Any) -> tuple[User, None] | None:
        name = request.META.get("HTTP_X_NAME")
        return (User(username=name), None) if name else None


class WhoAmI(APIView):
    authentication_classes = [BearerAuthentication, ByHeader]

    def get(self, request: Any) -> Response:
        if not request.user.is_authenticated:
            return Response({"user": None})
        if not isinstance(request.auth, AccessToken):
            return Response({"user": request.user.username})
        found = request.user.account
        return Response({"user": request.user.username, "account": str(found.pk), "roles": found.role_names})


urlpatterns = [path("v1/", include("nhost_auth.urls")), path("me", WhoAmI.as_view())]


def me(api: Api, authorization: str | None, **headers: str) -> Reply:
    if authorization is not None:
        headers["Authorization"] = authorization
    return api.get("/me", prefix="", headers=headers)


def test_user_is_the_hosts_user_with_the_account_and_its_roles_loaded(api: Api) -> None:
    session = api.sign_up()
    user = account(session).user
    with CaptureQueriesContext(connection) as captured:
        reply = me(api, f"Bearer {session.token}")
    assert reply.json == {"user": user.username, "account": session.user["id"], "roles": ["editor", "me", "user"]}
    assert len(captured) == 1


def test_guest_is_authenticated_too(api: Api) -> None:
    session = api.anonymous()
    assert me(api, f"Bearer {session.token}").json["roles"] == ["anonymous"]


def disable(user: User) -> None:
    user.is_active = False
    user.save()


@pytest.mark.parametrize("change", [disable, User.delete])
def test_live_token_of_a_disabled_or_deleted_user_is_refused(api: Api, change: Callable[[User], Any]) -> None:
    session = api.sign_up()
    change(account(session).user)
    reply = me(api, f"Bearer {session.token}", **{"X-Name": "other"})
    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("authorization", [None, "", "Basic dXNlcjpwYXNz", "bearer token", "BEARER token", "JWT x.y.z"])
def test_request_without_bearer_token_is_left_to_the_next_authentication_class(
    api: Api, authorization: str | None
) -> None:
    assert me(api, authorization, **{"X-Name": "other"}).json == {"user": "other"}
    assert me(api, authorization).json == {"user": None}


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "two words", "Ünïcode", "null"])
def test_bad_token_is_refused_with_a_challenge(api: Api, token: str) -> None:
    reply = me(api, f"Bearer {token}", **{"X-Name": "other"})
    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_altered_unsigned_and_foreign_tokens_are_refused(api: Api, settings: Any) -> None:
    token = api.sign_up().token
    head, body, signature = token.split(".")
    ours = settings.HASURA_GRAPHQL_JWT_SECRET
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": "HS256", "key": "another-" + "s" * 32, "issuer": "tests"}
    foreign = api.sign_in().token
    settings.HASURA_GRAPHQL_JWT_SECRET = ours
    assert me(api, f"Bearer {token}").status == 200
    for bad in (f"{head}.{body}.", f"{head}.{body}.{signature[::-1]}", foreign):
        assert me(api, f"Bearer {bad}").status == 401


def test_expired_token_is_refused(api: Api) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token = api.sign_up().token
        clock.shift(899)
        assert me(api, f"Bearer {token}").status == 200
        clock.shift(1)
        assert me(api, f"Bearer {token}").status == 401


def test_refresh_token_is_no_access_token(api: Api) -> None:
    assert me(api, f"Bearer {api.sign_up().refresh_token}").status == 401


@pytest.mark.parametrize("subject", ["", "42", "None", "00000000-0000-4000-8000-000000000000"])
def test_well_signed_token_that_names_no_account_is_refused(api: Api, settings: Any, subject: str) -> None:
    secret = settings.HASURA_GRAPHQL_JWT_SECRET
    claims = {"sub": subject, "iss": secret["issuer"], "iat": 0, "exp": timezone.now().timestamp() + 60}
    token = jwt.encode(claims, secret["key"], algorithm=secret["type"])
    assert api.post("/token/verify", {"token": token}).status == 200
    assert me(api, f"Bearer {token}").status == 401


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "{}", "bearer {}", "BEARER {}", "Bearer  {}", " Bearer {}", "Bearer {} x"],
)
def test_our_endpoints_want_exactly_two_parts_and_the_word_as_it_is(api: Api, authorization: str | None) -> None:
    token = api.sign_up().token
    headers = {"Authorization": authorization.format(token)} if authorization is not None else {}
    reply = api.get("/user", headers=headers)
    assert reply.outcome == (401, "unauthorized")
    assert reply.json["securityScheme"] == "BearerAuth"


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [(None, "missing or malformed authorization header"), ("Bearer nonsense", "invalid or expired token")],
)
def test_our_endpoints_say_why_a_token_is_refused(api: Api, authorization: str | None, reason: str) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}
    reply = api.get("/user", headers=headers)
    assert (reply.status, reply.json["reason"], reply.json["message"]) == (401, reason, reason)
