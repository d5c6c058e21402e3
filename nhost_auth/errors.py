"""Every error the API can answer with, one class per code (accounts.md 1.2, 1.3; identity.md 0.1).

A flow raises the class; the http floor renders it as JSON or as a redirect. `concealable` errors become
`invalid-request` when AUTH_CONCEAL_ERRORS is on.
"""

from __future__ import annotations

from typing import ClassVar


class AuthError(Exception):
    """A business error: `{"status", "message", "error"}` on the wire."""

    code: ClassVar[str]
    status: ClassVar[int] = 400
    message: str
    concealable: ClassVar[bool] = False
    audited: ClassVar[bool] = False
    """Whether the audit trail tells of it: a proof was wrong, or somebody may not come in."""


class DefaultRoleMustBeInAllowedRoles(AuthError):
    code = "default-role-must-be-in-allowed-roles"
    message = "Default role must be in allowed roles"


class EmailAlreadyVerified(AuthError):
    code = "email-already-verified"
    message = "User's email is already verified"
    concealable = True


class InvalidRequest(AuthError):
    code = "invalid-request"
    message = "The request payload is incorrect"


class PasswordRefused(InvalidRequest):
    """A password that one of the host's AUTH_PASSWORD_VALIDATORS does not take; `message` is the validator's."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidSecurityKey(InvalidRequest):
    """An answer of a security key that proves nothing."""

    audited = True


class LocaleNotAllowed(AuthError):
    code = "locale-not-allowed"
    message = "Locale not allowed"


class PasswordInHibpDatabase(AuthError):
    code = "password-in-hibp-database"
    message = "Password is in HIBP database"


class PasswordTooShort(AuthError):
    code = "password-too-short"
    message = "Password is too short"


class RedirectToNotAllowed(AuthError):
    code = "redirectTo-not-allowed"
    message = 'The value of "options.redirectTo" is not allowed.'


class RoleNotAllowed(AuthError):
    code = "role-not-allowed"
    message = "Role not allowed"
    concealable = True


class UserNotAnonymous(AuthError):
    code = "user-not-anonymous"
    message = "Logged in user is not anonymous"


class NoTotpSecret(AuthError):
    code = "no-totp-secret"
    message = "User does not have a TOTP secret"
    concealable = True


class MfaTypeNotFound(AuthError):
    code = "mfa-type-not-found"
    message = "MFA type not found"


class TotpAlreadyActive(AuthError):
    code = "totp-already-active"
    message = "TOTP MFA is already active"


class InvalidState(AuthError):
    code = "invalid-state"
    message = "Invalid state"
    audited = True


class OauthTokenExchangeFailed(AuthError):
    code = "oauth-token-echange-failed"  # the spelling is the contract's
    message = "Failed to exchange token"


class OauthProfileFetchFailed(AuthError):
    code = "oauth-profile-fetch-failed"
    message = "Failed to get user profile"


class OauthProviderError(AuthError):
    code = "oauth-provider-error"
    message = "Provider returned an error"


class CannotSendSms(AuthError):
    code = "cannot-send-sms"
    message = "Cannot send SMS, check your phone number is correct"


class InvalidOtp(AuthError):
    code = "invalid-otp"
    message = "Invalid or expired OTP"
    concealable = True
    audited = True


class OtpTooManyAttempts(AuthError):
    code = "otp-too-many-attempts"
    message = "Too many incorrect attempts, please request a new OTP"
    concealable = True
    audited = True


class ProviderAccountAlreadyLinked(AuthError):
    code = "provider-account-already-linked"
    message = "This provider account is already linked to a user"


class DisabledUser(AuthError):
    code = "disabled-user"
    status = 401
    message = "User is disabled"
    concealable = True
    audited = True


class InvalidEmailPassword(AuthError):
    code = "invalid-email-password"
    status = 401
    message = "Incorrect email or password"
    concealable = True
    audited = True


class InvalidPat(AuthError):
    code = "invalid-pat"
    status = 401
    message = "Invalid or expired personal access token"
    concealable = True
    audited = True


class UnverifiedUser(AuthError):
    code = "unverified-user"
    status = 401
    message = "User is not verified."
    concealable = True
    audited = True


class InvalidRefreshToken(AuthError):
    code = "invalid-refresh-token"
    status = 401
    message = "Invalid or expired refresh token"
    concealable = True


class InvalidTicket(AuthError):
    code = "invalid-ticket"
    status = 401
    message = "Invalid ticket"
    concealable = True
    audited = True


class DisabledMfaTotp(AuthError):
    code = "disabled-mfa-totp"
    status = 401
    message = "User does not have TOTP MFA enabled"
    concealable = True


class InvalidTotp(AuthError):
    code = "invalid-totp"
    status = 401
    message = "Invalid TOTP code"
    concealable = True
    audited = True


class ForbiddenAnonymous(AuthError):
    code = "forbidden-anonymous"
    status = 403
    message = "Forbidden, user is anonymous."
    concealable = True


class SignupDisabled(AuthError):
    code = "signup-disabled"
    status = 403
    message = "Sign up is disabled."
    concealable = True


class DisabledEndpoint(AuthError):
    code = "disabled-endpoint"
    status = 409
    message = "This endpoint is disabled"


class UserAlreadyExists(AuthError):
    code = "user-already-exists"
    status = 409
    message = "User already exists"
    concealable = True


class SessionNotFound(AuthError):
    """Ours: of GET /user/sessions."""

    code = "session-not-found"
    status = 404
    message = "There is no such session"


class InternalServerError(AuthError):
    code = "internal-server-error"
    status = 500
    message = "Internal server error"


class RequestFault(AuthError):
    """A request that no handler gets to see; `reason` tells what is wrong with it (accounts.md 1.2)."""

    message = ""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RequestValidationError(RequestFault):
    code = "request-validation-error"


class SchemaValidationError(RequestFault):
    code = "schema-validation-error"


class BotCheckFailed(RequestFault):
    """Turnstile does not vouch for the request. On the wire there is `{"error": reason}` and no more."""

    code = "turnstile"
    status = 403


class BotCheckUnavailable(BotCheckFailed):
    status = 500


class BadRequest(RequestFault):
    """A value of the right type that does not read as what it should be."""

    code = "bad-request"


class Unauthorized(RequestFault):
    """A missing or refused bearer token, for an endpoint behind the named security scheme."""

    code = "unauthorized"
    status = 401

    def __init__(self, reason: str, security_scheme: str = "BearerAuth") -> None:
        super().__init__(reason)
        self.security_scheme = security_scheme
