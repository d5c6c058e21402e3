"""POST /signup/passwordless/sms: an account for a phone number, proven by a code (accounts.md 3.11)."""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import CannotSendSms, DisabledUser, ForbiddenAnonymous
from nhost_auth.flows import phones, policy
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import Input, PhoneNumber, SignUpOptions


class SignUpRequest(Input):
    phoneNumber = PhoneNumber()
    options = SignUpOptions(required=False)


class SignUpPasswordlessSms(Endpoint):
    stories = {
        "sign_up": Story(
            operation="signUpPasswordlessSms",
            turnstile=True,
            sends=True,
            request=SignUpRequest,
            toggles=("AUTH_SMS_PASSWORDLESS_ENABLED", "AUTH_DISABLE_SIGNUP"),
            limits=("sms", "signups"),
            errors=(*refusals.PROFILE, DisabledUser, ForbiddenAnonymous, CannotSendSms),
        )
    }

    def sign_up(self, phone_number: str, options: dict[str, Any] | None = None) -> Any:
        """Sign up with a code from an SMS.

        `POST /signin/passwordless/sms/otp` takes it. A known number gets the same answer and nothing else, so that
        nobody learns who has an account.
        """
        profile = policy.ensure_profile(options, default_name=phone_number)
        if phones.find_owner(phone_number) is None:
            phones.stage(phone_number, profile)
        return payloads.OK
