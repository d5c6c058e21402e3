"""POST /user/phone-number/change sends a code to the new number, /verify replaces the old one (accounts.md 3.13).

In Nhost's newest servers, not in the JavaScript client 4.7.0.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import CannotSendSms, UserAlreadyExists
from nhost_auth.flows import accounts, phones
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import elevated
from nhost_auth.http.inputs import Input, PhoneNumber, Text


class ChangeRequest(Input):
    newPhoneNumber = PhoneNumber()


class VerifyRequest(Input):
    newPhoneNumber = PhoneNumber()
    otp = Text()


class UserPhoneNumber(Endpoint):
    stories = {
        "change": Story(
            operation="changeUserPhoneNumber",
            guard=elevated,
            request=ChangeRequest,
            toggles=("AUTH_SMS_PASSWORDLESS_ENABLED",),
            limits=("sms",),
            errors=(*refusals.BEARER, UserAlreadyExists, CannotSendSms),
        ),
        "verify": Story(
            operation="verifyChangeUserPhoneNumber",
            guard=elevated,
            request=VerifyRequest,
            toggles=("AUTH_SMS_PASSWORDLESS_ENABLED",),
            limits=("brute_force",),
            takes_code=True,
            errors=(*refusals.BEARER, *refusals.ONE_TIME_CODE, UserAlreadyExists),
        ),
    }

    def change(self, new_phone_number: str) -> Any:
        """Send a code to a new phone number.

        `POST /user/phone-number/change/verify` takes it; until then the old number stays.
        """
        account = accounts.bearer(self.access_token)
        phones.send_change_code(account, new_phone_number)
        return payloads.OK

    def verify(self, new_phone_number: str, otp: str) -> Any:
        """Change the phone number.

        Proven by the code that was sent to the new one.
        """
        account = accounts.bearer(self.access_token)
        phones.change(account, new_phone_number, otp)
        return payloads.OK
