"""GET /mfa/totp/generate: a secret for an authenticator app, and its QR code (identity.md section 2)."""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import DisabledEndpoint
from nhost_auth.flows import accounts, mfa
from nhost_auth.http import answers, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import elevated_unless_enrolling


class MfaTotp(Endpoint):
    stories = {
        "generate": Story(
            operation="changeUserMfa",
            guard=elevated_unless_enrolling,
            answer=answers.TotpGenerateResponse,
            errors=(*refusals.BEARER, DisabledEndpoint),
        )
    }

    def generate(self) -> Any:
        """Get a secret for an authenticator app.

        The second factor is on once `POST /user/mfa` has taken a first code; until then an earlier secret stays good.
        """
        mfa.ensure_enabled()
        account = accounts.bearer(self.access_token)
        secret, image = mfa.enrol(account)
        return {"imageUrl": image, "totpSecret": secret}
