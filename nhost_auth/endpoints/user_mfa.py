"""POST /user/mfa turns the second factor on or off, proven by a code (identity.md section 2)."""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import NoTotpSecret, TotpAlreadyActive
from nhost_auth.flows import accounts, mfa
from nhost_auth.http import payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer
from nhost_auth.http.inputs import Input, Text


class ChangeRequest(Input):
    code = Text()
    activeMfaType = Text(enum=("totp", ""), required=False)


class UserMfa(Endpoint):
    stories = {
        "change": Story(
            operation="verifyChangeUserMfa",
            hashes=True,
            guard=bearer,
            request=ChangeRequest,
            errors=(*refusals.BEARER, *refusals.TOTP, NoTotpSecret, TotpAlreadyActive),
        )
    }

    def change(self, code: str, active_mfa_type: str = "") -> Any:
        """Turn the second factor on or off.

        With `totp` as `activeMfaType` the code turns it on, without it off; a recovery code turns it off too.
        """
        mfa.ensure_enabled()
        account = accounts.bearer(self.access_token)
        if active_mfa_type:
            mfa.activate(account, code)
        else:
            mfa.deactivate(account, code)
        return payloads.OK
