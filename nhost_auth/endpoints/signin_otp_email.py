"""POST /signin/otp/email sends a one-time code, POST /signin/otp/email/verify opens a session for it.

accounts.md 3.8 (with the steps of 3.6) and 3.9.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import SignupDisabled
from nhost_auth.flows import accounts, codes, outbox, policy, sessions
from nhost_auth.http import answers, payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import Email, Input, SignUpOptions, Text


class SendRequest(Input):
    email = Email()
    options = SignUpOptions(required=False)


class VerifyRequest(Input):
    email = Email()
    otp = Text()


class SignInOtpEmail(Endpoint):
    stories = {
        "send": Story(
            operation="signInOTPEmail",
            turnstile=True,
            sends=True,
            request=SendRequest,
            toggles=("AUTH_OTP_EMAIL_ENABLED",),
            limits=("email", "brute_force"),
            errors=(*refusals.NEW_USER, SignupDisabled),
        ),
        "verify": Story(
            operation="verifySignInOTPEmail",
            request=VerifyRequest,
            limits=("brute_force",),
            takes_code=True,
            answer=answers.SignInResponse,
            errors=(*refusals.VALID_USER, *refusals.ONE_TIME_CODE),
        ),
    }

    def send(self, email: str, options: dict[str, Any] | None = None) -> Any:
        """Send a sign-in code by e-mail.

        `POST /signin/otp/email/verify` takes it. An unknown address gets an account, unless `AUTH_DISABLE_SIGNUP` or
        `AUTH_DISABLE_AUTO_SIGNUP` is on.
        """
        policy.ensure_email_allowed(email)
        profile = policy.ensure_profile(options, default_name=email)
        with outbox.together():
            account = accounts.find_or_create(profile, method="otp-email", email=email)
            if account is not None:
                codes.send_email_code(account, to=email, redirect_to=profile.redirect_to)
        return payloads.OK

    def verify(self, email: str, otp: str) -> Any:
        """Sign in with a code from an e-mail.

        A code is good once, and gone after five wrong ones.
        """
        account = codes.consume_email_code(email, otp)
        policy.ensure_valid(account)
        return sessions.start(account, self.client, method="otp-email")
