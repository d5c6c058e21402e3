"""POST /signin/idtoken: a session for an ID token of a provider (identity.md section 5)."""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import SignupDisabled
from nhost_auth.flows import id_tokens, identities, outbox, policy, sessions
from nhost_auth.http import answers, payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.id_tokens import EnterRequest


class SignInIdtoken(Endpoint):
    stories = {
        "sign_in": Story(
            operation="signInIdToken",
            request=EnterRequest,
            limits=("brute_force",),
            answer=answers.EnterResponse,
            errors=(*refusals.ID_TOKEN, *refusals.NEW_USER, *refusals.VALID_USER, SignupDisabled),
        )
    }

    def sign_in(
        self, provider: str, id_token: str, nonce: str | None = None, options: dict[str, Any] | None = None
    ) -> Any:
        """Sign in with an ID token.

        One of Apple, Google or a provider of the project's own. Somebody new gets an account, unless
        `AUTH_DISABLE_SIGNUP` or `AUTH_DISABLE_AUTO_SIGNUP` is on.
        """
        identity, method = id_tokens.identify(provider, id_token, nonce), f"idtoken-{provider}"
        if identity.email:
            policy.ensure_email_allowed(identity.email)
        with outbox.together():
            account, profile = identities.sign_in(identity, options or {}, method=method)
            must_verify = identities.must_verify_first(account, profile)
        if must_verify:
            return payloads.NO_SESSION
        return sessions.start(account, self.client, method=method)
