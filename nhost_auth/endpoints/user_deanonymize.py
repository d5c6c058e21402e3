"""POST /user/deanonymize and /user/deanonymize/sms: a guest becomes a regular user and keeps the id.

accounts.md 3.4 and 3.5.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import password_changed

from nhost_auth.conf import conf
from nhost_auth.errors import CannotSendSms, InvalidRequest, UserNotAnonymous
from nhost_auth.flows import accounts, host_users, links, outbox, passwords, phones, policy
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer
from nhost_auth.http.inputs import CodeChallenge, Email, Input, Password, PhoneNumber, SignUpOptions, Text

EMAIL_PASSWORD = "email-password"  # noqa: S105 - a method, not a password
PASSWORDLESS = "passwordless"


class DeanonymizeRequest(Input):
    signInMethod = Text(enum=(EMAIL_PASSWORD, PASSWORDLESS))
    email = Email()
    password = Password(least=3, required=False)
    connection = Text(required=False)  # deprecated at Nhost, without effect
    options = SignUpOptions(required=False)
    codeChallenge = CodeChallenge(least=43, most=43, required=False)


class SmsRequest(Input):
    phoneNumber = PhoneNumber()
    options = SignUpOptions(required=False)


class UserDeanonymize(Endpoint):
    stories = {
        "deanonymize": Story(
            operation="deanonymizeUser",
            hashes=True,
            guard=bearer,
            request=DeanonymizeRequest,
            limits=("verification_email",),
            errors=(*refusals.NEW_USER, *refusals.NEW_PASSWORD, UserNotAnonymous),
        ),
        "sms": Story(
            operation="deanonymizeUserSms",
            guard=bearer,
            request=SmsRequest,
            toggles=("AUTH_SMS_PASSWORDLESS_ENABLED",),
            limits=("sms",),
            errors=(InvalidRequest, *refusals.NEW_USER, UserNotAnonymous, CannotSendSms),
        ),
    }

    def deanonymize(
        self,
        sign_in_method: str,
        email: str,
        password: str | None = None,
        connection: str | None = None,
        options: dict[str, Any] | None = None,
        code_challenge: str | None = None,
    ) -> Any:
        """Make a guest a regular user.

        The guest keeps the id. With `passwordless`, and where addresses have to be verified first, a mailed link has to
        be followed and the guest's sessions end.
        """
        if not self.access_token.is_anonymous:
            raise UserNotAnonymous
        account_id = self.access_token.account_id
        by_link = sign_in_method == PASSWORDLESS
        if not by_link:
            self._ensure_password(password, email)
        profile = policy.ensure_profile(options, default_name=email)
        policy.ensure_email_allowed(email)
        must_prove = by_link or conf.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED
        password_hash = passwords.hash_new(password) if password and not by_link else None
        with outbox.together():
            account = accounts.deanonymize(
                account_id, profile, email=email, password_hash=password_hash, end_sessions=must_prove
            )
            if password and not by_link:
                password_changed(password, account.user)
            if must_prove:
                send = links.send_sign_in if by_link else links.send_verification
                send(account, to=email, redirect_to=profile.redirect_to, code_challenge=code_challenge)
        return payloads.OK

    def _ensure_password(self, password: str | None, email: str) -> None:
        if password is None:
            raise InvalidRequest
        passwords.ensure_acceptable(password, host_users.sketch(email))

    def sms(self, phone_number: str, options: dict[str, Any] | None = None) -> Any:
        """Make a guest a regular user by SMS.

        The guest stays one until `POST /signin/passwordless/sms/otp` has proven the number.
        """
        if not self.access_token.is_anonymous:
            raise UserNotAnonymous
        guest = accounts.get(self.access_token.account_id)
        if not guest.is_anonymous:
            raise UserNotAnonymous
        policy.ensure_enabled(guest)
        profile = policy.ensure_profile(options, default_name=phone_number)
        phones.stage_guest(guest, phone_number, profile)
        return payloads.OK
