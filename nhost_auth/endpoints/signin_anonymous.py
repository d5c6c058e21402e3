"""POST /signin/anonymous: a guest's account and session (accounts.md 3.3)."""

from __future__ import annotations

from typing import Any

from nhost_auth.flows import accounts, policy, sessions
from nhost_auth.http import answers
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import Input, Metadata, Text
from nhost_auth.models.roles import ANONYMOUS

DEFAULT_NAME = "Anonymous User"


class SignInRequest(Input):
    displayName = Text(required=False)
    locale = Text(least=2, most=3, required=False)
    metadata = Metadata(required=False)


class SignInAnonymous(Endpoint):
    stories = {
        "sign_in": Story(
            operation="signInAnonymous",
            request=SignInRequest,
            request_optional=True,
            toggles=("AUTH_DISABLE_SIGNUP", "AUTH_ANONYMOUS_USERS_ENABLED"),
            limits=("brute_force",),
            answer=answers.SessionPayload,
        )
    }

    def sign_in(
        self,
        display_name: str = DEFAULT_NAME,
        locale: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> Any:
        """Sign in as a guest.

        Makes an anonymous account. `POST /user/deanonymize` makes a regular user of it, who keeps the id.
        """
        profile = policy.Profile(
            display_name=display_name,
            locale=policy.allowed_locale(locale),
            default_role=ANONYMOUS,
            allowed_roles=(ANONYMOUS,),
            metadata=metadata,
            redirect_to="",
        )
        account = accounts.create(profile, method=ANONYMOUS, seen=True)
        return sessions.start(account, self.client, method=ANONYMOUS, seen=True)
