"""How stories may end other than well: what single steps raise, and what a story as a whole can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nhost_auth.errors import (
    AuthError,
    BadRequest,
    BotCheckFailed,
    BotCheckUnavailable,
    DefaultRoleMustBeInAllowedRoles,
    DisabledEndpoint,
    DisabledMfaTotp,
    DisabledUser,
    ForbiddenAnonymous,
    InternalServerError,
    InvalidEmailPassword,
    InvalidOtp,
    InvalidRequest,
    InvalidTotp,
    OauthProfileFetchFailed,
    OtpTooManyAttempts,
    PasswordInHibpDatabase,
    PasswordTooShort,
    ProviderAccountAlreadyLinked,
    RedirectToNotAllowed,
    RequestValidationError,
    RoleNotAllowed,
    SchemaValidationError,
    SignupDisabled,
    Unauthorized,
    UnverifiedUser,
    UserAlreadyExists,
)
from nhost_auth.http.guards import optional_bearer, optional_elevated

if TYPE_CHECKING:
    from nhost_auth.http.endpoint import Endpoint, Story

Refusals = tuple[type[AuthError], ...]

VALID_USER: Final[Refusals] = (InvalidEmailPassword, DisabledUser, UnverifiedUser, ForbiddenAnonymous)
"""What policy.ensure_valid raises."""
BEARER: Final[Refusals] = (InvalidRequest, *VALID_USER)
"""What accounts.bearer raises."""
PROFILE: Final[Refusals] = (RedirectToNotAllowed, RoleNotAllowed, DefaultRoleMustBeInAllowedRoles)
"""What policy.ensure_profile raises."""
NEW_USER: Final[Refusals] = (*PROFILE, InvalidEmailPassword, DisabledUser, UserAlreadyExists)
"""What an address that may not come in, and accounts.create, raise."""
NEW_PASSWORD: Final[Refusals] = (PasswordTooShort, InvalidRequest, PasswordInHibpDatabase)
"""What passwords.ensure_acceptable raises."""
ONE_TIME_CODE: Final[Refusals] = (InvalidOtp, OtpTooManyAttempts)
TOTP: Final[Refusals] = (DisabledEndpoint, DisabledMfaTotp, InvalidTotp)
ID_TOKEN: Final[Refusals] = (DisabledEndpoint, InvalidRequest, OauthProfileFetchFailed, ProviderAccountAlreadyLinked)
"""What id_tokens.identify raises."""
DEPARTURE: Final[Refusals] = (InvalidRequest, RedirectToNotAllowed, SchemaValidationError)
"""What DepartingEndpoint.depart raises before the browser leaves."""
UNKNOWN_PROVIDER: Final[Refusals] = (SchemaValidationError,)


def possible(story: Story) -> set[type[AuthError]]:
    """Every error that a story may answer with; InternalServerError goes without saying."""
    found: set[type[AuthError]] = {*story.errors, *_of_the_request(story)}
    if story.guard not in (None, optional_bearer, optional_elevated):
        found.add(Unauthorized)
    if story.turnstile:
        found |= {BotCheckFailed, BotCheckUnavailable}
    for toggle in story.toggles:
        found.add(SignupDisabled if toggle == "AUTH_DISABLE_SIGNUP" else DisabledEndpoint)
    if any(error.concealable for error in found):
        found.add(InvalidRequest)  # AUTH_CONCEAL_ERRORS
    return found


def by_status(story: Story, endpoint: type[Endpoint]) -> dict[int, list[type[AuthError]]]:
    """The errors of an endpoint's story, as that tells them, in the order of their codes."""
    found: dict[int, list[type[AuthError]]] = {}
    told = {endpoint.told_as.get(error, error) for error in possible(story) | {InternalServerError}}
    for error in sorted(told, key=lambda error: (error.code, error.message)):
        found.setdefault(endpoint.statuses.get(error, error.status), []).append(error)
    return {status: found[status] for status in sorted(found)}


def _of_the_request(story: Story) -> set[type[AuthError]]:
    found = set[type[AuthError]]()
    if story.request or story.form:
        found |= {RequestValidationError, SchemaValidationError}
    if story.query:
        found.add(SchemaValidationError)
    for query in filter(None, (story.query, story.form)):
        if any(field.required for field in query().fields.values()):
            found.add(BadRequest)
    if story.request and any(getattr(field, "syntax", None) for field in story.request().fields.values()):
        found.add(BadRequest)
    return found
