"""Bearer tokens: read strictly for our own endpoints, and as DRF authentication classes for the host's."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken

from nhost_auth.errors import InvalidRequest, Unauthorized
from nhost_auth.flows.access_tokens import AccessToken, TokenError
from nhost_auth.models import Account

SCHEME = "Bearer"


def read_bearer(
    request: HttpRequest | Request, *, reader: Callable[[str], AccessToken] = AccessToken.read
) -> AccessToken:
    """The access token of a request: exactly two parts, the word in this case. Raises Unauthorized."""
    parts = request.META.get("HTTP_AUTHORIZATION", "").split(" ")
    if len(parts) != 2 or parts[0] != SCHEME:
        raise Unauthorized("missing or malformed authorization header")
    return verified(parts[1], reader)


def verified(text: str, reader: Callable[[str], AccessToken]) -> AccessToken:
    """The access token of a text, whose session is not over. Raises Unauthorized."""
    try:
        token = reader(text)
    except TokenError as error:
        raise Unauthorized("invalid or expired token") from error
    if token.has_ended:
        raise Unauthorized("invalid or expired token")
    return token


class BearerAuthentication(JWTAuthentication):
    """For views of the host project: our access tokens, simplejwt's interface, the user from the database.

    `request.user` becomes the host's user with `user.account` and its roles loaded, in one statement, `request.auth`
    the AccessToken. A request without a bearer token is left to the next authentication class. 401 with
    `WWW-Authenticate: Bearer` for a bad or expired token, for one whose session has ended
    (AUTH_ACCESS_TOKEN_SESSION_BOUND), and for a user who is gone, disabled, or whose account somebody else has taken
    over since.
    """

    def authenticate_header(self, request: HttpRequest | Request) -> str:
        return f'{SCHEME} realm="{self.www_authenticate_realm}"'

    def get_header(self, request: HttpRequest | Request) -> bytes:
        return str(request.META.get("HTTP_AUTHORIZATION", "")).encode()

    def get_raw_token(self, header: bytes) -> bytes | None:
        scheme, _, token = header.partition(b" ")
        return token if scheme == SCHEME.encode() else None

    def get_validated_token(self, raw_token: bytes) -> AccessToken:
        """The token of a text, which names an account. Raises InvalidToken."""
        try:
            token = AccessToken.read(raw_token.decode())
        except (TokenError, ValueError) as error:
            raise InvalidToken({"detail": "Token is invalid or expired"}) from error
        try:
            token.account_id  # noqa: B018 - raises where the subject is no account id
        except InvalidRequest as error:
            raise InvalidToken({"detail": "Token names no user"}) from error
        return token

    def get_user(self, validated_token: Any) -> Any:
        account = Account.objects.get_with_roles(pk=validated_token.account_id)
        if account is None or account.token_epoch != validated_token.epoch:
            raise AuthenticationFailed("User not found", code="user_not_found")
        if account.disabled:
            raise AuthenticationFailed("User is inactive", code="user_inactive")
        if validated_token.has_ended:
            raise InvalidToken({"detail": "Token is invalid or expired"})
        return account.user


class StatelessBearerAuthentication(BearerAuthentication):
    """As BearerAuthentication, but the token alone is believed and the database is not asked.

    `request.user` becomes a TokenUser, `request.auth` the AccessToken. The trade: who is disabled, deleted, taken
    over, signs out or loses a role keeps what the token says until it expires (AUTH_ACCESS_TOKEN_EXPIRES_IN seconds).
    401 with `WWW-Authenticate: Bearer` for a bad or expired token. Signing keys that live in the database are still
    read from it, once in AUTH_KEYRING_TTL seconds for all requests of a process; a pinned HASURA_GRAPHQL_JWT_SECRET
    never is.
    """

    def get_user(self, validated_token: Any) -> Any:
        token: AccessToken = validated_token
        return TokenUser(token.account_id, tuple(token.allowed_roles), token.default_role)


@dataclass(frozen=True, slots=True)
class TokenUser:
    """Whom an access token speaks for, as far as the token tells; no row, no permission of Django's stands behind it.

    `is_anonymous` is Django's word for nobody; whether somebody is a guest says `request.auth.is_anonymous`.
    """

    account_id: uuid.UUID
    roles: tuple[str, ...] = field(compare=False)
    default_role: str = field(compare=False)

    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_staff: ClassVar[bool] = False
    is_superuser: ClassVar[bool] = False

    def __str__(self) -> str:
        return self.get_username()

    @property
    def pk(self) -> uuid.UUID:
        """The account's id, for throttles and logs; the host's user may have another key."""
        return self.account_id

    @property
    def id(self) -> uuid.UUID:
        return self.account_id

    def get_username(self) -> str:
        return str(self.account_id)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        return False
