"""How errors reach the client: as JSON or in the query of a redirect (accounts.md 1.2-1.4, 3.22)."""

from __future__ import annotations

from typing import Any

from nhost_auth.conf import conf
from nhost_auth.errors import (
    AuthError,
    BadRequest,
    BotCheckFailed,
    DisabledUser,
    EmailAlreadyVerified,
    ForbiddenAnonymous,
    InvalidEmailPassword,
    InvalidRequest,
    RequestFault,
    Unauthorized,
    UnverifiedUser,
    UserAlreadyExists,
)
from nhost_auth.flows.redirects import with_query
from nhost_auth.http.payloads import Redirect
from nhost_auth.oauth2_errors import OAuth2Error

OF_ACCOUNTS = (
    DisabledUser,
    EmailAlreadyVerified,
    ForbiddenAnonymous,
    InvalidEmailPassword,
    UnverifiedUser,
    UserAlreadyExists,
)
"""What an error tells about whoever an address belongs to."""


def body(error: AuthError) -> dict[str, Any]:
    """The JSON of an error. A request fault has Nhost's own keys beside status and message."""
    if isinstance(error, BotCheckFailed):
        return {"error": error.reason}
    if isinstance(error, BadRequest):
        return {"status": error.status, "message": error.reason, "error": error.code, "errors": error.code}
    if isinstance(error, Unauthorized):
        return {**_fault(error), "securityScheme": error.security_scheme}
    if isinstance(error, RequestFault):
        return _fault(error)
    if isinstance(error, OAuth2Error):
        return {"error": error.code, "error_description": error.message}
    return {"status": error.status, "message": error.message, "error": error.code}


def redirect(error: AuthError, target: str) -> Redirect:
    return Redirect(with_query(target, error=error.code, errorDescription=error.message))


def concealed(error: AuthError) -> AuthError:
    """What the client gets to see of an error under AUTH_CONCEAL_ERRORS."""
    return InvalidRequest() if conf.AUTH_CONCEAL_ERRORS and error.concealable else error


def untold(error: AuthError) -> bool:
    """Whether AUTH_CONCEAL_ACCOUNTS keeps an error from whoever asks for a message to be sent."""
    return conf.AUTH_CONCEAL_ACCOUNTS and isinstance(error, OF_ACCOUNTS)


def _fault(error: RequestFault) -> dict[str, Any]:
    return {"status": error.status, "message": error.reason, "error": error.code, "reason": error.reason}
