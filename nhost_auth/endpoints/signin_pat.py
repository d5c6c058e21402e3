"""POST /signin/pat: a session for a personal access token, which stays good (accounts.md 3.14)."""

from __future__ import annotations

from typing import Any

from nhost_auth.conf import conf
from nhost_auth.errors import InvalidPat
from nhost_auth.flows import policy, sessions
from nhost_auth.http import answers, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import Input, UuidText
from nhost_auth.models import RefreshToken


class SignInRequest(Input):
    personalAccessToken = UuidText()


class SignInPat(Endpoint):
    stories = {
        "sign_in": Story(
            operation="signInPAT",
            request=SignInRequest,
            limits=("brute_force",),
            answer=answers.SignInResponse,
            errors=(InvalidPat, *refusals.VALID_USER),
        )
    }

    def sign_in(self, personal_access_token: str) -> Any:
        """Sign in with a personal access token.

        The token stays good.
        """
        token = RefreshToken.objects.find_with_account(personal_access_token, kind=RefreshToken.Kind.PAT)
        if token is None:
            raise InvalidPat
        policy.ensure_valid(token.account)
        proven = not conf.AUTH_MFA_REQUIRED_FOR_PAT
        return sessions.start(token.account, self.client, method="pat", proven=proven)
