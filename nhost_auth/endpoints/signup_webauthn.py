"""POST /signup/webauthn asks for a new security key, POST /signup/webauthn/verify makes an account of it.

identity.md 1.4.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.conf import conf
from nhost_auth.errors import DisabledUser, InvalidEmailPassword, InvalidRequest, UserAlreadyExists
from nhost_auth.flows import links, outbox, sessions, webauthn
from nhost_auth.http import answers, payloads, refusals
from nhost_auth.http.credentials import CreationResponse
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import CodeChallenge, Email, Input, SignUpOptions, Text

TOGGLES = ("AUTH_WEBAUTHN_ENABLED", "AUTH_DISABLE_SIGNUP")


class BeginRequest(Input):
    email = Email()
    options = SignUpOptions(required=False)


class VerifyRequest(Input):
    credential = CreationResponse()
    options = SignUpOptions(required=False)
    nickname = Text(most=255, required=False)
    codeChallenge = CodeChallenge(least=43, most=43, required=False)


class SignUpWebauthn(Endpoint):
    stories = {
        "begin": Story(
            operation="signUpWebauthn",
            turnstile=True,
            request=BeginRequest,
            toggles=TOGGLES,
            limits=("signups",),
            answer=answers.PublicKeyCredentialCreationOptions,
            errors=(*refusals.PROFILE, InvalidEmailPassword),
        ),
        "verify": Story(
            operation="verifySignUpWebauthn",
            request=VerifyRequest,
            toggles=TOGGLES,
            limits=("brute_force", "signups"),
            answer=answers.SessionPayload,
            errors=(*refusals.PROFILE, InvalidRequest, DisabledUser, UserAlreadyExists),
        ),
    }

    def begin(self, email: str, options: dict[str, Any] | None = None) -> Any:
        """Begin a sign-up by passkey.

        The options go to `navigator.credentials.create()`, and what that returns to `POST /signup/webauthn/verify`.
        """
        return webauthn.sign_up_options(email, options)

    def verify(
        self,
        credential: dict[str, Any],
        options: dict[str, Any] | None = None,
        nickname: str = "",
        code_challenge: str | None = None,
    ) -> Any:
        """Sign up with a passkey.

        With `AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED` the session is null, and a mail asks to verify the address
        first.
        """
        verify_first = conf.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED
        with outbox.together():
            account, profile = webauthn.sign_up(credential, options, nickname, seen=not verify_first)
            if verify_first:
                to, target = str(account.email), profile.redirect_to
                links.send_verification(account, to=to, redirect_to=target, code_challenge=code_challenge)
        if not verify_first:
            return sessions.start(account, self.client, method="webauthn", seen=True)
        return payloads.NO_SESSION
