"""GET /user/applications lists whom the bearer has let in, DELETE /user/applications/<id> takes it back.

Ours, not Nhost's (OWASP ASVS 5.0, 10.7.3).
"""

from __future__ import annotations

import uuid
from typing import Any

from nhost_auth.errors import DisabledEndpoint
from nhost_auth.flows import accounts, applications
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer
from nhost_auth.oauth2 import answers
from nhost_auth.oauth2.endpoint import ENABLED
from nhost_auth.oauth2_errors import ApplicationNotFound, ProviderDisabled


class UserApplications(Endpoint):
    told_as = {DisabledEndpoint: ProviderDisabled}
    stories = {
        "list": Story(
            operation="listApplications",
            guard=bearer,
            toggles=ENABLED,
            answer=answers.Applications,
            errors=refusals.BEARER,
        ),
        "revoke": Story(
            operation="revokeApplication",
            guard=bearer,
            toggles=ENABLED,
            errors=(*refusals.BEARER, ApplicationNotFound),
        ),
    }

    def list(self) -> Any:
        """List the applications.

        Those that the user has let in, and to what; the newest first. `lastUsedAt` is when one last got tokens.
        """
        account = accounts.bearer(self.access_token)
        return {"applications": [_application(grant) for grant in applications.let_in().filter(account=account)]}

    def revoke(self, application_id: uuid.UUID) -> Any:
        """Let an application in no more.

        Its refresh tokens and codes are good no more, nor are its access tokens at this server; the user is asked
        again when it comes back.
        """
        applications.revoke(accounts.bearer(self.access_token), application_id)
        return payloads.OK


def _application(grant: Any) -> answers.Application:
    used = grant.last_used_at
    return {
        "id": str(grant.pk),
        "clientId": grant.client_id,
        "name": grant.client.name,
        "kind": grant.client.kind,
        "scopes": grant.scopes,
        "createdAt": payloads.moment(grant.created_at),
        "lastUsedAt": payloads.moment(used) if used else None,
    }
