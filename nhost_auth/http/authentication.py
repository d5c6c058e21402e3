"""Bearer tokens: read strictly for our own endpoints, and as a DRF authentication class for the host's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken

from nhost_auth.errors import InvalidRequest, Unauthorized
from nhost_auth.flows.access_tokens import AccessToken, TokenError
from nhost_auth.models import Account

SCHEME = "Bearer"


def read_bearer(request: HttpRequest | Request) -> AccessToken:
    """The access token of a request: exactly two parts, the word in this case. Raises Unauthorized."""
    parts = request.META.get("HTTP_AUTHORIZATION", "").split(" ")
    if len(parts) != 2 or parts[0] != SCHEME:
        raise Unauthorized("missing or malformed authorization header")
    try:
        return AccessToken.read(parts[1])
    except TokenError as error:
        raise Unauthorized("invalid or expired token") from error


class BearerAuthentication(JWTAuthentication):
    """For views of the host project: our access tokens, simplejwt's interface.

    `request.user` becomes the host's user with `user.account` loaded, `request.auth` the AccessToken. A request
    without a bearer token is left to the next authentication class; a bad token or a disabled user is refused.
    """

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="{self.www_authenticate_realm}"'

    def get_header(self, request: Request) -> bytes:
        return str(request.META.get("HTTP_AUTHORIZATION", "")).encode()

    def get_raw_token(self, header: bytes) -> bytes | None:
        scheme, _, token = header.partition(b" ")
        return token if scheme == SCHEME.encode() else None

    def get_validated_token(self, raw_token: bytes) -> AccessToken:
        try:
            return AccessToken.read(raw_token.decode())
        except (TokenError, ValueError) as error:
            raise InvalidToken({"detail": "Token is invalid or expired"}) from error

    def get_user(self, validated_token: Any) -> Any:
        try:
            account = Account.objects.get_with_roles(pk=validated_token.account_id)
        except InvalidRequest as error:
            raise InvalidToken({"detail": "Token names no user"}) from error
        if account is None or account.token_epoch != validated_token.epoch:
            raise AuthenticationFailed("User not found", code="user_not_found")
        if account.disabled:
            raise AuthenticationFailed("User is inactive", code="user_inactive")
        return account.user
