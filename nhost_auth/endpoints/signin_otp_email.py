"""POST /signin/otp/email sends a one-time code, POST /signin/otp/email/verify opens a session for it.

accounts.md 3.8 (with the steps of 3.6) and 3.9. An unknown address makes an account, unless a setting forbids it.
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
        policy.ensure_email_allowed(email)
        profile = policy.ensure_profile(options, default_name=email)
        with outbox.together():
            account = accounts.find_or_create(profile, method="otp-email", email=email)
            if account is not None:
                codes.send_email_code(account, to=email, redirect_to=profile.redirect_to)
        return payloads.OK

    def verify(self, email: str, otp: str) -> Any:
        account = codes.consume_email_code(email, otp)
        policy.ensure_valid(account)
        return sessions.start(account, self.client, method="otp-email")
