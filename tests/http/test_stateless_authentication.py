"""StatelessBearerAuthentication: the token alone is believed, for as long as it lives."""

from __future__ import annotations

import uuid
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
from rest_framework.permissions import DjangoModelPermissions, IsAdminUser, IsAuthenticated
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from nhost_auth.http.authentication import BearerAuthentication, StatelessBearerAuthentication, TokenUser
from nhost_auth.models import SigningKey
from tests.conftest import Api, Reply, account

pytestmark = pytest.mark.urls(__name__)
SEEN: list[tuple[Any, Any]] = []


class Tenth(UserRateThrottle):
    rate = "2/day"


class WhoAmI(APIView):
    authentication_classes = [StatelessBearerAuthentication]

    def get(self, request: Any) -> Response:
        SEEN.append((request.user, request.auth))
        return Response({"user": str(request.user), "authenticated": request.user.is_authenticated})


class Models(WhoAmI):
    permission_classes = [DjangoModelPermissions]
    queryset = User.objects.all()

    def post(self, request: Any) -> Response:
        return Response("in")


class Stateful(WhoAmI):
    authentication_classes = [BearerAuthentication]


urlpatterns = [
    path("v1/", include("nhost_auth.urls")),
    path("me", WhoAmI.as_view(permission_classes=[IsAuthenticated])),
    path("open", WhoAmI.as_view()),
    path("admins", WhoAmI.as_view(permission_classes=[IsAdminUser])),
    path("models", Models.as_view()),
    path("throttled", WhoAmI.as_view(throttle_classes=[Tenth])),
    path("stateful", Stateful.as_view()),
]


def ask(api: Api, name: str, token: str | None, method: str = "GET") -> Reply:
    return api.call(method, f"/{name}", prefix="", token=token)


def test_user_is_what_the_token_tells_and_nothing_is_asked(api: Api) -> None:
    session = api.sign_up()
    with CaptureQueriesContext(connection) as captured:
        assert ask(api, "me", session.token).status == 200
    assert len(captured) == 0
    user, token = SEEN[-1]
    assert isinstance(user, TokenUser)
    account_id = uuid.UUID(session.user["id"])
    assert (user.pk, user.id, user.account_id, token.account_id) == (account_id,) * 4
    assert (user.roles, user.default_role) == (("editor", "me", "user"), "user")
    assert str(user) == user.get_username() == session.user["id"]
    assert (user.is_authenticated, user.is_active, user.is_anonymous) == (True, True, False)


def test_keys_of_the_database_are_read_once_for_many_requests(api: Api, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET, settings.AUTH_SIGNING_ALGORITHM = None, "ES256"
    SigningKey.objects.ensure_one()
    token = api.sign_up().token
    ask(api, "me", token)
    with CaptureQueriesContext(connection) as captured:
        assert [ask(api, "me", token).status for _ in range(3)] == [200] * 3
    assert len(captured) == 0


def test_two_requests_of_one_account_have_equal_users(api: Api) -> None:
    session = api.sign_up()
    for reply in (session, api.sign_in(), api.anonymous()):
        ask(api, "me", reply.token)
    first, same, other = (user for user, _ in SEEN[-3:])
    assert first == same
    assert len({first, same, other}) == 2


def disable(user: User) -> None:
    user.is_active = False
    user.save()


def take_over(user: Any) -> None:
    user.account.token_epoch += 1
    user.account.save()


@pytest.mark.parametrize("change", [disable, User.delete, take_over])
def test_live_token_passes_until_it_expires_where_the_other_class_refuses(
    api: Api, change: Callable[[User], Any]
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = api.sign_up()
        change(account(session).user)
        assert ask(api, "stateful", session.token).status == 401
        assert ask(api, "me", session.token).status == 200
        clock.shift(900)
        assert ask(api, "me", session.token).status == 401


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "two words", "null"])
def test_bad_token_is_refused_with_a_challenge(api: Api, token: str) -> None:
    reply = ask(api, "open", token)
    assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


def test_request_without_token_is_nobodys(api: Api) -> None:
    assert ask(api, "open", None).json == {"user": "AnonymousUser", "authenticated": False}
    assert ask(api, "me", None).status == 401


@pytest.mark.parametrize("subject", ["", "42", None, ["x"], {"x": 1}])
def test_well_signed_token_without_an_account_id_is_refused(api: Api, settings: Any, subject: Any) -> None:
    secret = settings.HASURA_GRAPHQL_JWT_SECRET
    claims = {"iss": secret["issuer"], "iat": 0, "exp": int(timezone.now().timestamp()) + 60}
    claims |= {} if subject is None else {"sub": subject}
    assert ask(api, "open", jwt.encode(claims, secret["key"], secret["type"])).status == 401


def test_django_permissions_are_not_in_the_token(api: Api) -> None:
    session = api.sign_up()
    user = account(session).user
    user.is_staff = user.is_superuser = True
    user.save()
    assert ask(api, "admins", session.token).status == 403
    assert ask(api, "models", session.token, "POST").status == 403


def test_throttles_know_the_account(api: Api) -> None:
    ann, bob = api.sign_up().token, api.sign_up("bob@example.com").token
    assert [ask(api, "throttled", token).status for token in (ann, ann, ann, bob)] == [200, 200, 429, 200]
