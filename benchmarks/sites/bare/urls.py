from __future__ import annotations

from django.contrib.auth import get_user_model
from django.http import HttpRequest, JsonResponse
from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response


def django_view(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


@api_view(["GET"])
def rest_view(request: Request) -> Response:
    return Response({"ok": True})


def row_view(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"email": get_user_model().objects.get_or_create(username="ann")[0].email})


urlpatterns = [path("django", django_view), path("rest", rest_view), path("row", row_view)]
