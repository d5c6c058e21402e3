"""POST /signup/otp/email: an account for an address, proven by a code (accounts.md 3.8 with the steps of 3.7)."""

from __future__ import annotations

from typing import Any

from nhost_auth.flows import accounts, codes, outbox, policy
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import Email, Input, SignUpOptions


class SignUpRequest(Input):
    email = Email()
    options = SignUpOptions(required=False)


class SignUpOtpEmail(Endpoint):
    stories = {
        "sign_up": Story(
            operation="signUpOTPEmail",
            turnstile=True,
            sends=True,
            request=SignUpRequest,
            toggles=("AUTH_OTP_EMAIL_ENABLED", "AUTH_DISABLE_SIGNUP"),
            limits=("email", "signups"),
            errors=refusals.NEW_USER,
        )
    }

    def sign_up(self, email: str, options: dict[str, Any] | None = None) -> Any:
        """Sign up with a code from an e-mail.

        `POST /signin/otp/email/verify` takes it. A known address gets the same answer and nothing else, so that nobody
        learns who has an account.
        """
        policy.ensure_email_allowed(email)
        profile = policy.ensure_profile(options, default_name=email)
        with outbox.together():
            account = accounts.create_unless_known(profile, method="otp-email", email=email)
            if account is not None:
                codes.send_email_code(account, to=email, redirect_to=profile.redirect_to)
        return payloads.OK
