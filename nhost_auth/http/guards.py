"""Who may call an endpoint; a story names one of these or, for everybody, none (accounts.md 1.7).

The token is checked, not its user.
"""

from __future__ import annotations

from collections.abc import Callable

from rest_framework.request import Request

from nhost_auth.errors import Unauthorized
from nhost_auth.flows import elevation
from nhost_auth.flows.access_tokens import AccessToken
from nhost_auth.http.authentication import read_bearer, verified
from nhost_auth.http.bodies import read_form

Guard = Callable[[Request], AccessToken | None]


def optional_bearer(request: Request) -> AccessToken | None:
    """A missing or bad token is no token."""
    try:
        return read_bearer(request)
    except Unauthorized:
        return None


def bearer(request: Request) -> AccessToken:
    """A good access token. Raises Unauthorized."""
    return read_bearer(request)


def application_bearer(request: Request) -> AccessToken:
    """A good access token, that of an application too; an ID token, without a scope, is none. Raises Unauthorized."""
    return _with_scope(read_bearer(request, reader=AccessToken.read_any))


def application_bearer_or_form(request: Request) -> AccessToken:
    """As `application_bearer`; without a header the token is that of a form (RFC 6750 section 2.2).

    Raises Unauthorized and what reading a form raises.
    """
    is_form = request.META.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    if "HTTP_AUTHORIZATION" in request.META or not is_form:
        return application_bearer(request)
    return _with_scope(verified(read_form(request._request).get("access_token") or "", AccessToken.read_any))


def elevated(request: Request) -> AccessToken:
    """A good access token that proves more than a sign-in, where the project asks for that. Raises Unauthorized."""
    return _elevated(request, enrolling=False)


def elevated_unless_enrolling(request: Request) -> AccessToken:
    """As `elevated`, but who has no way to give more proof may pass to get one. Raises Unauthorized."""
    return _elevated(request, enrolling=True)


def proven_unless_enrolling(request: Request) -> AccessToken:
    """As `elevated_unless_enrolling`, but whether the project asks for that or not. Raises Unauthorized."""
    return _elevated(request, enrolling=True, always=True)


def optional_elevated(request: Request) -> AccessToken | None:
    """A missing or bad token, or one without the proof, is no token."""
    try:
        return elevated(request)
    except Unauthorized:
        return None


def _with_scope(token: AccessToken) -> AccessToken:
    if token.client_id and not token.scopes:
        raise Unauthorized("invalid or expired token")
    return token


def _elevated(request: Request, *, enrolling: bool, always: bool = False) -> AccessToken:
    try:
        token = read_bearer(request)
    except Unauthorized as error:
        raise Unauthorized(error.reason, elevation.SCHEME) from error
    elevation.ensure(token, enrolling=enrolling, always=always)
    return token
