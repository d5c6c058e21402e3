"""What the stories of this wing answer, as types, in the way of http/answers.py (identity.md 7.2-7.8).

No annotation here is postponed: of those Python does not see which keys are not required.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from nhost_auth.http.answers import Moment

Uuid = Annotated[str, ("format", "uuid")]


class OAuth2DiscoveryResponse(TypedDict):
    """What applications configure themselves by (RFC 8414)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    revocation_endpoint: str
    introspection_endpoint: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    grant_types_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    code_challenge_methods_supported: list[str]
    claims_supported: list[str]
    request_parameter_supported: bool
    authorization_response_iss_parameter_supported: bool
    client_id_metadata_document_supported: NotRequired[bool]
    device_authorization_endpoint: NotRequired[str]
    end_session_endpoint: NotRequired[str]
    registration_endpoint: NotRequired[str]


class OAuth2LoginResponse(TypedDict):
    """What an application asks for; `clientName` and what follows it are ours, for who is signed in."""

    requestId: Uuid
    clientId: str
    scopes: list[str]
    redirectUri: str
    clientName: NotRequired[str]
    prompt: NotRequired[list[str]]
    consented: NotRequired[bool]
    signInAgain: NotRequired[bool]


class OAuth2LoginCompleteResponse(TypedDict):
    redirectUri: Annotated[str, ("format", "uri")]


class OAuth2TokenResponse(TypedDict):
    """RFC 6749 section 5.1."""

    access_token: str
    token_type: str
    expires_in: Annotated[int, ("description", "Seconds.")]
    refresh_token: str
    id_token: NotRequired[str]
    scope: str


class OAuth2UserinfoResponse(TypedDict):
    """Claims of OpenID Connect Core 5.1, as the scopes allow; with `graphql` those for Hasura too."""

    sub: str
    name: NotRequired[str]
    email: NotRequired[str]
    email_verified: NotRequired[bool]
    picture: NotRequired[str]
    locale: NotRequired[str]
    phone_number: NotRequired[str]
    phone_number_verified: NotRequired[bool]


class OAuth2IntrospectResponse(TypedDict):
    """RFC 7662 section 2.2; of a token that is not good, or not the application's, `active` alone."""

    active: bool
    scope: NotRequired[str]
    client_id: NotRequired[str]
    sub: NotRequired[str]
    exp: NotRequired[int]
    iat: NotRequired[int]
    iss: NotRequired[str]
    token_type: NotRequired[str]


class OAuth2DeviceAuthorizationResponse(TypedDict):
    """RFC 8628 section 3.2."""

    device_code: str
    user_code: str
    verification_uri: Annotated[str, ("format", "uri")]
    verification_uri_complete: Annotated[str, ("format", "uri")]
    expires_in: Annotated[int, ("description", "Seconds.")]
    interval: Annotated[int, ("description", "Seconds.")]


class OAuth2DeviceResponse(TypedDict):
    """What asks, and from where: whoever did not begin this at that device has to see it."""

    clientId: str
    clientName: str
    scopes: list[str]
    ip: str | None
    device: str
    createdAt: Moment
    expiresAt: Moment


class OAuth2RegisterResponse(TypedDict):
    """RFC 7591 section 3.2.1; the secret is shown this once."""

    client_id: str
    client_id_issued_at: int
    client_secret: NotRequired[str]
    client_secret_expires_at: NotRequired[int]
    client_name: NotRequired[str]
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    token_endpoint_auth_method: str
    grant_types: list[str]
    response_types: list[str]
    scope: str


class Application(TypedDict):
    """An application that somebody has let in, as they see it."""

    id: Uuid
    clientId: str
    name: str
    kind: Literal["registered", "client_id_metadata_document", "dynamic"]
    scopes: list[str]
    createdAt: Moment
    lastUsedAt: Moment | None


class Applications(TypedDict):
    applications: list[Application]
