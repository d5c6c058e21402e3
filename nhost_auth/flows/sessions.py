"""Sessions: opening, refreshing, ending (accounts.md 2.1, 2.5, 2.6, 2.10)."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.errors import ForbiddenAnonymous, InvalidEmailPassword, InvalidRefreshToken, SessionNotFound
from nhost_auth.flows import access_tokens, policy
from nhost_auth.infra.crypto import digest
from nhost_auth.models import Account, RefreshToken, SpentRefreshToken, Ticket
from nhost_auth.models.refresh_tokens import successor

logger = logging.getLogger("nhost_auth.sessions")

# Guests refresh as everybody does, and a domain blocked later does not end sessions (accounts.md 2.6).
REFRESH_TOLERATES = (ForbiddenAnonymous, InvalidEmailPassword)


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, as far as the request tells: kept with the session so that its owner can recognise it."""

    ip: str | None = None
    device: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    account: Account
    roles: list[str]
    access_token: str
    expires_in: int
    refresh_token_id: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class SecondStep:
    """What is left to do before there is a session: a code of the second factor at POST /signin/mfa/totp."""

    ticket: str


def start(
    account: Account,
    client: Client,
    *,
    method: str,
    proven: bool = False,
    seen: bool = False,
    elevated: bool = False,
    instead_of: uuid.UUID | None = None,
) -> Session | SecondStep:
    """A new session of an account whose roles are loaded or, where it has a second factor, the step that is left.

    At Nhost only the password leads to that step (identity.md section 2), with AUTH_MFA_REQUIRED_EVERYWHERE every way
    in does that is not `proven`: two factors by itself. `elevated`: after further proof, until it is refreshed;
    `instead_of`: the session that ends by it. The user's last login is now; `seen` says that it has been noted already,
    for an account that is new.
    """
    asks = method == "email-password" or conf.AUTH_MFA_REQUIRED_EVERYWHERE
    if asks and not (proven or seen or elevated) and account.has_totp:
        return SecondStep(Ticket.objects.issue(account, Ticket.Kind.MFA_TOTP))
    if not seen:
        account.touch()
    if instead_of is not None:
        account.refresh_tokens.sessions().filter(pk=instead_of).delete()
    token, secret = RefreshToken.objects.issue(account, ip=client.ip, device=client.device)
    transaction.on_commit(partial(signals.signed_in.send_robust, Account, account=account, method=method))
    return _session(account, token, secret, elevated=elevated)


def refresh(secret: str, client: Client) -> Session:
    """Exchange a refresh token for the next one. Raises InvalidRefreshToken, DisabledUser, UnverifiedUser.

    Of parallel requests with one token a single one rotates; the others, and a retry after a lost answer, get the
    very same successor within AUTH_REFRESH_TOKEN_REUSE_WINDOW.
    """
    token = RefreshToken.objects.find_with_account(secret)
    if token is None:
        return _repeat(secret)
    policy.ensure_valid(token.account, tolerate=REFRESH_TOLERATES)
    following = token.rotate(secret, ip=client.ip, device=client.device)
    if following is None:
        return _repeat(secret)
    token.account.touch()
    transaction.on_commit(
        partial(signals.token_refreshed.send_robust, Account, account=token.account, session_id=str(token.pk))
    )
    return _session(token.account, token, following)


def create_pat(account: Account, *, expires_at: datetime, metadata: dict[str, Any] | None) -> tuple[RefreshToken, str]:
    """A personal access token of the account, and its secret, which is not kept."""
    token, secret = RefreshToken.objects.issue_pat(account, expires_at=expires_at, metadata=metadata)
    created = signals.personal_access_token_created
    transaction.on_commit(partial(created.send_robust, Account, account=account, token_id=str(token.pk)))
    return token, secret


def end(secret: str) -> None:
    """End the session of a refresh token, whoever it belongs to. An unknown one has ended already."""
    account = RefreshToken.objects.end(secret)
    if account is not None:
        transaction.on_commit(partial(signals.signed_out.send_robust, Account, account=account, everywhere=False))


def end_one(account: Account, session_id: uuid.UUID) -> None:
    """End a session of an account. Raises SessionNotFound for one that is not its own."""
    if not account.refresh_tokens.sessions().filter(pk=session_id).delete()[0]:
        raise SessionNotFound
    transaction.on_commit(partial(signals.signed_out.send_robust, Account, account=account, everywhere=False))


def revoke_pat(account: Account, token_id: uuid.UUID) -> None:
    """Revoke a personal access token of an account, by its id. One that is gone is revoked already."""
    if account.refresh_tokens.filter(pk=token_id, kind=RefreshToken.Kind.PAT).delete()[0]:
        revoked = signals.personal_access_token_revoked
        transaction.on_commit(partial(revoked.send_robust, Account, account=account, token_id=str(token_id)))


def end_all(account_id: uuid.UUID) -> None:
    """End every session of an account, if it is still there; personal access tokens go too."""
    RefreshToken.objects.filter(account_id=account_id).delete()
    account = Account.objects.filter(pk=account_id).first()
    if account is not None:
        transaction.on_commit(partial(signals.signed_out.send_robust, Account, account=account, everywhere=True))


def _repeat(secret: str) -> Session:
    """The answer to a refresh token that is not live: its successor once more, or the end of its session."""
    spent = SpentRefreshToken.objects.filter(hash=digest(secret)).select_related("token").first()
    if spent is None or spent.token.expires_at <= timezone.now():
        raise InvalidRefreshToken
    window = timedelta(seconds=conf.AUTH_REFRESH_TOKEN_REUSE_WINDOW)
    account = Account.objects.get_with_roles(pk=spent.token.account_id)
    if account is not None and timezone.now() < spent.spent_at + window:
        policy.ensure_valid(account, tolerate=REFRESH_TOLERATES)
        return _session(account, spent.token, successor(secret, spent.token.pk))
    if account is not None and conf.AUTH_REFRESH_TOKEN_REUSE_DETECTION:
        _end_stolen(account, spent.token)
    raise InvalidRefreshToken


def _end_stolen(account: Account, token: RefreshToken) -> None:
    """Two parties hold tokens of one session and we cannot tell which is the thief: both lose it (RFC 9700 4.14.2)."""
    session_id = str(token.pk)
    token.delete()
    logger.warning("A spent refresh token of session %s was used again: the session is ended", session_id)
    transaction.on_commit(
        partial(signals.refresh_token_reused.send_robust, Account, account=account, session_id=session_id)
    )


def _session(account: Account, token: RefreshToken, secret: str, *, elevated: bool = False) -> Session:
    roles = list(dict.fromkeys([*account.role_names, account.default_role_id]))
    return Session(
        account=account,
        roles=roles,
        access_token=access_tokens.issue(
            account, roles, elevated=elevated, session_id=token.pk, auth_time=token.created_at
        ),
        expires_in=conf.AUTH_ACCESS_TOKEN_EXPIRES_IN,
        refresh_token_id=str(token.pk),
        refresh_token=secret,
    )
