"""Permissions for the host's views: no guests, by role, after more proof, whichever class has read the token."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from django.contrib.auth.models import User
from django.urls import include, path
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from nhost_auth.http.authentication import BearerAuthentication, StatelessBearerAuthentication
from nhost_auth.http.permissions import HasRole, IsElevated, NotAnonymous
from nhost_auth.models import AccountRole, Role
from tests.conftest import PASSWORD, Api, Reply, account
from tests.endpoints.elevated_token import NAMESPACE, elevated_token

pytestmark = pytest.mark.urls(__name__)
ANN = "ann@example.com"
PERMISSIONS: dict[str, list[Any]] = {
    "regular": [NotAnonymous],
    "editor": [HasRole.named("editor")],
    "publisher": [HasRole.named("publisher")],
    "anonymous": [HasRole.named("anonymous")],
    "unnamed": [HasRole],
    "any": [HasRole.named("publisher", "editor")],
    "none-of-two": [HasRole.named("publisher", "admin")],
    "all": [HasRole.named("publisher"), HasRole.named("editor")],
    "elevated": [IsElevated],
    "either": [HasRole.named("publisher") | IsElevated],
    "without": [NotAnonymous & ~HasRole.named("editor")],
    "both": [IsAuthenticated & NotAnonymous & HasRole.named("me")],
}


class AsAdmin(BaseAuthentication):
    """Stands for the host's own way in; it brings no access token of ours."""

    def authenticate(self, request: Any) -> tuple[User, None] | None:
        return (User(username="admin", is_superuser=True), None) if "HTTP_X_ADMIN" in request.META else None


def guarded(authentication: type[BaseAuthentication], permissions: list[Any]) -> Any:
    class Guarded(APIView):
        authentication_classes = [authentication, AsAdmin]
        permission_classes = permissions

        def get(self, request: Any) -> Response:
            return Response("in")

    return Guarded.as_view()


CLASSES = {"stateful": BearerAuthentication, "stateless": StatelessBearerAuthentication}
urlpatterns = [
    path("v1/", include("nhost_auth.urls")),
    *(
        path(f"{kind}/{name}", guarded(authentication, permissions))
        for kind, authentication in CLASSES.items()
        for name, permissions in PERMISSIONS.items()
    ),
]


@pytest.fixture(params=list(CLASSES))
def kind(request: Any) -> str:
    return str(request.param)


class Door:
    """The guarded views of one authentication class."""

    def __init__(self, api: Api, kind: str) -> None:
        self.api, self.kind = api, kind

    def ask(self, name: str, token: str | None = None, **headers: str) -> Reply:
        return self.api.get(f"/{self.kind}/{name}", prefix="", token=token, headers=headers)

    def status(self, name: str, session: Reply) -> int:
        return self.ask(name, session.token).status


@pytest.fixture
def door(api: Api, kind: str) -> Door:
    return Door(api, kind)


def test_regular_user_is_let_in_and_a_guest_is_not(api: Api, door: Door) -> None:
    assert door.status("regular", api.sign_up()) == 200
    refused = door.ask("regular", api.anonymous().token)
    assert (refused.status, refused.json) == (403, {"detail": "Anonymous users may not do this."})


def test_former_guest_is_regular_from_the_next_token_on(api: Api, door: Door) -> None:
    guest = api.anonymous()
    body = {"signInMethod": "email-password", "email": ANN, "password": PASSWORD}
    assert api.post("/user/deanonymize", body, token=guest.token).status == 200
    assert door.status("regular", guest) == 403
    assert door.status("regular", api.post("/token", {"refreshToken": guest.refresh_token})) == 200


@pytest.mark.parametrize("name", list(PERMISSIONS))
def test_request_without_a_token_of_ours_is_refused(door: Door, name: str) -> None:
    refused = door.ask(name)
    assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert door.ask(name, **{"X-Admin": "yes"}).status == 403


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("editor", 200),
        ("any", 200),
        ("both", 200),
        ("publisher", 403),
        ("anonymous", 403),
        ("unnamed", 403),
        ("none-of-two", 403),
        ("all", 403),
        ("without", 403),
    ],
)
def test_role_has_to_be_among_those_the_token_allows(api: Api, door: Door, name: str, status: int) -> None:
    assert door.status(name, api.sign_up()) == status


def test_guest_has_the_role_of_guests_alone(api: Api, door: Door) -> None:
    guest = api.anonymous()
    assert [door.status(name, guest) for name in ("anonymous", "editor")] == [200, 403]


def test_role_may_keep_out(api: Api, door: Door) -> None:
    assert door.status("without", api.sign_up(allowedRoles=["user"])) == 200


def test_role_given_later_counts_from_the_next_token_on(api: Api, door: Door) -> None:
    session = api.sign_up()
    Role.objects.ensure(["publisher"])
    AccountRole.objects.create(account=account(session), role_id="publisher")
    assert door.status("all", session) == 403
    assert door.status("all", api.sign_in()) == 200


@pytest.mark.parametrize("roles", [None, "editor", {"editor": True}, [["editor"]], [{}], "publisher,editor"])
def test_roles_that_are_no_list_of_names_open_nothing(api: Api, settings: Any, door: Door, roles: Any) -> None:
    session = api.sign_up()
    claims = {**session.claims, NAMESPACE: {**session.hasura, "x-hasura-allowed-roles": roles}}
    token = jwt.encode(claims, settings.HASURA_GRAPHQL_JWT_SECRET["key"], "HS256")
    assert door.ask("regular", token).status == 200
    assert door.ask("editor", token).status == 403


@pytest.mark.parametrize("mode", ["disabled", "recommended", "required"])
def test_elevated_view_asks_for_proof_whatever_our_own_endpoints_do(
    api: Api, settings: Any, door: Door, mode: str
) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = mode
    session = api.sign_up()
    refused = door.ask("elevated", session.token)
    assert (refused.status, refused.json) == (403, {"detail": "Elevated claim required."})
    assert door.ask("elevated", elevated_token(settings, session)).status == 200
    assert [door.ask("either", token).status for token in (session.token, elevated_token(settings, session))] == [
        403,
        200,
    ]


@pytest.mark.parametrize("claim", ["", "true", True, 1, ["own"], "00000000-0000-4000-8000-000000000000"])
def test_proof_is_the_subject_itself(api: Api, settings: Any, door: Door, claim: Any) -> None:
    session = api.sign_up()
    claim = [session.claims["sub"]] if claim == ["own"] else claim
    assert door.ask("elevated", elevated_token(settings, session, claim)).status == 403


def test_refreshed_token_is_no_proof_any_more(api: Api, settings: Any, door: Door) -> None:
    session = api.sign_up()
    assert door.ask("elevated", elevated_token(settings, session)).status == 200
    assert door.status("elevated", api.post("/token", {"refreshToken": session.refresh_token})) == 403


def test_named_roles_do_not_mix() -> None:
    one, other = HasRole.named("one"), HasRole.named("other")
    assert (one.roles, other.roles, HasRole.roles) == ({"one"}, {"other"}, frozenset())


def test_naming_needs_a_role() -> None:
    with pytest.raises(TypeError):
        HasRole.named()  # type: ignore[call-arg]
