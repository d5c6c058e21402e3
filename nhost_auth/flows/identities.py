"""People whom a provider vouches for: finding their account, linking it, making one (identity.md 4.3, 4.4)."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.db import transaction

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.errors import (
    AuthError,
    InternalServerError,
    InvalidEmailPassword,
    ProviderAccountAlreadyLinked,
    UnverifiedUser,
    UserAlreadyExists,
)
from nhost_auth.flows import accounts, host_users, links, passwords, policy
from nhost_auth.flows.policy import Profile
from nhost_auth.infra.providers.identity import Identity
from nhost_auth.models import Account, OneTimeCode, RecoveryDevice, TotpDevice, provider_links

logger = logging.getLogger("nhost_auth.identities")

CUSTOM = "c:"


def sign_in(identity: Identity, options: dict[str, Any], *, method: str) -> tuple[Account, Profile | None]:
    """The account of somebody, found by link or verified address, or made. The profile is there for a new one.

    Raises what policy.ensure_valid and policy.ensure_profile raise, InternalServerError, UnverifiedUser,
    UserAlreadyExists, InvalidEmailPassword, SignupDisabled, DisabledUser, ProviderAccountAlreadyLinked.
    """
    account = provider_links.find(identity)
    if account is not None:
        policy.ensure_valid(account)
        return account, None
    account = _find_by_email(identity)
    if account is not None:
        _ensure_same_person(account, identity)
        _join(account, identity)
        return account, None
    if conf.AUTH_DISABLE_AUTO_SIGNUP:
        raise InvalidEmailPassword
    return _create(identity, options, method=method)


def sign_up(identity: Identity, options: dict[str, Any], *, method: str) -> tuple[Account, Profile | None]:
    """A new account for somebody. Raises UserAlreadyExists for one who is known, and what `sign_in` raises."""
    account = provider_links.find(identity)
    if account is not None:
        policy.ensure_valid(account)
        raise UserAlreadyExists
    if _find_by_email(identity) is not None:
        raise UserAlreadyExists
    return _create(identity, options, method=method)


def link(account: Account, identity: Identity) -> None:
    """Let an identity sign in to an account from now on. Raises ProviderAccountAlreadyLinked."""
    if not provider_links.add(account, identity):
        raise ProviderAccountAlreadyLinked
    linked = signals.identity_linked
    transaction.on_commit(partial(linked.send_robust, Account, account=account, provider=identity.link))


def must_verify_first(
    account: Account, profile: Profile | None, *, redirect_to: str = "", code_challenge: str | None = None
) -> bool:
    """Whether a new account has to prove its address before it gets a session; the mail that asks for it is sent."""
    proven = not account.email or account.email_verified
    if profile is None or proven or not conf.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED:
        return False
    to, target = str(account.email), redirect_to or profile.redirect_to
    links.send_verification(account, to=to, redirect_to=target, code_challenge=code_challenge)
    return True


def _find_by_email(identity: Identity) -> Account | None:
    """Who has the identity's address. Raises InternalServerError, as Nhost does, if something stands against them."""
    account = Account.objects.find_by_email(identity.email) if identity.email else None
    if account is not None:
        try:
            policy.ensure_valid(account, tolerate=(UnverifiedUser,) if _may_evict(account, identity) else ())
        except AuthError as error:
            raise InternalServerError from error
    return account


def _ensure_same_person(account: Account, identity: Identity) -> None:
    """An address that a provider of the project's own vouches for, now or at the sign-up, says nothing to others."""
    vouched = provider_links.rows().filter(user=account.user, provider__startswith=CUSTOM).exists()
    if not identity.links_by_email or (vouched and not _may_evict(account, identity)):
        raise UserAlreadyExists
    if not identity.email_verified:
        raise UnverifiedUser


def _may_evict(account: Account, identity: Identity) -> bool:
    squatted = conf.AUTH_LINK_EVICT_UNVERIFIED and not account.email_verified
    return squatted and identity.email_verified and identity.links_by_email


def _join(account: Account, identity: Identity) -> None:
    with transaction.atomic():
        if _may_evict(account, identity):
            _evict(account)
        link(account, identity)


def _evict(account: Account) -> None:
    """Whoever registered the address first never proved it: nothing of theirs may open the account any more."""
    logger.warning("Account %s was taken over by the verified owner of its address", account.pk)
    account.refresh_tokens.all().delete()
    account.oauth2_refresh_tokens.all().delete()
    account.oauth2_requests.all().delete()
    account.oauth2_device_requests.all().delete()
    account.oauth2_grants.all().delete()
    account.security_keys.all().delete()
    account.tickets.all().delete()
    account.pkce_codes.all().delete()
    account.challenges.all().delete()
    account.provider_sessions.all().delete()
    OneTimeCode.objects.filter(account=account).delete()
    TotpDevice.objects.filter(user=account.user).delete()
    RecoveryDevice.objects.filter(user=account.user).delete()
    provider_links.rows().filter(user=account.user).delete()
    account.has_totp = False
    account.token_epoch += 1
    account.email_verified, account.phone_number, account.phone_number_verified = True, None, False
    account.save(update_fields=["email_verified", "phone_number", "phone_number_verified", "token_epoch", "updated_at"])
    account.user.password = passwords.unusable()
    host_users.write_back(account, "password")
    evicted = signals.account_taken_over
    transaction.on_commit(partial(evicted.send_robust, Account, account=account))


def _create(identity: Identity, options: dict[str, Any], *, method: str) -> tuple[Account, Profile]:
    policy.ensure_open("AUTH_DISABLE_SIGNUP")
    if identity.email:
        policy.ensure_email_allowed(identity.email)
    profile = policy.ensure_profile(options, default_name=identity.name or identity.user_id)
    with transaction.atomic():
        account = accounts.store(
            profile,
            method=method,
            email=identity.email or None,
            email_verified=identity.email_verified,
            avatar_url=identity.picture,
        )
        link(account, identity)
    account.avatar_url = identity.picture  # what is stored may be a Gravatar; the first answer is the provider's
    policy.ensure_enabled(account)
    return account, profile
