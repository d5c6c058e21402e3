"""POST /user/webauthn/add and /verify give the signed-in user one more security key (identity.md 1.4).

Ours, not Nhost's: GET /user/webauthn/keys lists them; PATCH and DELETE /user/webauthn/keys/<id> rename and remove one.
"""

from __future__ import annotations

import uuid
from typing import Any

from nhost_auth.flows import accounts, webauthn
from nhost_auth.http import answers, payloads, refusals
from nhost_auth.http.credentials import CreationResponse
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer, elevated, elevated_unless_enrolling
from nhost_auth.http.inputs import Input, Text

TOGGLES = ("AUTH_WEBAUTHN_ENABLED",)


class VerifyRequest(Input):
    credential = CreationResponse()
    nickname = Text(most=255, required=False)


class RenameRequest(Input):
    nickname = Text(most=255)


class UserWebauthn(Endpoint):
    stories = {
        "add": Story(
            operation="addSecurityKey",
            guard=elevated_unless_enrolling,
            toggles=TOGGLES,
            answer=answers.PublicKeyCredentialCreationOptions,
            errors=refusals.BEARER,
        ),
        "verify": Story(
            operation="verifyAddSecurityKey",
            guard=elevated_unless_enrolling,
            request=VerifyRequest,
            toggles=TOGGLES,
            limits=("brute_force",),
            answer=answers.VerifyAddSecurityKeyResponse,
            errors=refusals.BEARER,
        ),
        "list": Story(
            operation="listSecurityKeys",
            guard=bearer,
            toggles=TOGGLES,
            answer=answers.SecurityKeys,
            errors=refusals.BEARER,
        ),
        "rename": Story(
            operation="renameSecurityKey",
            guard=elevated,
            request=RenameRequest,
            toggles=TOGGLES,
            answer=answers.SecurityKey,
            errors=refusals.BEARER,
        ),
        "remove": Story(operation="removeSecurityKey", guard=elevated, toggles=TOGGLES, errors=refusals.BEARER),
    }

    def add(self) -> Any:
        """Begin to add a security key.

        The options go to `navigator.credentials.create()`, and what that returns to `POST /user/webauthn/verify`.
        """
        return webauthn.add_options(accounts.bearer(self.access_token))

    def verify(self, credential: dict[str, Any], nickname: str | None = None) -> Any:
        """Add a security key."""
        account = accounts.bearer(self.access_token)
        key = webauthn.add(account, credential, nickname)
        return {"id": str(key.pk), **({"nickname": nickname} if nickname is not None else {})}

    def list(self) -> Any:
        """List the security keys."""
        account = accounts.bearer(self.access_token)
        return {"keys": [payloads.security_key(key) for key in account.security_keys.all()]}

    def rename(self, key_id: uuid.UUID, nickname: str) -> Any:
        """Rename a security key."""
        account = accounts.bearer(self.access_token)
        return payloads.security_key(webauthn.rename(account, key_id, nickname))

    def remove(self, key_id: uuid.UUID) -> Any:
        """Remove a security key."""
        webauthn.remove(accounts.bearer(self.access_token), key_id)
        return payloads.OK
