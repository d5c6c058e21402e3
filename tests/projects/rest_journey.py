"""What nhost_auth.rest, the middleware and the fixtures have to do whatever the project; `test_projects.py` runs it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from nhost_auth.models import Account
from nhost_auth.rest import BearerAuthentication, HasRole, IsElevated, NotAnonymous, StatelessBearerAuthentication
from tests.conftest import PREFIX

ANN, ADULT = "ann@example.com", [NotAnonymous & HasRole.named("publisher"), IsElevated]
API = getattr(project, "API_PREFIX", PREFIX)


class Desk(APIView):
    """A view that is as the host's settings have it, but for what it is let in by and rendered with."""

    authentication_classes: Any = [BearerAuthentication]
    permission_classes = ADULT
    renderer_classes = [JSONRenderer]
    versioning_class = None

    def get(self, request: Any) -> Response:
        assert isinstance(request.user, get_user_model())
        return Response({"account": request.user.account.pk})


class StatelessDesk(Desk):
    authentication_classes = [StatelessBearerAuthentication]

    def get(self, request: Any) -> Response:
        return Response({"account": request.user.account_id})


@login_required
def plain(request: Any) -> JsonResponse:
    return JsonResponse({"account": request.user.account.pk})


def page(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


urlpatterns = [
    path(f"{API.strip('/')}/", include("nhost_auth.urls")),
    path("desk", Desk.as_view()),
    path("stateless", StatelessDesk.as_view()),
    path("plain", plain),
    path("accounts/login/", page),
]


@pytest.fixture(autouse=True)
def _mounted(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["nhost_auth.middleware.BearerMiddleware", *settings.MIDDLEWARE]


@pytest.mark.parametrize("path", ["/desk", "/stateless", "/plain"])
@pytest.mark.parametrize("factory", ["nhost_client", "nhost_api_client"])
def test_views_of_the_host_let_in_whom_they_name(
    request: pytest.FixtureRequest, nhost_account: Any, factory: str, path: str
) -> None:
    account = nhost_account(ANN, roles=["publisher"])
    reply = request.getfixturevalue(factory)(account, elevated=True).get(path)
    assert (reply.status_code, reply.json()) == (200, {"account": str(account.pk)})


def test_plain_view_sends_others_away(nhost_client: Any, client: Any) -> None:
    assert client.get("/plain").status_code == 302
    refused = client.get("/plain", headers={"Authorization": "Bearer bad"})
    assert (refused.status_code, refused.json()["error"]) == (401, "unauthorized")
    assert nhost_client().get("/plain").status_code == 302


def test_bearer_needs_no_csrf_token(nhost_account: Any, nhost_client: Any) -> None:
    for browser, status in ((nhost_client(nhost_account()), 200), (nhost_client(), 403)):
        browser.handler.enforce_csrf_checks = True
        assert browser.post("/plain").status_code == status


def test_guests_have_accounts_too(nhost_account: Any, nhost_client: Any) -> None:
    guest = nhost_account(anonymous=True)
    assert nhost_client(guest).get("/plain").json() == {"account": str(guest.pk)}


def test_mails_are_caught(nhost_client: Any, nhost_messages: Any) -> None:
    stranger = nhost_client()
    asked = stranger.post(f"{API}/signin/otp/email", json.dumps({"email": ANN}), content_type="application/json")
    assert asked.status_code == 200, asked.content
    body = {"email": ANN, "otp": nhost_messages.to(ANN)[-1].code}
    session = stranger.post(f"{API}/signin/otp/email/verify", json.dumps(body), content_type="application/json")
    assert session.json()["session"]["user"]["id"] == str(Account.objects.get().pk)
