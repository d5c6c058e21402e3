"""POST /signin/mfa/totp: the step after the password, for users with a second factor (identity.md section 2)."""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import InvalidTicket
from nhost_auth.flows import mfa, sessions
from nhost_auth.http import answers, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import Input, Text


class MfaTicket(Text):
    pattern = r"^mfaTotp\:.*$"


class SignInRequest(Input):
    ticket = MfaTicket()
    otp = Text()


class SignInMfaTotp(Endpoint):
    stories = {
        "sign_in": Story(
            operation="verifySignInMfaTotp",
            request=SignInRequest,
            limits=("brute_force",),
            takes_code=True,
            answer=answers.SessionPayload,
            errors=(InvalidTicket, *refusals.VALID_USER, *refusals.TOTP),
        )
    }

    def sign_in(self, ticket: str, otp: str) -> Any:
        """Sign in with the second factor.

        The step after a sign-in that answered with a ticket. A recovery code is good in the place of the app's.
        """
        mfa.ensure_enabled()
        account = mfa.complete(ticket, otp)
        return sessions.start(account, self.client, method="mfa-totp", proven=True)
