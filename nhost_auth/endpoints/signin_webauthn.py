"""POST /signin/webauthn asks for a security key, POST /signin/webauthn/verify opens a session for its answer.

identity.md 1.4.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import InvalidRequest
from nhost_auth.flows import sessions, webauthn
from nhost_auth.http import answers, refusals
from nhost_auth.http.credentials import AssertionResponse
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import Email, Input


class BeginRequest(Input):
    email = Email(required=False)


class VerifyRequest(Input):
    credential = AssertionResponse()
    email = Email(required=False)  # deprecated at Nhost, without effect


class SignInWebauthn(Endpoint):
    stories = {
        "begin": Story(
            operation="signInWebauthn",
            request=BeginRequest,
            request_optional=True,
            toggles=("AUTH_WEBAUTHN_ENABLED",),
            limits=("brute_force",),
            answer=answers.PublicKeyCredentialRequestOptions,
            errors=(InvalidRequest, *refusals.VALID_USER),
        ),
        "verify": Story(
            operation="verifySignInWebauthn",
            request=VerifyRequest,
            toggles=("AUTH_WEBAUTHN_ENABLED",),
            limits=("brute_force",),
            answer=answers.SignInResponse,
            errors=(InvalidRequest, *refusals.VALID_USER),
        ),
    }

    def begin(self, email: str | None = None) -> Any:
        """Begin a sign-in by passkey.

        Without an address the browser offers the passkeys it has. The options go to `navigator.credentials.get()`, and
        what that returns to `POST /signin/webauthn/verify`.
        """
        return webauthn.sign_in_options(email)

    def verify(self, credential: dict[str, Any], email: str | None = None) -> Any:
        """Sign in with a passkey."""
        account, use = webauthn.sign_in(credential)
        # A key that knows its user is two factors: something owned, and a PIN, finger or face.
        return sessions.start(account, self.client, method="webauthn", proven=use.user_verified)
