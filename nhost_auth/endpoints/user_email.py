"""POST /user/email/change and /user/email/send-verification-email (accounts.md 3.17, 3.18)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from nhost_auth.errors import (
    DisabledUser,
    EmailAlreadyVerified,
    InvalidEmailPassword,
    RedirectToNotAllowed,
    UserAlreadyExists,
)
from nhost_auth.flows import accounts, links, policy
from nhost_auth.flows.redirects import ensure_redirect
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import elevated
from nhost_auth.http.inputs import CodeChallenge, Email, Input, RedirectOptions
from nhost_auth.models import Account

KEEP_EARLIER = timedelta(minutes=10)
"""Verification mails asked for again so soon leave the earlier ones good: they may arrive in any order."""


class ChangeRequest(Input):
    newEmail = Email()
    options = RedirectOptions(required=False)
    codeChallenge = CodeChallenge(least=43, most=43, required=False)


class SendVerificationRequest(Input):
    email = Email()
    options = RedirectOptions(required=False)
    codeChallenge = CodeChallenge(least=43, most=43, required=False)


class UserEmail(Endpoint):
    stories = {
        "change": Story(
            operation="changeUserEmail",
            guard=elevated,
            request=ChangeRequest,
            limits=("email",),
            errors=(*refusals.BEARER, RedirectToNotAllowed, UserAlreadyExists),
        ),
        "send_verification": Story(
            operation="sendVerificationEmail",
            sends=True,
            request=SendVerificationRequest,
            limits=("verification_email",),
            errors=(RedirectToNotAllowed, InvalidEmailPassword, DisabledUser, EmailAlreadyVerified),
        ),
    }

    def change(self, new_email: str, options: dict[str, Any] | None = None, code_challenge: str | None = None) -> Any:
        """Change the e-mail address.

        A mail to the new address asks to confirm it; until then the old one stays.
        """
        redirect_to = ensure_redirect((options or {}).get("redirect_to"))
        account = accounts.bearer(self.access_token)
        if accounts.email_taken(new_email):
            raise UserAlreadyExists
        links.send_email_change(account, new_email, redirect_to=redirect_to, code_challenge=code_challenge)
        return payloads.OK

    def send_verification(
        self, email: str, options: dict[str, Any] | None = None, code_challenge: str | None = None
    ) -> Any:
        """Send the verification mail again."""
        redirect_to = ensure_redirect((options or {}).get("redirect_to"))
        account = Account.objects.find_by_email(email)
        if account is None:
            raise InvalidEmailPassword
        policy.ensure_email_allowed(str(account.email))
        policy.ensure_enabled(account)
        if account.email_verified:
            raise EmailAlreadyVerified
        links.send_verification(
            account, to=email, redirect_to=redirect_to, code_challenge=code_challenge, keep_for=KEEP_EARLIER
        )
        return payloads.OK
