"""POST /signin/email-password: a session for an address and its password (accounts.md 3.2)."""

from __future__ import annotations

from typing import Any

from nhost_auth.conf import conf
from nhost_auth.errors import InvalidEmailPassword
from nhost_auth.flows import password_attempts, passwords, policy, sessions
from nhost_auth.http import answers, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import Email, Input, Password
from nhost_auth.models import Account


class SignInRequest(Input):
    email = Email()
    password = Password(least=3)


class SignInEmailPassword(Endpoint):
    stories = {
        "sign_in": Story(
            operation="signInEmailPassword",
            hashes=True,
            request=SignInRequest,
            limits=("brute_force",),
            answer=answers.SignInResponse,
            errors=refusals.VALID_USER,
        )
    }

    def sign_in(self, email: str, password: str) -> Any:
        """Sign in with e-mail and password.

        With a second factor the answer is a ticket for `POST /signin/mfa/totp` instead of a session.
        """
        account = Account.objects.find_by_email(email)
        if conf.AUTH_RATE_LIMIT_ENABLE:
            password_attempts.ensure_left(email, account, self.client.ip)
        # Compared before anything is answered: the time must not tell who exists or is disabled.
        right = passwords.matches(account, password)
        if account is None:
            policy.refuse_unknown(email)
        policy.ensure_valid(account)
        if not right:
            raise InvalidEmailPassword
        return sessions.start(account, self.client, method="email-password")
