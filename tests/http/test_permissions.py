"""Permissions for the host's views: no guests, and by role (design.md section 2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import include, path
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView

from nhost_auth.http.authentication import BearerAuthentication
from nhost_auth.http.permissions import HasRole, IsRegularUser
from nhost_auth.models import AccountRole, Role
from tests.conftest import PASSWORD, Api, Reply, account

pytestmark = pytest.mark.urls(__name__)
ANN = "ann@example.com"


class AsAdmin(BaseAuthentication):
    """Stands for the host's own way in; it brings no access token of ours."""

    def authenticate(self, request: Any) -> tuple[User, None] | None:
        return (User(username="admin", is_superuser=True), None) if "HTTP_X_ADMIN" in request.META else None


def guarded(permission: type[BasePermission]) -> Any:
    class Guarded(APIView):
        authentication_classes = [BearerAuthentication, AsAdmin]
        permission_classes = [permission]

        def get(self, request: Any) -> Response:
            return Response("in")

    return Guarded.as_view()


urlpatterns = [
    path("v1/", include("nhost_auth.urls")),
    path("regular", guarded(IsRegularUser)),
    path("editor", guarded(HasRole.named("editor"))),
    path("publisher", guarded(HasRole.named("publisher"))),
    path("anonymous", guarded(HasRole.named("anonymous"))),
    path("unnamed", guarded(HasRole)),
]


def ask(api: Api, path: str, session: Reply) -> int:
    return api.get(path, prefix="", token=session.token).status


def test_regular_user_is_let_in_and_a_guest_is_not(api: Api) -> None:
    assert ask(api, "/regular", api.sign_up()) == 200
    assert ask(api, "/regular", api.anonymous()) == 403


def test_former_guest_is_regular_from_the_next_token_on(api: Api) -> None:
    guest = api.anonymous()
    body = {"signInMethod": "email-password", "email": ANN, "password": PASSWORD}
    assert api.post("/user/deanonymize", body, token=guest.token).status == 200
    assert ask(api, "/regular", guest) == 403
    assert ask(api, "/regular", api.post("/token", {"refreshToken": guest.refresh_token})) == 200


@pytest.mark.parametrize("path", ["/regular", "/editor", "/unnamed"])
def test_request_without_a_token_of_ours_is_refused(api: Api, path: str) -> None:
    assert api.get(path, prefix="").status == 401
    assert api.get(path, prefix="", headers={"X-Admin": "yes"}).status == 403


@pytest.mark.parametrize(
    ("path", "status"), [("/editor", 200), ("/publisher", 403), ("/anonymous", 403), ("/unnamed", 403)]
)
def test_role_has_to_be_among_those_the_token_allows(api: Api, path: str, status: int) -> None:
    assert ask(api, path, api.sign_up()) == status


def test_guest_has_the_role_of_guests_alone(api: Api) -> None:
    guest = api.anonymous()
    assert [ask(api, path, guest) for path in ("/anonymous", "/editor")] == [200, 403]


def test_role_given_later_counts_from_the_next_token_on(api: Api) -> None:
    session = api.sign_up()
    Role.objects.ensure(["publisher"])
    AccountRole.objects.create(account=account(session), role_id="publisher")
    assert ask(api, "/publisher", session) == 403
    assert ask(api, "/publisher", api.sign_in()) == 200


def test_named_roles_do_not_mix() -> None:
    one, other = HasRole.named("one"), HasRole.named("other")
    assert (one.role, other.role, HasRole.role) == ("one", "other", "")
