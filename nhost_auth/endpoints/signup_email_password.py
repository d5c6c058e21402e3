"""POST /signup/email-password: an account with a password (accounts.md 3.1)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import password_changed

from nhost_auth.conf import conf
from nhost_auth.flows import accounts, host_users, links, outbox, passwords, policy, sessions
from nhost_auth.http import answers, payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import CodeChallenge, Email, Input, Password, SignUpOptions


class SignUpRequest(Input):
    email = Email()
    password = Password(least=3)
    options = SignUpOptions(required=False)
    codeChallenge = CodeChallenge(least=43, most=43, required=False)


class SignUpEmailPassword(Endpoint):
    stories = {
        "sign_up": Story(
            operation="signUpEmailPassword",
            hashes=True,
            turnstile=True,
            request=SignUpRequest,
            toggles=("AUTH_DISABLE_SIGNUP",),
            limits=("verification_email", "signups"),
            answer=answers.SessionPayload,
            errors=(*refusals.NEW_USER, *refusals.NEW_PASSWORD),
        )
    }

    def sign_up(
        self,
        email: str,
        password: str,
        options: dict[str, Any] | None = None,
        code_challenge: str | None = None,
    ) -> Any:
        """Sign up with e-mail and password.

        With `AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED` the session is null, and a mail asks to verify the address
        first.
        """
        policy.ensure_email_allowed(email)
        passwords.ensure_acceptable(password, host_users.sketch(email))
        profile = policy.ensure_profile(options, default_name=email)
        verify_first = conf.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED
        password_hash = passwords.hash_new(password)
        with outbox.together():
            account = accounts.create(
                profile, method="email-password", email=email, password_hash=password_hash, seen=not verify_first
            )
            password_changed(password, account.user)
            if verify_first:
                to, target = email, profile.redirect_to
                links.send_verification(account, to=to, redirect_to=target, code_challenge=code_challenge)
        if not verify_first:
            return sessions.start(account, self.client, method="email-password", seen=True)
        return payloads.NO_SESSION
