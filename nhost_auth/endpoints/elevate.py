"""GET /elevate tells what is asked for; /elevate/webauthn, /totp and /otp/* give the proof (identity.md section 3)."""

from __future__ import annotations

from typing import Any

from nhost_auth.conf import conf
from nhost_auth.errors import CannotSendSms, DisabledUser, InvalidEmailPassword, InvalidRequest, UnverifiedUser
from nhost_auth.flows import accounts, codes, elevation, mfa, phones, policy, sessions, webauthn
from nhost_auth.http import answers, payloads, refusals
from nhost_auth.http.credentials import AssertionResponse
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer
from nhost_auth.http.inputs import Email, Input, Text
from nhost_auth.models import Account


class OtpRequest(Input):
    otp = Text()


class WebauthnRequest(Input):
    credential = AssertionResponse()
    email = Email(required=False)  # deprecated at Nhost, without effect


class Elevate(Endpoint):
    stories = {
        "show": Story(
            operation="getElevation",
            guard=bearer,
            limits=("brute_force",),
            answer=answers.ElevationResponse,
            errors=(InvalidRequest, InvalidEmailPassword, DisabledUser),
        ),
        "begin_webauthn": Story(
            operation="elevateWebauthn",
            guard=bearer,
            toggles=("AUTH_WEBAUTHN_ENABLED",),
            limits=("brute_force",),
            answer=answers.PublicKeyCredentialRequestOptions,
            errors=refusals.BEARER,
        ),
        "verify_webauthn": Story(
            operation="verifyElevateWebauthn",
            guard=bearer,
            request=WebauthnRequest,
            toggles=("AUTH_WEBAUTHN_ENABLED",),
            limits=("brute_force",),
            answer=answers.SessionPayload,
            errors=refusals.BEARER,
        ),
        "totp": Story(
            operation="elevateTotp",
            guard=bearer,
            request=OtpRequest,
            limits=("brute_force",),
            takes_code=True,
            answer=answers.SessionPayload,
            errors=(*refusals.BEARER, *refusals.TOTP),
        ),
        "send_email": Story(
            operation="elevateOTPEmail",
            guard=bearer,
            toggles=("AUTH_OTP_EMAIL_ENABLED",),
            limits=("email", "brute_force"),
            errors=refusals.BEARER,
        ),
        "verify_email": Story(
            operation="verifyElevateOTPEmail",
            guard=bearer,
            request=OtpRequest,
            toggles=("AUTH_OTP_EMAIL_ENABLED",),
            limits=("brute_force",),
            takes_code=True,
            answer=answers.SessionPayload,
            errors=(*refusals.BEARER, *refusals.ONE_TIME_CODE),
        ),
        "send_sms": Story(
            operation="elevateOTPSms",
            guard=bearer,
            toggles=("AUTH_SMS_PASSWORDLESS_ENABLED",),
            limits=("sms", "brute_force"),
            errors=(*refusals.BEARER, CannotSendSms),
        ),
        "verify_sms": Story(
            operation="verifyElevateOTPSms",
            guard=bearer,
            request=OtpRequest,
            toggles=("AUTH_SMS_PASSWORDLESS_ENABLED",),
            limits=("brute_force",),
            takes_code=True,
            answer=answers.SessionPayload,
            errors=(*refusals.BEARER, *refusals.ONE_TIME_CODE),
        ),
    }

    def show(self) -> Any:
        """Tell whether more proof is needed.

        `elevationRequired` says whether sensitive calls ask this user for more proof than a sign-in, `methods` which
        ways the user has to give it, `sessionElevated` whether the access token carries it already.
        """
        account = accounts.get(self.access_token.account_id)
        policy.ensure_enabled(account)
        methods = elevation.available_methods(account)
        return {
            "elevationRequired": elevation.is_required(methods),
            "methods": methods,
            "sessionElevated": elevation.is_elevated(self.access_token),
        }

    def begin_webauthn(self) -> Any:
        """Begin an elevation by security key.

        The options go to `navigator.credentials.get()`, and what that returns to `POST /elevate/webauthn/verify`.
        """
        return webauthn.elevation_options(accounts.bearer(self.access_token))

    def verify_webauthn(self, credential: dict[str, Any], email: str | None = None) -> Any:
        """Elevate by security key."""
        account = accounts.bearer(self.access_token)
        webauthn.prove(account, credential)
        return self._elevated(account, "webauthn")

    def totp(self, otp: str) -> Any:
        """Elevate by authenticator app.

        A recovery code is good too.
        """
        mfa.ensure_enabled()
        account = accounts.bearer(self.access_token)
        mfa.prove(account, otp)
        return self._elevated(account, "totp")

    def send_email(self) -> Any:
        """Send a code to elevate with by e-mail.

        `POST /elevate/otp/email/verify` takes it. The user's address has to be verified.
        """
        account = self._with_email()
        codes.send_email_code(account, to=str(account.email), redirect_to=conf.AUTH_CLIENT_URL)
        return payloads.OK

    def verify_email(self, otp: str) -> Any:
        """Elevate by a code from an e-mail."""
        account = self._with_email()
        codes.consume_email_code(str(account.email), otp)
        return self._elevated(account, "otp-email")

    def send_sms(self) -> Any:
        """Send a code to elevate with by SMS.

        `POST /elevate/otp/sms/verify` takes it. The user's number has to be verified.
        """
        account = self._with_phone()
        phones.send_code(account, str(account.phone_number))
        return payloads.OK

    def verify_sms(self, otp: str) -> Any:
        """Elevate by a code from an SMS."""
        account = self._with_phone()
        phones.prove(account, otp)
        return self._elevated(account, "otp-sms")

    def _with_email(self) -> Account:
        account = accounts.bearer(self.access_token)
        if not (account.email and account.email_verified):
            raise UnverifiedUser
        return account

    def _with_phone(self) -> Account:
        account = accounts.bearer(self.access_token)
        if not (account.phone_number and account.phone_number_verified):
            raise InvalidRequest
        return account

    def _elevated(self, account: Account, method: str) -> Any:
        former = self.access_token.session_id
        return sessions.start(account, self.client, method=f"elevate-{method}", elevated=True, instead_of=former)
