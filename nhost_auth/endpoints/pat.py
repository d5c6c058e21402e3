"""POST /pat: a personal access token of the signed-in user (accounts.md 3.15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nhost_auth.flows import accounts, sessions
from nhost_auth.http import answers, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import elevated
from nhost_auth.http.inputs import Input, Metadata, Moment


class CreateRequest(Input):
    expiresAt = Moment()
    metadata = Metadata(required=False)


class Pat(Endpoint):
    stories = {
        "create": Story(
            operation="createPAT",
            guard=elevated,
            request=CreateRequest,
            answer=answers.CreatePATResponse,
            errors=refusals.BEARER,
        )
    }

    def create(self, expires_at: datetime, metadata: dict[str, Any] | None = None) -> Any:
        """Create a personal access token.

        Its secret is shown this once. `POST /signin/pat` opens sessions with it until it expires.
        """
        account = accounts.bearer(self.access_token)
        token, secret = sessions.create_pat(account, expires_at=expires_at, metadata=metadata)
        return {"id": str(token.pk), "personalAccessToken": secret}
