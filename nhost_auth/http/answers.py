"""What stories answer, as types: mypy holds payloads.py to them, and json_schemas.py describes them to clients.

Under Nhost's names where it has one; accounts.md 1.2, 2.1, 2.2, 3.21, identity.md 1.1, 2, 4.6. Camel case, as sent.
No annotation here is postponed: of those Python does not see which keys are not required.
"""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from nhost_auth.http.inputs import UUID_PATTERN

Email = Annotated[str, ("format", "email")]
Locale = Annotated[str, ("minLength", 2), ("maxLength", 3)]
Moment = Annotated[str, ("format", "date-time")]
Uuid = Annotated[str, ("pattern", UUID_PATTERN)]

OK = Literal["OK"]


class User(TypedDict):
    avatarUrl: str
    createdAt: Moment
    defaultRole: str
    displayName: str
    email: NotRequired[Email]
    emailVerified: bool
    id: Uuid
    isAnonymous: bool
    locale: Locale
    metadata: dict[str, Any] | None
    phoneNumber: NotRequired[str]
    phoneNumberVerified: bool
    roles: list[str]
    activeMfaType: Literal["totp"] | None


class Session(TypedDict):
    accessToken: str
    accessTokenExpiresIn: Annotated[int, ("description", "Seconds.")]
    refreshToken: Uuid
    refreshTokenId: Uuid
    user: User


class MFAChallengePayload(TypedDict):
    ticket: str


class SessionPayload(TypedDict):
    """A session; none where the address has to be verified first."""

    session: Session | None


class SignInResponse(TypedDict):
    """A session, or the ticket for POST /signin/mfa/totp of somebody with a second factor."""

    session: NotRequired[Session]
    mfa: NotRequired[MFAChallengePayload]


class EnterResponse(TypedDict):
    """As SessionPayload for somebody new, as SignInResponse for somebody known."""

    session: NotRequired[Session | None]
    mfa: NotRequired[MFAChallengePayload]


class OpenSession(TypedDict):
    """Where somebody is signed in."""

    id: Uuid
    device: str
    ip: str | None
    createdAt: Moment
    lastUsedAt: Moment
    expiresAt: Moment
    current: bool


class OpenSessions(TypedDict):
    sessions: list[OpenSession]


class ConvertedUser(TypedDict):
    _id: Uuid
    email: Email
    firstName: str
    lastName: str
    role: str
    emailVerified: bool
    isAnonymous: bool


class ConvertResponse(TypedDict):
    """Mudbase's answer to a guest who has become a user."""

    message: str
    token: str
    refreshToken: Uuid
    expiresIn: int
    user: ConvertedUser


class CreatePATResponse(TypedDict):
    id: Uuid
    personalAccessToken: Uuid


class TotpGenerateResponse(TypedDict):
    imageUrl: Annotated[str, ("description", "A QR code, as a data URL.")]
    totpSecret: str


class RecoveryCodesLeft(TypedDict):
    remaining: int


class RecoveryCodes(TypedDict):
    recoveryCodes: list[str]


class ElevationResponse(TypedDict):
    elevationRequired: bool
    methods: list[Literal["webauthn", "totp", "otp-email", "otp-sms"]]
    sessionElevated: bool


class ProviderSession(TypedDict):
    accessToken: str
    expiresIn: int
    expiresAt: Moment
    refreshToken: str


class RelyingPartyEntity(TypedDict):
    id: str
    name: str


class UserEntity(TypedDict):
    id: str
    name: str
    displayName: str


class CredentialParameter(TypedDict):
    type: Literal["public-key"]
    alg: int


class PublicKeyCredentialDescriptor(TypedDict):
    type: Literal["public-key"]
    id: str


UserVerification = Literal["required", "preferred", "discouraged"]


class AuthenticatorSelection(TypedDict):
    requireResidentKey: bool
    residentKey: Literal["discouraged", "preferred", "required"]
    userVerification: UserVerification


class PublicKeyCredentialCreationOptions(TypedDict):
    """What navigator.credentials.create() is asked (WebAuthn Level 3)."""

    rp: RelyingPartyEntity
    user: UserEntity
    challenge: str
    pubKeyCredParams: list[CredentialParameter]
    timeout: Annotated[int, ("description", "Milliseconds.")]
    excludeCredentials: NotRequired[list[PublicKeyCredentialDescriptor]]
    authenticatorSelection: AuthenticatorSelection
    attestation: Literal["none", "indirect", "direct", "enterprise"]


class PublicKeyCredentialRequestOptions(TypedDict):
    """What navigator.credentials.get() is asked (WebAuthn Level 3)."""

    challenge: str
    timeout: Annotated[int, ("description", "Milliseconds.")]
    rpId: str
    allowCredentials: NotRequired[list[PublicKeyCredentialDescriptor]]
    userVerification: UserVerification


class VerifyAddSecurityKeyResponse(TypedDict):
    id: Uuid
    nickname: NotRequired[str]


class SecurityKey(TypedDict):
    id: Uuid
    nickname: str | None
    createdAt: Moment
    lastUsedAt: Moment | None
    transports: list[str]
    backedUp: bool
    aaguid: str


class SecurityKeys(TypedDict):
    keys: list[SecurityKey]


class JWK(TypedDict):
    """A public key (RFC 7517); which of its numbers it has depends on its kind."""

    alg: str
    kid: str
    kty: str
    use: str
    n: NotRequired[str]
    e: NotRequired[str]
    crv: NotRequired[str]
    x: NotRequired[str]
    y: NotRequired[str]


class JWKSet(TypedDict):
    keys: list[JWK]


class Version(TypedDict):
    version: str


class ErrorResponse(TypedDict):
    """A refusal; `reason` and what follows it are of requests that are wrong in themselves."""

    status: int
    message: str
    error: str
    reason: NotRequired[str]
    errors: NotRequired[str]
    securityScheme: NotRequired[str]


class OAuth2ErrorResponse(TypedDict):
    """A refusal in the form of RFC 6749 section 5.2."""

    error: str
    error_description: NotRequired[str]


class BotCheckResponse(TypedDict):
    """Turnstile does not vouch for the request."""

    error: str
