"""POST /signin/passwordless/sms sends a code, POST /signin/passwordless/sms/otp opens a session for it.

accounts.md 3.10 and 3.12.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import CannotSendSms, DisabledUser, ForbiddenAnonymous, RoleNotAllowed, SignupDisabled
from nhost_auth.flows import phones, policy, sessions
from nhost_auth.http import answers, payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import Input, PhoneNumber, SignUpOptions, Text


class SendRequest(Input):
    phoneNumber = PhoneNumber()
    options = SignUpOptions(required=False)


class OtpRequest(Input):
    phoneNumber = PhoneNumber()
    otp = Text()


class SignInPasswordlessSms(Endpoint):
    stories = {
        "send": Story(
            operation="signInPasswordlessSms",
            turnstile=True,
            sends=True,
            request=SendRequest,
            toggles=("AUTH_SMS_PASSWORDLESS_ENABLED",),
            limits=("sms", "brute_force"),
            errors=(*refusals.PROFILE, DisabledUser, ForbiddenAnonymous, SignupDisabled, CannotSendSms),
        ),
        "otp": Story(
            operation="verifySignInPasswordlessSms",
            request=OtpRequest,
            toggles=("AUTH_SMS_PASSWORDLESS_ENABLED",),
            limits=("brute_force",),
            takes_code=True,
            answer=answers.SignInResponse,
            errors=(*refusals.VALID_USER, *refusals.ONE_TIME_CODE, RoleNotAllowed),
        ),
    }

    def send(self, phone_number: str, options: dict[str, Any] | None = None) -> Any:
        """Send a sign-in code by SMS.

        `POST /signin/passwordless/sms/otp` takes it. An unknown number gets an account once it is proven, unless
        `AUTH_DISABLE_SIGNUP` or `AUTH_DISABLE_AUTO_SIGNUP` is on.
        """
        profile = policy.ensure_profile(options, default_name=phone_number)
        owner = phones.find_owner(phone_number)
        if owner is not None:
            phones.send_code(owner, phone_number)
        elif policy.registers_unknown():
            phones.stage(phone_number, profile)
        return payloads.OK

    def otp(self, phone_number: str, otp: str) -> Any:
        """Sign in with a code from an SMS.

        A code is good once, and gone after five wrong ones.
        """
        account = phones.consume_code(phone_number, otp)
        policy.ensure_valid(account)
        return sessions.start(account, self.client, method="passwordless-sms")
