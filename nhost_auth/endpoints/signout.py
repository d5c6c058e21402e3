"""POST /signout: ends one session by its refresh token, or all of the bearer (accounts.md 2.10)."""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import InvalidRequest
from nhost_auth.flows import sessions
from nhost_auth.http import payloads
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import optional_bearer
from nhost_auth.http.inputs import Flag, Input, Text


class SignOutRequest(Input):
    tolerates_unknown = True

    refreshToken = Text(required=False)
    all = Flag(required=False)


class SignOut(Endpoint):
    stories = {
        "sign_out": Story(operation="signOut", guard=optional_bearer, request=SignOutRequest, errors=(InvalidRequest,))
    }

    def sign_out(self, refresh_token: str = "", all: bool = False) -> Any:  # noqa: A002 - the field's name
        """Sign out.

        Ends the session of the refresh token, or with `all` every session of the bearer.
        """
        if all:
            if self.token is None:
                raise InvalidRequest
            sessions.end_all(self.token.account_id)
        elif refresh_token:
            sessions.end(refresh_token)
        else:
            raise InvalidRequest
        return payloads.OK
