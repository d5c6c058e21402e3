"""POST /mfa/recovery-codes makes ten codes that stand in for a lost second factor; GET tells how many are left.

Ours, not Nhost's.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import DisabledEndpoint, NoTotpSecret
from nhost_auth.flows import accounts, mfa
from nhost_auth.http import answers, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer, proven_unless_enrolling


class MfaRecoveryCodes(Endpoint):
    stories = {
        "show": Story(
            operation="countRecoveryCodes",
            guard=bearer,
            answer=answers.RecoveryCodesLeft,
            errors=(*refusals.BEARER, DisabledEndpoint),
        ),
        "generate": Story(
            operation="createRecoveryCodes",
            hashes=True,
            guard=proven_unless_enrolling,
            answer=answers.RecoveryCodes,
            errors=(*refusals.BEARER, DisabledEndpoint, NoTotpSecret),
        ),
    }

    def show(self) -> Any:
        """Count the recovery codes left."""
        mfa.ensure_enabled()
        return {"remaining": mfa.count_recovery_codes(accounts.bearer(self.access_token))}

    def generate(self) -> Any:
        """Make ten recovery codes.

        They stand in for a lost second factor at `POST /signin/mfa/totp`, `/elevate/totp` and `/user/mfa`, each once.
        They are shown this once and take the place of all earlier ones.
        """
        mfa.ensure_enabled()
        return {"recoveryCodes": mfa.issue_recovery_codes(accounts.bearer(self.access_token))}
