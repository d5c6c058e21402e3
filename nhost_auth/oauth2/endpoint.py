"""The base of the endpoints that applications call: parameters and errors as RFC 6749 has them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict

from nhost_auth.conf import conf
from nhost_auth.errors import (
    AuthError,
    BadRequest,
    DisabledEndpoint,
    InternalServerError,
    RequestValidationError,
    SchemaValidationError,
    Unauthorized,
)
from nhost_auth.flows import keys
from nhost_auth.flows.access_tokens import AccessToken
from nhost_auth.flows.redirects import with_query
from nhost_auth.http import exceptions
from nhost_auth.http.endpoint import Endpoint
from nhost_auth.http.inputs import Query, Text
from nhost_auth.http.payloads import Redirect, as_response
from nhost_auth.oauth2_errors import InvalidToken, MalformedRequest, ProviderOff, ServerError

ENABLED = ("AUTH_OAUTH2_PROVIDER_ENABLED",)


class Parameters(Query):
    """Of a query or a form. None may come twice: two readers could take one each (RFC 6749 section 3.1)."""

    @classmethod
    def read(cls, value: Any) -> dict[str, Any]:
        for name in cls._declared_fields:
            given = value.getlist(name) if isinstance(value, QueryDict) else []
            if len(given) > 1:
                raise BadRequest(f"{name} must not be given more than once")
            if any("\0" in text for text in given):
                raise BadRequest(f"{name} must not hold null characters")
        return super().read(value)


class Parameter(Text):
    """What an application sends; bounded, for some of it is stored before anybody has signed in."""

    def __init__(self, *, most: int = 2048, **kwargs: Any) -> None:
        super().__init__(most=None if "enum" in kwargs else most, **kwargs)


class OAuth2Endpoint(Endpoint):
    told_as = {
        RequestValidationError: MalformedRequest,
        SchemaValidationError: MalformedRequest,
        BadRequest: MalformedRequest,
        Unauthorized: InvalidToken,
        DisabledEndpoint: ProviderOff,
        InternalServerError: ServerError,
    }
    state: str = ""
    """The application's, which every answer by redirect brings back."""

    def _render(self, error: AuthError) -> HttpResponse:
        told = self._told(error)
        if self.error_target is not None:
            return as_response(self.redirect(self.error_target, **exceptions.body(told)))
        response = super()._render(told)
        if told.status == 401:
            parts = f'error="{told.code}", error_description="{told.message}"'
            response.headers["WWW-Authenticate"] = f"Bearer {parts}"
        return response

    def redirect(self, target: str, **parameters: str) -> Redirect:
        """An answer to the application, which tells who gives it (RFC 9207)."""
        state = {"state": self.state} if self.state else {}
        return Redirect(with_query(target, **parameters, **state, iss=issuer()))

    def _finish(self, response: HttpResponse) -> None:
        super()._finish(response)
        response.headers["Pragma"] = "no-cache"


def issuer() -> str:
    """Who signs tokens (RFC 8414 section 2)."""
    return keys.backend().keyring.issuer


def page(address: str, path: str) -> str:
    """A page of the project's own: at `address` where a setting gives one, else at a path of its front end."""
    return address or f"{conf.AUTH_CLIENT_URL.rstrip('/')}{path}"


def ensure_own(token: AccessToken) -> None:
    """Raises Unauthorized for the token of an application, whatever its scopes: none may let in or make another."""
    if token.client_id:
        raise Unauthorized("token of an application")


def url(path: str) -> str:
    """The address of one of our endpoints: where the server is, or else where its tokens say it is."""
    return f"{(conf.AUTH_SERVER_URL or issuer()).rstrip('/')}{path}"
