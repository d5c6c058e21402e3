"""POST /signup/passwordless/email: an account for an address, proven by a magic link (accounts.md 3.7)."""

from __future__ import annotations

from typing import Any

from nhost_auth.flows import accounts, links, outbox, policy
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import CodeChallenge, Email, Input, SignUpOptions


class SignUpRequest(Input):
    email = Email()
    options = SignUpOptions(required=False)
    codeChallenge = CodeChallenge(least=43, most=43, required=False)


class SignUpPasswordlessEmail(Endpoint):
    stories = {
        "sign_up": Story(
            operation="signUpPasswordlessEmail",
            turnstile=True,
            sends=True,
            request=SignUpRequest,
            toggles=("AUTH_EMAIL_PASSWORDLESS_ENABLED", "AUTH_DISABLE_SIGNUP"),
            limits=("email", "signups"),
            errors=refusals.NEW_USER,
        )
    }

    def sign_up(self, email: str, options: dict[str, Any] | None = None, code_challenge: str | None = None) -> Any:
        """Sign up with a magic link.

        It leads to `GET /verify`, which sends the browser on to `redirectTo` signed in. A known address gets the same
        answer and nothing else, so that nobody learns who has an account.
        """
        policy.ensure_email_allowed(email)
        profile = policy.ensure_profile(options, default_name=email)
        with outbox.together():
            account = accounts.create_unless_known(profile, method="passwordless-email", email=email)
            if account is not None:
                links.send_sign_in(account, to=email, redirect_to=profile.redirect_to, code_challenge=code_challenge)
        return payloads.OK
