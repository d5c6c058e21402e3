"""Every error of the OAuth2 wing, one class per code, in the form of RFC 6749 section 5.2 (identity.md section 7).

`error` and `error_description` on the wire, as JSON or in the query of a redirect.
"""

from __future__ import annotations

from typing import ClassVar

from nhost_auth.errors import AuthError, DisabledEndpoint, InvalidRequest


class OAuth2Error(AuthError):
    """An error whose code is a word of the standards; what is wrong stands in `message`."""

    message = ""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)
        self.message = message or self.message


class MalformedRequest(OAuth2Error):
    code = "invalid_request"
    message = "The request is malformed"


class InvalidScope(OAuth2Error):
    code = "invalid_scope"
    message = "The scope is not allowed"


class UnsupportedResponseType(OAuth2Error):
    code = "unsupported_response_type"
    message = "Only response_type=code is supported"


class UnsupportedGrantType(OAuth2Error):
    code = "unsupported_grant_type"
    message = "The grant type is not supported"


class RequestNotSupported(OAuth2Error):
    """OpenID Connect Core section 6: parameters wrapped in a signed object."""

    code = "request_not_supported"
    message = "The parameter request is not supported"


class RequestUriNotSupported(OAuth2Error):
    code = "request_uri_not_supported"
    message = "The parameter request_uri is not supported"


class InvalidGrant(OAuth2Error):
    code = "invalid_grant"
    message = "Invalid grant"
    audited = True


class AuthorizationPending(OAuth2Error):
    """RFC 8628 section 3.5: the device asks again."""

    code = "authorization_pending"
    message = "The user has not answered yet"


class SlowDown(OAuth2Error):
    """As AuthorizationPending; the device asks five seconds later each time from now on."""

    code = "slow_down"
    message = "The device asks too often"


class ExpiredDeviceCode(OAuth2Error):
    code = "expired_token"
    message = "The device code has expired"


class DeviceRefused(OAuth2Error):
    """Of the token endpoint, whose refusals are a 400 (RFC 6749 section 5.2)."""

    code = "access_denied"
    message = "The user refused"


class UnauthorizedClient(OAuth2Error):
    code = "unauthorized_client"
    message = "The application is not registered for this"


class InvalidRedirectUri(OAuth2Error):
    """RFC 7591 section 3.2.2."""

    code = "invalid_redirect_uri"
    message = "A redirect URI is not acceptable"


class InvalidClientMetadata(OAuth2Error):
    code = "invalid_client_metadata"
    message = "The metadata of the application is not acceptable"


class TooManyApplications(OAuth2Error):
    """RFC 7591 has no word for it."""

    code = "access_denied"
    status = 403
    message = "The account has registered as many applications as it may"


class AccessDenied(OAuth2Error):
    code = "access_denied"
    status = 403
    message = "Access was denied"


class InvalidClient(OAuth2Error):
    code = "invalid_client"
    status = 401
    message = "Unknown client"
    audited = True


class InvalidToken(OAuth2Error):
    code = "invalid_token"
    status = 401
    message = "The access token is invalid"


class ServerError(OAuth2Error):
    code = "server_error"
    status = 500
    message = "Internal server error"


class ProviderOff(ServerError):
    message = "OAuth2 provider is disabled"


class UnknownAuthorizationRequest(InvalidRequest):
    message = "Unknown authorization request"


class AuthorizationRequestExpired(InvalidRequest):
    message = "Authorization request expired"


class AuthorizationRequestCompleted(InvalidRequest):
    message = "Authorization request already completed"


class UnknownUserCode(InvalidRequest):
    message = "Unknown, expired or used code"
    audited = True


class SignInAgain(AuthError):
    """Ours: the application asks for a sign-in that is more recent (OpenID Connect Core 3.1.2.1)."""

    code = "sign-in-again"
    status: ClassVar[int] = 403
    message = "The application asks for a more recent sign-in"


class ConsentNeeded(AuthError):
    """Ours: `prompt=none` is for users who have let the application in before."""

    code = "consent-needed"
    status: ClassVar[int] = 403
    message = "The user has to be asked first"


class ApplicationNotFound(AuthError):
    """Ours: Nhost has no list of the applications that somebody has let in."""

    code = "application-not-found"
    status: ClassVar[int] = 404
    message = "There is no such application"


class ProviderDisabled(DisabledEndpoint):
    """As ProviderOff, for the project's own page."""

    status = 400
    message = ProviderOff.message
