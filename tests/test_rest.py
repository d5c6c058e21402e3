"""The public door for host projects: everything a view of theirs needs comes from nhost_auth.rest (design.md 2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import include, path
from rest_framework import serializers, viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.response import Response

from nhost_auth import rest
from nhost_auth.http import authentication, permissions
from nhost_auth.models import Account
from nhost_auth.rest import BearerAuthentication, HasRole, NotAnonymous
from tests.conftest import Api, account

pytestmark = pytest.mark.urls(__name__)


class NoteSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()


class Notes(viewsets.ViewSet):
    """As a host would write it: our way in beside its own, guests kept out."""

    authentication_classes = [BearerAuthentication, SessionAuthentication]
    permission_classes = [NotAnonymous]

    def create(self, request: Any) -> Response:
        note = NoteSerializer(data=request.data)
        note.is_valid(raise_exception=True)
        request.user.first_name = note.validated_data["text"]
        request.user.save()
        return Response({**note.validated_data, "author": request.user.account.email}, status=201)


@api_view(["GET"])
@authentication_classes([BearerAuthentication])
@permission_classes([NotAnonymous & HasRole.named("editor")])
def desk(request: Any) -> Response:
    return Response({"roles": request.auth.allowed_roles, "elevated": "x-hasura-auth-elevated" in request.auth.hasura})


urlpatterns = [
    path("v1/", include("nhost_auth.urls")),
    path("notes", Notes.as_view({"post": "create"})),
    path("desk", desk),
]


def test_door_opens_to_the_http_floor_and_nothing_else() -> None:
    assert {name: getattr(rest, name) for name in rest.__all__} == {
        "BearerAuthentication": authentication.BearerAuthentication,
        "HasRole": permissions.HasRole,
        "IsElevated": permissions.IsElevated,
        "NotAnonymous": permissions.NotAnonymous,
        "StatelessBearerAuthentication": authentication.StatelessBearerAuthentication,
        "TokenUser": authentication.TokenUser,
    }


def test_host_view_works_with_the_user_and_its_account(api: Api) -> None:
    session = api.sign_up()
    reply = api.post("/notes", {"text": "hello"}, token=session.token, prefix="")
    assert (reply.status, reply.json) == (201, {"text": "hello", "author": "ann@example.com"})
    assert account(session).user.first_name == "hello"
    assert Account.objects.get().email == "ann@example.com"


def test_host_view_keeps_guests_and_strangers_out(api: Api) -> None:
    note = {"text": "hello"}
    assert api.post("/notes", note, token=api.anonymous().token, prefix="").status == 403
    assert api.post("/notes", note, prefix="").status == 401
    assert api.post("/notes", note, token="bad", prefix="").status == 401


def test_permissions_combine_and_the_token_tells_its_claims(api: Api) -> None:
    reply = api.get("/desk", token=api.sign_up().token, prefix="")
    assert reply.json == {"roles": ["editor", "me", "user"], "elevated": False}
    assert api.get("/desk", token=api.sign_up("bob@example.com", allowedRoles=["user"]).token, prefix="").status == 403


@pytest.mark.parametrize("name", rest.__all__)
def test_everything_behind_the_door_says_what_it_answers(name: str) -> None:
    text = vars(getattr(rest, name))["__doc__"]
    assert text
    assert name == "TokenUser" or "401" in text
