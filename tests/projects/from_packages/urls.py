from typing import Any

from django.conf import settings
from django.urls import include, path
from rest_framework.authentication import TokenAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView


class WhoAmI(APIView):
    """Behind the package's classes, and behind ours once it is there."""

    permission_classes = [IsAuthenticated]

    def get_authenticators(self) -> list[Any]:
        found = [JWTAuthentication(), TokenAuthentication()]
        if settings.COMES:
            from nhost_auth.rest import BearerAuthentication

            return [*found, BearerAuthentication()]
        return found

    def get(self, request: Request) -> Response:
        return Response(request.user.get_username())


urlpatterns = [
    path("jwt/create/", TokenObtainPairView.as_view()),
    path("jwt/refresh/", TokenRefreshView.as_view()),
    path("who/", WhoAmI.as_view()),
    *([path("v1/", include("nhost_auth.urls"))] if settings.COMES else []),
]
