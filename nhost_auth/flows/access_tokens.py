"""Access tokens: what stands in them and how they are read again (accounts.md 2.3)."""

from __future__ import annotations

import time
import uuid
from typing import Any

from nhost_auth.conf import conf
from nhost_auth.errors import InvalidRequest
from nhost_auth.flows import keys
from nhost_auth.flows.custom_claims import PATH_SOURCES, custom_claims
from nhost_auth.infra.jwt import KeyringBackend, KeyringToken, TokenError
from nhost_auth.models import Account, RefreshToken

__all__ = ["ELEVATED_CLAIM", "AccessToken", "TokenError", "issue"]

ELEVATED_CLAIM = "x-hasura-auth-elevated"
EPOCH_CLAIM = "epoch"
SESSION_CLAIM = "sid"
"""OpenID Connect Front-Channel Logout 1.0, section 3."""


class AccessToken(KeyringToken):
    """A verified access token, a mapping of its claims."""

    @classmethod
    def read(cls, text: str) -> AccessToken:
        """The token of a text. Raises TokenError for one that is not good."""
        tried = keys.backend()
        try:
            return cls(text)  # type: ignore[arg-type] # simplejwt annotates the encoded token as a Token
        except TokenError:
            if not keys.looked_again(text, tried):
                raise
            return cls(text)  # type: ignore[arg-type]

    def get_token_backend(self) -> KeyringBackend:
        return keys.backend()

    @property
    def hasura(self) -> dict[str, Any]:
        """The claims under the namespace."""
        found = (self.payload.get(name) for name in keys.backend().keyring.namespaces)
        return next((claims for claims in found if isinstance(claims, dict)), {})

    @property
    def account_id(self) -> uuid.UUID:
        """Whose token it is. Raises InvalidRequest when the subject is no account id."""
        try:
            return uuid.UUID(self.payload.get("sub"))
        except (ValueError, TypeError, AttributeError) as error:
            raise InvalidRequest from error

    @property
    def epoch(self) -> int:
        """Whose time of the account it is from; see Account.token_epoch."""
        return int(self.payload.get(EPOCH_CLAIM, 0))

    @property
    def session_id(self) -> uuid.UUID | None:
        """The session it is of, where AUTH_ACCESS_TOKEN_SESSION_BOUND says so and it tells."""
        try:
            return uuid.UUID(self.payload.get(SESSION_CLAIM)) if conf.AUTH_ACCESS_TOKEN_SESSION_BOUND else None
        except (ValueError, TypeError, AttributeError):
            return None

    @property
    def has_ended(self) -> bool:
        """Whether its session is over. Asks the database, and only where tokens are bound to sessions."""
        session_id = self.session_id
        return session_id is not None and not RefreshToken.objects.sessions().filter(pk=session_id).exists()

    @property
    def is_anonymous(self) -> bool:
        return self.hasura.get("x-hasura-user-is-anonymous") == "true"

    @property
    def allowed_roles(self) -> list[str]:
        roles = self.hasura.get("x-hasura-allowed-roles")
        return roles if isinstance(roles, list) else []

    @property
    def default_role(self) -> str:
        return str(self.hasura.get("x-hasura-default-role", ""))


def issue(account: Account, roles: list[str], *, elevated: bool = False, session_id: uuid.UUID | None = None) -> str:
    """A signed access token that lives AUTH_ACCESS_TOKEN_EXPIRES_IN seconds; `elevated` after further proof."""
    keyring, now = keys.backend().keyring, int(time.time())
    subject = str(account.pk)
    bound = session_id is not None and conf.AUTH_ACCESS_TOKEN_SESSION_BOUND
    customized = conf.AUTH_JWT_CUSTOM_CLAIMS or conf.AUTH_JWT_CUSTOM_CLAIMS_SOURCE not in PATH_SOURCES
    return keyring.sign(
        {
            "sub": subject,
            "iss": keyring.issuer,
            "iat": now,
            "exp": now + conf.AUTH_ACCESS_TOKEN_EXPIRES_IN,
            **({EPOCH_CLAIM: account.token_epoch} if account.token_epoch else {}),
            **({SESSION_CLAIM: str(session_id)} if bound else {}),
            keyring.namespace: {
                **(custom_claims(account) if customized else {}),
                "x-hasura-allowed-roles": roles,
                "x-hasura-default-role": account.default_role_id,
                "x-hasura-user-id": subject,
                "x-hasura-user-is-anonymous": "true" if account.is_anonymous else "false",
                **({ELEVATED_CLAIM: subject} if elevated else {}),
            },
        }
    )
