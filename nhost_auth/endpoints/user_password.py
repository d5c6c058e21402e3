"""POST /user/password sets a new one, POST /user/password/reset mails a link to do so (accounts.md 3.19, 3.20)."""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import InvalidRequest, InvalidTicket, RedirectToNotAllowed
from nhost_auth.flows import accounts, links, password_resets, passwords, policy
from nhost_auth.flows.redirects import ensure_redirect
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import optional_elevated
from nhost_auth.http.inputs import CodeChallenge, Email, Input, Password, RedirectOptions, Text
from nhost_auth.models import Account


class ResetTicket(Text):
    pattern = r"^passwordReset\:.*$"


class ChangeRequest(Input):
    newPassword = Password(least=3)
    ticket = ResetTicket(required=False)


class ResetRequest(Input):
    email = Email()
    options = RedirectOptions(required=False)
    codeChallenge = CodeChallenge(least=43, most=43, required=False)


class UserPassword(Endpoint):
    stories = {
        "change": Story(
            operation="changeUserPassword",
            hashes=True,
            guard=optional_elevated,
            request=ChangeRequest,
            errors=(*refusals.BEARER, *refusals.NEW_PASSWORD, InvalidTicket),
        ),
        "reset": Story(
            operation="sendPasswordResetEmail",
            turnstile=True,
            request=ResetRequest,
            limits=("email",),
            errors=(RedirectToNotAllowed,),
        ),
    }

    def change(self, new_password: str, ticket: str | None = None) -> Any:
        """Change the password.

        That of the bearer, or of whoever holds the `ticket` of a mailed link.
        """
        account = self._account(ticket)
        policy.ensure_valid(account)
        passwords.ensure_acceptable(new_password, account.user)
        passwords.replace(account, new_password)
        return payloads.OK

    def _account(self, ticket: str | None) -> Account:
        """Whose password it is: the bearer's, or else that of whoever holds the ticket, which is spent by this."""
        if self.token is not None:
            return accounts.bearer(self.token)
        if ticket is None:
            raise InvalidRequest
        return links.consume_password_reset(ticket)

    def reset(self, email: str, options: dict[str, Any] | None = None, code_challenge: str | None = None) -> Any:
        """Send a link to reset the password.

        The answer does not tell whether the address has an account.
        """
        redirect_to = ensure_redirect((options or {}).get("redirect_to"))
        password_resets.request(email=email, redirect_to=redirect_to, code_challenge=code_challenge)
        return payloads.OK
