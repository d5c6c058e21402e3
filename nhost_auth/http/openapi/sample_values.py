"""What members of requests and answers look like, once for each name on the wire; for the examples."""

from __future__ import annotations

from typing import Any

from nhost_auth.conf import conf
from nhost_auth.version import __version__

ANN, UUID = "ann@example.com", "2c35b6f3-c4b9-48e3-978a-d4d0f1d42e24"
MOMENT, LATER = "2030-01-05T08:30:00.123456Z", "2030-02-04T08:30:00.123456Z"
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIyYzM1YjZmMyJ9.MEUCIQDk1uXe"
BASE64URL = "KEDetxZcUfinhVi6Za5nZQ"
OTHER_UUID = "e4a1f0d7-2b6c-4f9e-a8d3-70c5b9e1f624"

VALUES: dict[str, Any] = {
    "_id": UUID,
    "aaguid": "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4",
    "accessToken": JWT,
    "activeMfaType": "totp",
    "alg": -7,
    "allowedRoles": ["user"],
    "attestationObject": BASE64URL,
    "authenticatorAttachment": "platform",
    "authenticatorData": BASE64URL,
    "avatarUrl": "https://www.gravatar.com/avatar/205e460b479e2e5b48aec07710c08d50",
    "challenge": BASE64URL,
    "clientDataJSON": BASE64URL,
    "code": "123456",
    "codeChallenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "codeVerifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "connection": "conn_01HXYZ",
    "createdAt": MOMENT,
    "defaultRole": "user",
    "device": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "displayName": "Ann",
    "email": ANN,
    "expiresAt": LATER,
    "expiresIn": 900,
    "accessTokenExpiresIn": 900,
    "firstName": "Ann",
    "id": UUID,
    "idToken": JWT,
    "id_token": JWT,
    "error": "access_denied",
    "error_description": "The user said no",
    "error_uri": "https://example.org/errors/access_denied",
    "iss": "https://accounts.example.org",
    "oauth_token": "NPcudxy0yU5T3tBzho7i",
    "oauth_verifier": "uw7NjWHT6OJ1MpJOXsHf",
    "imageUrl": "data:image/png;base64,iVBORw0KGgo=",
    "ip": "203.0.113.7",
    "isAnonymous": False,
    "lastName": "Example",
    "lastUsedAt": MOMENT,
    "locale": "en",
    "message": "Account created successfully",
    "metadata": {"plan": "free"},
    "newEmail": "ann.new@example.com",
    "newPassword": "a longer password",
    "newPhoneNumber": "+12025550111",
    "nickname": "Ann's phone",
    "nonce": "n-0S6_WzA2Mj",
    "otp": "123456",
    "password": "a long password",
    "personalAccessToken": "6f5a2f8c-90d1-4e0b-8c37-3f1f7f0b9a64",
    "phoneNumber": "+12025550100",
    "provider": "google",
    "picture": "https://www.gravatar.com/avatar/205e460b479e2e5b48aec07710c08d50",
    "prompt": ["consent"],
    "rawId": BASE64URL,
    "recoveryCodes": ["7dkq2c4bt5xvn3my", "qz6hj2ws4rlfp7ae"],
    "refreshToken": "b1d4c6a2-7c1e-4c55-9a3a-5d0c8e2f7b10",
    "refreshTokenId": "9b1f7c1e-6a43-4d3c-8c0e-0a4f2f1d8e55",
    "remaining": 10,
    "requireResidentKey": False,
    "residentKey": "preferred",
    "role": "user",
    "roles": ["user", "me"],
    "rpId": "example.com",
    "sessionElevated": False,
    "signInMethod": "passwordless",
    "signature": BASE64URL,
    "state": "af0ifjsldkj",
    "ticket": f"mfaTotp:{OTHER_UUID}",
    "timeout": 60000,
    "token": JWT,
    "totpSecret": "JBSWY3DPEHPK3PXP",
    "transports": ["internal", "hybrid"],
    "type": "public-key",
    "userHandle": BASE64URL,
    "userVerification": "preferred",
    "version": __version__,
    # Where a name means something else.
    "AssertionResponse.id": BASE64URL,
    "Oauth2TokenRequest.code": OTHER_UUID,
    "OAuth2TokenResponse.refresh_token": OTHER_UUID,
    "OAuth2UserinfoResponse.name": "Ann",
    "OAuth2IntrospectResponse.token_type": "access_token",
    "OAuth2IntrospectResponse.iss": "https://api.example.com/v1",
    "Oauth2AuthorizePostURLRequest.request": "",
    "SignInProviderCallbackPostRequest.code": "4/0AeanS0bXkq",
    "SignInProviderCallbackPostRequest.user": '{"name": {"firstName": "Ann", "lastName": "Example"}}',
    "ChangeUserPasswordRequest.ticket": f"passwordReset:{OTHER_UUID}",
    "CreationResponse.id": BASE64URL,
    "FollowQuery.ticket": f"verifyEmail:{OTHER_UUID}",
    "JWKSet.keys": [
        {
            "alg": "ES256",
            "kid": "2030-01",
            "kty": "EC",
            "use": "sig",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        }
    ],
    "ProviderSession.accessToken": "ya29.a0AfB_byDx",
    "ProviderSession.expiresIn": 3599,
    "ProviderSession.refreshToken": "1//0gXk2-L9Ir",
    "PublicKeyCredentialDescriptor.id": BASE64URL,
    "RefreshProviderTokenRequest.refreshToken": "1//0gXk2-L9Ir",
    "RelyingPartyEntity.id": "example.com",
    "RelyingPartyEntity.name": "Example",
    "TokenExchangeRequest.code": "u2kq7Nn0cTz5oXb1vJ8yWf3mRgL6sPdE4hAaVtQiUxk",
    "User.activeMfaType": None,
    "UserEntity.id": BASE64URL,
    "UserEntity.name": ANN,
}
"""By the member's name, or by that of its shape and its own."""


def named(owner: str, name: str) -> Any:
    """What the member of a shape looks like. Raises KeyError where only its schema tells."""
    if name == "redirectTo":
        return conf.AUTH_CLIENT_URL or "https://app.example.com"
    return VALUES[f"{owner}.{name}"] if f"{owner}.{name}" in VALUES else VALUES[name]
