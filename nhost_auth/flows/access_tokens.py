"""Access tokens: what stands in them and how they are read again (accounts.md 2.3)."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import Any

from nhost_auth.conf import conf
from nhost_auth.errors import InvalidRequest
from nhost_auth.flows import keys
from nhost_auth.flows.custom_claims import PATH_SOURCES, custom_claims
from nhost_auth.infra.jwt import KeyringBackend, KeyringToken, TokenError
from nhost_auth.infra.keyring import Keyring
from nhost_auth.models import Account, OAuth2RefreshToken, RefreshToken

__all__ = ["ELEVATED_CLAIM", "AccessToken", "TokenError", "issue", "read_expired"]

ELEVATED_CLAIM = "x-hasura-auth-elevated"
EPOCH_CLAIM = "epoch"
SESSION_CLAIM = "sid"
"""OpenID Connect Front-Channel Logout 1.0, section 3. In tokens of applications: the family of refresh tokens."""
AUTH_TIME_CLAIM = "auth_time"


class AccessToken(KeyringToken):
    """A verified access token, a mapping of its claims."""

    @classmethod
    def read(cls, text: str) -> AccessToken:
        """The token of a text that speaks for its user everywhere. Raises TokenError for one that is not good."""
        token = cls.read_any(text)
        if not token.is_for_users:
            raise TokenError("Token is for an application alone")
        return token

    @classmethod
    def read_any(cls, text: str) -> AccessToken:
        """As `read`, but that of an application or an ID token too."""
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
        return self._named_session if conf.AUTH_ACCESS_TOKEN_SESSION_BOUND and not self.client_id else None

    @property
    def has_ended(self) -> bool:
        """Whether its session is over.

        Asks the database, and only where tokens are bound to sessions, as those of applications always are.
        """
        named = self._named_session
        if self.client_id:
            return named is None or not OAuth2RefreshToken.objects.live().filter(pk=named).exists()
        if named is None or not conf.AUTH_ACCESS_TOKEN_SESSION_BOUND:
            return False
        return not RefreshToken.objects.sessions().filter(pk=named).exists()

    @property
    def _named_session(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(self.payload.get(SESSION_CLAIM))
        except (ValueError, TypeError, AttributeError):
            return None

    @property
    def client_id(self) -> str:
        """The application it was made for; empty for those of our own sessions, which have no audience."""
        audience = self.payload.get("aud", "")
        return audience if isinstance(audience, str) else "somebody else"

    @property
    def scopes(self) -> list[str]:
        """What the application may do with it; nothing in an ID token."""
        return str(self.payload.get("scope", "")).split()

    @property
    def is_for_users(self) -> bool:
        """Whether it speaks for its user everywhere; that of an application does where the user agreed to that."""
        return not self.client_id or "graphql" in self.scopes or conf.AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE

    @property
    def auth_time(self) -> datetime:
        """When its user signed in, as far as it tells; else when it was made."""
        told = self.payload.get(AUTH_TIME_CLAIM, self.payload.get("iat", 0))
        return datetime.fromtimestamp(int(told), UTC)

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


def read_expired(text: str) -> dict[str, Any]:
    """The claims of a token of ours, whose time may be over: it speaks for nobody any more. Raises TokenError."""
    tried = keys.backend()
    try:
        return tried.decode_expired(text)
    except TokenError:
        if not keys.looked_again(text, tried):
            raise
        return keys.backend().decode_expired(text)


def issue(
    account: Account,
    roles: list[str],
    *,
    elevated: bool = False,
    session_id: uuid.UUID | None = None,
    auth_time: datetime | None = None,
) -> str:
    """A signed access token that lives AUTH_ACCESS_TOKEN_EXPIRES_IN seconds; `elevated` after further proof.

    `auth_time`, of the sign-in, stands in it where applications may ask for that.
    """
    bound = session_id is not None and conf.AUTH_ACCESS_TOKEN_SESSION_BOUND
    told = auth_time is not None and conf.AUTH_OAUTH2_PROVIDER_ENABLED
    keyring = keys.backend().keyring
    found = claims(keyring, account, roles, account.default_role_id, lifetime=conf.AUTH_ACCESS_TOKEN_EXPIRES_IN)
    if elevated:
        found[keyring.namespace][ELEVATED_CLAIM] = str(account.pk)
    return keyring.sign(
        {
            **found,
            **({SESSION_CLAIM: str(session_id)} if bound else {}),
            **({AUTH_TIME_CLAIM: int(auth_time.timestamp())} if auth_time and told else {}),
        }
    )


def claims(
    keyring: Keyring, account: Account, roles: list[str], default_role: str, *, lifetime: int, plain: bool = False
) -> dict[str, Any]:
    """What a token of an account begins with that lives `lifetime` seconds; where there are roles, Hasura's part too.

    Hasura reads texts; `plain`: as JSON has them.
    """
    now, subject = int(time.time()), str(account.pk)
    found: dict[str, Any] = {"sub": subject, "iss": keyring.issuer, "iat": now, "exp": now + lifetime}
    if account.token_epoch:
        found[EPOCH_CLAIM] = account.token_epoch
    if roles:
        customized = conf.AUTH_JWT_CUSTOM_CLAIMS or conf.AUTH_JWT_CUSTOM_CLAIMS_SOURCE not in PATH_SOURCES
        found[keyring.namespace] = {
            **(custom_claims(account, plain=plain) if customized else {}),
            "x-hasura-allowed-roles": roles,
            "x-hasura-default-role": default_role,
            "x-hasura-user-id": subject,
            "x-hasura-user-is-anonymous": account.is_anonymous if plain else str(account.is_anonymous).lower(),
        }
    return found
