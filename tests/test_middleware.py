"""BearerMiddleware: bearer tokens in plain Django views, beside sessions, CSRF and our own endpoints."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.utils import timezone
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from rest_framework.authentication import SessionAuthentication
from rest_framework.response import Response
from rest_framework.views import APIView

from tests.conftest import Api, Reply, account

pytestmark = pytest.mark.urls(__name__)
BEARER = "nhost_auth.middleware.BearerMiddleware"
REFUSED = {
    "status": 401,
    "error": "unauthorized",
    "message": "Token is invalid or expired",
    "reason": "Token is invalid or expired",
    "securityScheme": "BearerAuth",
}


def name_of(user: Any) -> str | None:
    return user.get_username() if user.is_authenticated else None


def me(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"user": name_of(request.user)})


@login_required
def mine(request: Any) -> JsonResponse:
    roles = request.auth.allowed_roles if hasattr(request, "auth") else None
    account = str(request.user.account.pk) if roles else None
    return JsonResponse({"user": name_of(request.user), "account": account, "roles": roles})


@login_required
async def mine_async(request: Any) -> JsonResponse:
    user = await request.auser()
    return JsonResponse({"user": user.get_username(), "same": user == request.user})


@permission_required("auth.add_user", raise_exception=True)
def users(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


class Shelf(LoginRequiredMixin, View):
    def post(self, request: HttpRequest) -> JsonResponse:
        return me(request)


class Mixed(APIView):
    """As the host has it: sessions alone."""

    authentication_classes = [SessionAuthentication]

    def get(self, request: Any) -> Response:
        return Response({"user": name_of(request.user)})

    post = get


urlpatterns = [
    path("v1/", include("nhost_auth.urls")),
    path("wrapped/", include(([path("me", csrf_exempt(me))], "wrapped"))),
    path("me", me),
    path("mine", mine),
    path("mine-async", mine_async),
    path("users", users),
    path("shelf", Shelf.as_view()),
    path("mixed", Mixed.as_view()),
]


@pytest.fixture(autouse=True)
def _installed(settings: Any) -> None:
    settings.MIDDLEWARE = [BEARER, *settings.MIDDLEWARE]


class Browser:
    """A client whose requests the CSRF middleware judges."""

    def __init__(self, token: str | None = None) -> None:
        self.token, self.client = token, Client(enforce_csrf_checks=True)

    def signed_in(self, user: Any) -> Browser:
        self.client.force_login(user)
        return self

    def get(self, path: str) -> Reply:
        return self.call("GET", path)

    def post(self, path: str) -> Reply:
        return self.call("POST", path)

    def call(self, method: str, path: str) -> Reply:
        authorization = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        return Reply(self.client.generic(method, path, headers={"X-Request-Id": "tests", **authorization}))


@pytest.fixture
def bob(db: None) -> User:
    """Somebody who came by Django's session."""
    return User.objects.create_user("bob")


def test_bearer_is_the_user_with_its_account_in_one_statement(api: Api) -> None:
    session = api.sign_up()
    with CaptureQueriesContext(connection) as captured:
        reply = Browser(session.token).get("/mine")
    assert reply.json["account"] == session.user["id"]
    assert reply.json["user"] == account(session).user.username
    assert reply.json["roles"] == ["editor", "me", "user"]
    assert len(captured) == 1


def test_guest_is_a_user_too(api: Api) -> None:
    assert Browser(api.anonymous().token).get("/mine").json["roles"] == ["anonymous"]


def test_without_bearer_the_session_decides(bob: User) -> None:
    assert Browser().signed_in(bob).get("/mine").json == {"user": "bob", "account": None, "roles": None}
    assert Browser().get("/me").json == {"user": None}
    assert Browser().get("/mine").location == "/accounts/login/?next=/mine"


@pytest.mark.parametrize("authorization", ["", "Basic dXNlcjpwYXNz", "bearer x", "JWT x.y.z"])
def test_other_credentials_are_no_bearer(bob: User, authorization: str) -> None:
    browser = Client(headers={"Authorization": authorization})
    browser.force_login(bob)
    assert browser.get("/mine").json()["user"] == "bob"


def test_bearer_goes_before_the_session(api: Api, bob: User) -> None:
    session = api.sign_up()
    assert Browser(session.token).signed_in(bob).get("/me").json == {"user": account(session).user.username}


@pytest.mark.parametrize("path", ["/me", "/mine", "/users", "/shelf", "/mine-async"])
@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "two words"])
def test_bad_token_is_refused_and_is_neither_nobody_nor_the_session(bob: User, token: str, path: str) -> None:
    reply = Browser(token).signed_in(bob).get(path)
    assert (reply.status, reply.json) == (401, REFUSED)
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
    assert reply.headers["Cache-Control"] == "no-store"


def test_expired_token_is_refused(api: Api, bob: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = Browser(api.sign_up().token).signed_in(bob)
        clock.shift(899)
        assert browser.get("/mine").status == 200
        clock.shift(1)
        assert (browser.get("/mine").status, browser.get("/me").status) == (401, 401)


def disable(user: User) -> None:
    user.is_active = False
    user.save()


@pytest.mark.parametrize(("change", "reason"), [(disable, "User is inactive"), (User.delete, "User not found")])
def test_live_token_of_a_disabled_or_deleted_user_is_refused(api: Api, change: Any, reason: str) -> None:
    session = api.sign_up()
    change(account(session).user)
    reply = Browser(session.token).get("/me")
    assert (reply.outcome, reply.json["reason"]) == ((401, "unauthorized"), reason)


def test_permissions_of_django_count(api: Api) -> None:
    session = api.sign_up()
    assert Browser(session.token).get("/users").status == 403
    account(session).user.user_permissions.add(Permission.objects.get(codename="add_user"))
    assert Browser(session.token).get("/users").status == 200


def test_good_bearer_needs_no_csrf_token_and_everybody_else_does(api: Api, bob: User) -> None:
    assert Browser(api.sign_up().token).post("/shelf").status == 200
    assert Browser().signed_in(bob).post("/shelf").status == 403
    assert Browser().post("/shelf").status == 403
    assert Browser("bad").signed_in(bob).post("/shelf").status == 401


def test_sign_in_by_bearer_leaves_the_session_as_it_is(api: Api, bob: User) -> None:
    browser = Browser(api.sign_up().token).signed_in(bob)
    assert browser.post("/shelf").status == 200
    browser.token = None
    assert browser.get("/me").json == {"user": "bob"}


@pytest.mark.parametrize("path", ["/user", "/elevate"])
@pytest.mark.parametrize("token", ["", "bad", None])
def test_our_own_endpoints_read_the_bearer_themselves(db: None, settings: Any, path: str, token: str | None) -> None:
    ours = Browser(token).get(f"/v1{path}")
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != BEARER]
    plain = Browser(token).get(f"/v1{path}")
    assert (ours.status, ours.json, dict(ours.headers)) == (plain.status, plain.json, dict(plain.headers))
    assert ours.status == 401


def test_token_that_has_ended_does_not_keep_anybody_from_refreshing(api: Api) -> None:
    session = api.sign_up()
    assert api.post("/token", {"refreshToken": session.refresh_token}, token="ended").status == 200


def test_rest_framework_views_decide_by_their_own_classes(api: Api, bob: User) -> None:
    token = api.sign_up().token
    assert Browser(token).get("/mixed").json == {"user": None}
    assert Browser("bad").signed_in(bob).get("/mixed").json == {"user": "bob"}
    assert Browser(token).signed_in(bob).post("/mixed").status == 403  # its session asks for the CSRF token


def test_unknown_paths_stay_unknown(db: None) -> None:
    assert Browser("bad").get("/nowhere").status == 404


@pytest.mark.parametrize("path", ["/me", "/mine", "/wrapped/me"])
def test_caches_keep_an_answer_for_each_token(api: Api, path: str) -> None:
    assert "Authorization" in Browser(api.sign_up().token).get(path).headers["Vary"]
    assert "Authorization" in Browser().get(path).headers["Vary"]


def test_cache_of_the_site_gives_nobody_another_ones_page(api: Api, settings: Any) -> None:
    cached = "django.middleware.cache"
    around = (f"{cached}.UpdateCacheMiddleware", f"{cached}.FetchFromCacheMiddleware")
    settings.MIDDLEWARE = [around[0], *settings.MIDDLEWARE, around[1]]
    settings.CACHE_MIDDLEWARE_KEY_PREFIX = uuid.uuid4().hex
    ann, bea = api.sign_up(), api.sign_up("bea@example.com")
    told = [Browser(token).get("/me").json["user"] for token in (None, ann.token, bea.token, ann.token)]
    assert told == [None, *(account(session).user.username for session in (ann, bea, ann))]
    cache.clear()


@pytest.mark.parametrize("path", ["/mine-async", "/mine"])
def test_asynchronous_servers_know_the_user(api: Api, bob: User, path: str) -> None:
    session = api.sign_up()
    browser = AsyncClient(enforce_csrf_checks=True)
    browser.force_login(bob)

    async def ask(token: str) -> Any:
        return await browser.get(path, headers={"Authorization": f"Bearer {token}"})

    reply = Reply(async_to_sync(ask)(session.token))
    assert reply.json["user"] == account(session).user.username
    assert reply.json.get("same", True)
    refused = Reply(async_to_sync(ask)("bad"))
    assert (refused.status, refused.json) == (401, REFUSED)


def test_login_required_everywhere_knows_the_bearer(api: Api, settings: Any) -> None:
    everywhere = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, everywhere]
    session = api.sign_up()
    assert Browser(session.token).get("/me").status == 200
    assert Browser().get("/me").status == 302
