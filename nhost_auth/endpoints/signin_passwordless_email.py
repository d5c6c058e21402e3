"""POST /signin/passwordless/email: a magic link (accounts.md 3.6)."""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import SignupDisabled
from nhost_auth.flows import accounts, links, outbox, policy
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import CodeChallenge, Email, Input, SignUpOptions


class SendRequest(Input):
    email = Email()
    options = SignUpOptions(required=False)
    codeChallenge = CodeChallenge(least=43, most=43, required=False)


class SignInPasswordlessEmail(Endpoint):
    stories = {
        "send": Story(
            operation="signInPasswordlessEmail",
            turnstile=True,
            sends=True,
            request=SendRequest,
            toggles=("AUTH_EMAIL_PASSWORDLESS_ENABLED",),
            limits=("email", "brute_force"),
            errors=(*refusals.NEW_USER, SignupDisabled),
        )
    }

    def send(self, email: str, options: dict[str, Any] | None = None, code_challenge: str | None = None) -> Any:
        """Send a magic link.

        It leads to `GET /verify`, which sends the browser on to `redirectTo` signed in. An unknown address gets an
        account, unless `AUTH_DISABLE_SIGNUP` or `AUTH_DISABLE_AUTO_SIGNUP` is on.
        """
        policy.ensure_email_allowed(email)
        profile = policy.ensure_profile(options, default_name=email)
        with outbox.together():
            account = accounts.find_or_create(profile, method="passwordless-email", email=email)
            if account is not None:
                links.send_sign_in(account, to=email, redirect_to=profile.redirect_to, code_challenge=code_challenge)
        return payloads.OK
