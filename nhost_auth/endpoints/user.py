"""GET /user: the signed-in user, read live (accounts.md 3.16)."""

from __future__ import annotations

from typing import Any

from nhost_auth.flows import accounts
from nhost_auth.http import answers, payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer


class User(Endpoint):
    stories = {"show": Story(operation="getUser", guard=bearer, answer=answers.User, errors=refusals.BEARER)}

    def show(self) -> Any:
        """Get the signed-in user.

        As the database has it now, not as the access token tells.
        """
        account = accounts.bearer(self.access_token)
        return payloads.user(account, account.role_names) | {"activeMfaType": "totp" if account.has_totp else None}
