"""GET /user/sessions lists where the bearer is signed in, DELETE /user/sessions/<id> ends one session.

Ours, not Nhost's.
"""

from __future__ import annotations

import uuid
from typing import Any

from nhost_auth.errors import SessionNotFound
from nhost_auth.flows import accounts, sessions
from nhost_auth.http import answers, payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer
from nhost_auth.http.inputs import Query, Text


class ListQuery(Query):
    refreshTokenId = Text(required=False)


class UserSessions(Endpoint):
    stories = {
        "list": Story(
            operation="listSessions", guard=bearer, query=ListQuery, answer=answers.OpenSessions, errors=refusals.BEARER
        ),
        "end": Story(operation="endSession", guard=bearer, errors=(*refusals.BEARER, SessionNotFound)),
    }

    def list(self, refresh_token_id: str = "") -> Any:
        """List the sessions.

        Where the user is signed in. Access tokens do not tell which session they are of: with `refreshTokenId` the
        client's own is marked as `current`. Personal access tokens are not sessions.
        """
        account = accounts.bearer(self.access_token)
        found = account.refresh_tokens.sessions()
        return {"sessions": [payloads.open_session(token, current=refresh_token_id) for token in found]}

    def end(self, session_id: uuid.UUID) -> Any:
        """End a session.

        Its refresh token is good no more; an access token that is out stays good until it expires.
        """
        sessions.end_one(accounts.bearer(self.access_token), session_id)
        return payloads.OK
